import type { CellIndex, KernelBody, LoopNode, NumberNode, StatementNode, TruthNode } from "./kernel-ir.ts";
import type { KernelSpec } from "./kernel-spec.ts";
import { calledFunction } from "./math-functions.ts";
import { type PreludeFunction, preludeName, preludeOf } from "./prelude.ts";

/** A kernel in the words that gpu.js compiles alike for all its backends. */
export interface GpujsSource {
  /** `function kernel(p0, p1, ...)`: an input of a field is an `Input` of its shape, a number is a float. */
  readonly source: string;
  /**
   * The same for an output of one axis: `function kernel(p0, p1, ..., first)` gives the cells from `first` on, in the
   * order in which they lie in memory.
   */
  readonly blockSource: string;
  readonly functions: readonly PreludeFunction[];
}

/**
 * Names are numbered (a name of the source may be a word of WGSL), every number is a float, every loop has a literal
 * bound and a literal start: the forms in which gpu.js neither guesses a type nor caps a loop.
 */
export function emitGpujs(body: KernelBody, spec: KernelSpec): GpujsSource {
  const emitter = new Emitter(false);
  const statements = emitter.block(body.statements, "  ");
  const parameters = spec.inputs.map((_, port) => `p${port}`);
  const axes = emitter.axes.map((axis) => `  const c${axis} = this.thread.${"xyz"[axis]};\n`).join("");
  const inBlock = new Emitter(true).block(body.statements, "  ");
  const blockParameters = [...parameters, "first"].join(", ");
  return {
    source: `function kernel(${parameters.join(", ")}) {\n${axes}${statements}}`,
    blockSource: `function kernel(${blockParameters}) {\n${placeSource(spec.output.shape)}${inBlock}}`,
    functions: preludeOf(emitter.prelude),
  };
}

/**
 * x, y and z of a place in memory. A quotient of whole floats may be rounded across a whole number, on a GPU by more
 * than one digit; the remainder, which is exact below 2^24, tells and mends it.
 */
function placeSource([nx, ny = 1, nz = 1]: readonly number[]): string {
  const divide = (by: number, quotient: string): string =>
    `  let ${quotient} = Math.floor(at / ${by});
  at = at - ${quotient} * ${by};
  if (at < 0) { ${quotient} = ${quotient} - 1; at = at + ${by}; }
  if (at >= ${by}) { ${quotient} = ${quotient} + 1; at = at - ${by}; }
`;
  const layer = nx! * ny;
  const z = nz > 1 ? divide(layer, "c2") : "  const c2 = 0;\n";
  const y = ny > 1 ? divide(nx!, "c1") : "  const c1 = 0;\n";
  return `  let at = first + this.thread.x;\n${z}${y}  const c0 = at;\n`;
}

/** Levels of one expression. WGSL parsers give up at 128, and gpu.js asks each level for the types of all below. */
const DEEPEST = 20;

class Emitter {
  readonly #inBlock: boolean;
  readonly prelude = new Set<string>();
  readonly #axes = new Set<number>();
  #rounds = 0;
  #parts = 0;
  /** Parts of the expression being written that were given names; they stand before its statement. */
  #named: string[] = [];
  /** Whether a choice is being written: gpu.js takes twice as long for each one within another. */
  #choosing = false;

  /** @param inBlock whether x, y and z come from a place in memory and not from the thread */
  constructor(inBlock: boolean) {
    this.#inBlock = inBlock;
  }

  get axes(): number[] {
    return [...this.#axes].sort();
  }

  block(of: readonly StatementNode[], indent: string): string {
    return of.map((statement) => this.#statement(statement, indent)).join("");
  }

  #statement(of: StatementNode, indent: string): string {
    return this.#withParts(indent, () => this.#bare(of, indent));
  }

  #withParts(indent: string, write: () => string): string {
    const outer = this.#named;
    this.#named = [];
    const text = write();
    const parts = this.#named.map((part) => `${indent}${part}\n`).join("");
    this.#named = outer;
    return parts + text;
  }

  #bare(of: StatementNode, indent: string): string {
    switch (of.is) {
      case "declare":
        return `${indent}let l${of.local} = ${this.#number(of.value)};\n`;
      case "declareArray":
        return `${indent}const l${of.local} = [${of.values.map((value) => this.#number(value)).join(", ")}];\n`;
      case "assign":
        return `${indent}l${of.local} = ${this.#number(of.value)};\n`;
      case "assignElement":
        return `${indent}l${of.local}[${this.#number(of.index)}] = ${this.#number(of.value)};\n`;
      case "if": {
        const no = of.no.length === 0 ? "" : ` else {\n${this.block(of.no, `${indent}  `)}${indent}}`;
        return `${indent}if (${this.#truth(of.test)}) {\n${this.block(of.yes, `${indent}  `)}${indent}}${no}\n`;
      }
      case "loop":
        return this.#loop(of, indent);
      case "break":
      case "continue":
        return `${indent}${of.is};\n`;
      case "return":
        return `${indent}return ${this.#number(of.value)};\n`;
    }
  }

  #loop(of: LoopNode, indent: string): string {
    const inner = `${indent}  `;
    const { from, to, local, step } = of;
    const counted = from.is === "literal" && to.is === "literal";
    if (counted && from.value >= 0 && to.value >= 0 && step > 0)
      return `${indent}for (let l${local} = ${from.value}; l${local} ${of.test} ${to.value}; l${local} += ${step}) {\n${this.block(of.body, inner)}${indent}}\n`;
    const round = `r${this.#rounds++}`;
    const head = this.#withParts(inner, () => {
      const count = `let l${local} = ${this.#number(from)} + ${round} * ${literal(step)};\n`;
      const guard = counted ? "" : `${inner}if (!(l${local} ${of.test} ${this.#number(to)})) { break; }\n`;
      return `${inner}${count}${guard}`;
    });
    return `${indent}for (let ${round} = 0; ${round} < ${of.rounds}; ${round} += 1) {\n${head}${this.block(of.body, inner)}${indent}}\n`;
  }

  #number(of: NumberNode): string {
    const text = this.#expression(of);
    const part = depthOf(of) % DEEPEST === DEEPEST - 1 || (of.is === "choice" && this.#choosing);
    return part ? this.#part(text) : text;
  }

  #part(text: string): string {
    const name = `t${this.#parts++}`;
    this.#named.push(`let ${name} = ${text};`);
    return name;
  }

  #expression(of: NumberNode): string {
    switch (of.is) {
      case "literal":
        return literal(of.value);
      case "thread":
        this.#axes.add(of.axis);
        return `c${of.axis}`;
      case "port":
        return `p${of.port}`;
      case "local":
        return `l${of.local}`;
      case "element":
        return `l${of.local}[${this.#number(of.index)}]`;
      case "cell":
        return `p${of.port}${of.index
          .map((index) => `[${this.#index(index)}]`)
          .toReversed()
          .join("")}`;
      case "negative":
        return `(-${this.#number(of.of)})`;
      case "arithmetic":
        return `(${this.#number(of.left)} ${of.operator} ${this.#number(of.right)})`;
      case "choice": {
        const within = this.#choosing;
        this.#choosing = true;
        const text = `(${this.#truth(of.test)} ? ${this.#number(of.yes)} : ${this.#number(of.no)})`;
        this.#choosing = within;
        return text;
      }
      case "call":
        return `${this.#called(of.name)}(${of.args.map((arg) => this.#number(arg)).join(", ")})`;
    }
  }

  #called(name: string): string {
    if (calledFunction(name).by === "native") return `Math.${name}`;
    this.prelude.add(preludeName(name));
    return preludeName(name);
  }

  #index(of: CellIndex): string {
    if (!of.clamp && !of.floor) return (this.#inBlock ? undefined : wholeIndex(of.at)) ?? this.#number(of.at);
    const at = of.floor ? `Math.floor(${this.#number(of.at)})` : this.#number(of.at);
    return of.clamp ? `Math.max(0, Math.min(${of.cells - 1}, ${at}))` : at;
  }

  #truth(of: TruthNode): string {
    const text = this.#decision(of);
    if (depthOf(of) % DEEPEST !== DEEPEST - 1) return text;
    return `(${this.#part(`(${text} ? 1 : 0)`)} > 0.5)`;
  }

  #decision(of: TruthNode): string {
    switch (of.is) {
      case "truth":
        return of.value ? "(1 > 0)" : "(1 < 0)";
      case "compare":
        return `(${this.#number(of.left)} ${of.operator} ${this.#number(of.right)})`;
      case "both":
        return `(${this.#truth(of.left)} && ${this.#truth(of.right)})`;
      case "either":
        return `(${this.#truth(of.left)} || ${this.#truth(of.right)})`;
      case "not":
        return `(!${this.#truth(of.of)})`;
      case "decided":
        return `(l${of.local} > 0.5)`;
    }
  }
}

const depths = new WeakMap<NumberNode | TruthNode, number>();

/** Levels from a node down to its farthest leaf. */
function depthOf(of: NumberNode | TruthNode): number {
  const known = depths.get(of);
  if (known !== undefined) return known;
  const depth = 1 + Math.max(-1, ...partsOf(of).map(depthOf));
  depths.set(of, depth);
  return depth;
}

function partsOf(of: NumberNode | TruthNode): readonly (NumberNode | TruthNode)[] {
  switch (of.is) {
    case "cell":
      return of.index.map((index) => index.at);
    case "element":
      return [of.index];
    case "negative":
    case "not":
      return [of.of];
    case "arithmetic":
    case "compare":
    case "both":
    case "either":
      return [of.left, of.right];
    case "call":
      return of.args;
    case "choice":
      return [of.test, of.yes, of.no];
    default:
      return [];
  }
}

/** The cell's own index as a whole number, by which webasm reads four neighbours at once. */
function wholeIndex(of: NumberNode): string | undefined {
  if (of.is === "thread") return `this.thread.${"xyz"[of.axis]}`;
  if (of.is !== "arithmetic" || of.left.is !== "thread" || of.right.is !== "literal") return undefined;
  if ((of.operator !== "+" && of.operator !== "-") || !Number.isInteger(of.right.value) || of.right.value < 0)
    return undefined;
  return `this.thread.${"xyz"[of.left.axis]} ${of.operator} ${of.right.value}`;
}

const literal = (value: number): string => (value < 0 || Object.is(value, -0) ? `(${value})` : `${value}`);
