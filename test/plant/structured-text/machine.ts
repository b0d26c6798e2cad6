import { type Compiled, compileExpression, fitting, type Read } from "./expressions.ts";
import { parse } from "./parser.ts";
import type { Declaration, Statement, Unit } from "./syntax.ts";
import { StructuredTextError } from "./tokens.ts";
import { held, TYPES, type Type, type Value, zeroOf } from "./values.ts";

/** One scan: the PLC's free-running millisecond counter, which wraps, and what happens between two statements. */
export interface Scan {
  readonly tickMs: number;
  readonly beforeStatement?: () => void;
}

type Run = (instance: Instance, scan: Scan) => void;

interface Variable {
  readonly section: Declaration["section"];
  readonly type: Type;
  readonly initial: Value;
}

/** A function block or program that was compiled. */
export interface Block {
  readonly name: string;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Function blocks it holds, by the name it gives them. */
  readonly parts: ReadonlyMap<string, Block>;
  readonly run: Run;
}

const TICKS = 2 ** 32;

/** IEC 61131-3, TON: Q once IN has been TRUE for PT. Time is told by the counter's difference, so a wrap does not show. */
const TON: Block = {
  name: "TON",
  variables: new Map<string, Variable>([
    ["IN", { section: "VAR_INPUT", type: "BOOL", initial: false }],
    ["PT", { section: "VAR_INPUT", type: "TIME", initial: 0 }],
    ["Q", { section: "VAR_OUTPUT", type: "BOOL", initial: false }],
    ["ET", { section: "VAR_OUTPUT", type: "TIME", initial: 0 }],
    ["RUNS", { section: "VAR", type: "BOOL", initial: false }],
    ["SINCE", { section: "VAR", type: "UDINT", initial: 0 }],
  ]),
  parts: new Map(),
  run: ({ values }, { tickMs }) => {
    if (values.get("IN") === true && values.get("RUNS") === false) values.set("SINCE", tickMs);
    values.set("RUNS", values.get("IN")!);
    const pt = values.get("PT") as number;
    const sinceMs = (tickMs - (values.get("SINCE") as number) + TICKS) % TICKS;
    values.set("ET", values.get("IN") === true ? Math.min(sinceMs, pt) : 0);
    values.set("Q", values.get("IN") === true && sinceMs >= pt);
  },
};

/** A function block or program with its memory. Names are in capitals. */
export class Instance {
  readonly block: Block;
  readonly values = new Map<string, Value>();
  readonly parts = new Map<string, Instance>();

  constructor(block: Block) {
    this.block = block;
    for (const [name, { initial }] of block.variables) this.values.set(name, initial);
    for (const [name, part] of block.parts) this.parts.set(name, new Instance(part));
  }

  /** Writes a variable from outside, as I/O and OPC UA do. @throws RangeError for a name or value that is none */
  set(name: string, value: Value): void {
    const variable = this.block.variables.get(name.toUpperCase());
    if (variable === undefined) throw new RangeError(`${this.block.name} has no ${name}`);
    this.values.set(name.toUpperCase(), held(variable.type, value));
  }

  get(name: string): Value {
    const value = this.values.get(name.toUpperCase());
    if (value === undefined) throw new RangeError(`${this.block.name} has no ${name}`);
    return value;
  }

  scan(scan: Scan): void {
    this.block.run(this, scan);
  }

  /** The PLC after a warm start: what is RETAIN is kept, everything else is as at first. */
  afterWarmStart(): Instance {
    const fresh = new Instance(this.block);
    fresh.#keepRetained(this);
    return fresh;
  }

  #keepRetained(before: Instance): void {
    for (const [name, { section }] of this.block.variables) {
      if (section === "VAR RETAIN") this.values.set(name, before.values.get(name)!);
    }
    for (const [name, part] of this.parts) part.#keepRetained(before.parts.get(name)!);
  }
}

/**
 * The function blocks and programs of texts, by name. What stands in one may use what stands before it.
 * @throws StructuredTextError for whatever is not known, whether it would ever be run or not
 */
export function compile(...texts: readonly string[]): Map<string, Block> {
  const blocks = new Map<string, Block>([["TON", TON]]);
  for (const unit of texts.flatMap(parse)) {
    if (blocks.has(unit.name)) throw new StructuredTextError(unit.line, `${unit.name} stands twice`);
    blocks.set(unit.name, compileUnit(unit, blocks));
  }
  return blocks;
}

function compileUnit(unit: Unit, blocks: ReadonlyMap<string, Block>): Block {
  const variables = new Map<string, Variable>();
  const parts = new Map<string, Block>();
  for (const declaration of unit.declarations) {
    const { name, line, type, section } = declaration;
    if (variables.has(name) || parts.has(name)) throw new StructuredTextError(line, `${name} stands twice`);
    const block = blocks.get(type);
    if (block === undefined) variables.set(name, compileDeclaration(declaration));
    else if (section === "VAR" && declaration.initial === undefined) parts.set(name, block);
    else throw new StructuredTextError(line, `a ${type} stands in VAR, without a value`);
  }
  const statements = new StatementCompiler(variables, parts).all(unit.body);
  return { name: unit.name, variables, parts, run: statements };
}

function compileDeclaration({ name, type, section, initial, line }: Declaration): Variable {
  const elementary = TYPES.find((one) => one === type);
  if (elementary === undefined) throw new StructuredTextError(line, `the type ${type} is not known`);
  if (initial === undefined) {
    if (section === "VAR CONSTANT") throw new StructuredTextError(line, `${name} has no value`);
    return { section, type: elementary, initial: zeroOf(elementary) };
  }
  const noNames = (): never => {
    throw new StructuredTextError(line, "an initial value is a number, TRUE or FALSE");
  };
  const value = fitting(compileExpression(initial, noNames), elementary, line).value(noNames);
  return { section, type: elementary, initial: held(elementary, value) };
}

class StatementCompiler {
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #parts: ReadonlyMap<string, Block>;

  constructor(variables: ReadonlyMap<string, Variable>, parts: ReadonlyMap<string, Block>) {
    this.#variables = variables;
    this.#parts = parts;
  }

  all(statements: readonly Statement[]): Run {
    const runs = statements.map((statement) => this.#one(statement));
    return (instance, scan) => {
      for (const run of runs) {
        scan.beforeStatement?.();
        run(instance, scan);
      }
    };
  }

  #one(statement: Statement): Run {
    switch (statement.kind) {
      case "assign":
        return this.#assign(statement);
      case "call":
        return this.#call(statement);
      case "if":
        return this.#if(statement);
    }
  }

  #assign({ to, value, line }: Statement & { kind: "assign" }): Run {
    const variable = this.#variables.get(to);
    if (variable === undefined) throw new StructuredTextError(line, `${to} is not known`);
    const { section, type } = variable;
    if (section === "VAR_INPUT" || section === "VAR CONSTANT") {
      throw new StructuredTextError(line, `${to} is an input or a constant: it is not written here`);
    }
    const compiled = this.#expression(value, type, line);
    return (instance) => instance.values.set(to, compiled.value(readOf(instance)));
  }

  #call({ instance: name, inputs, line }: Statement & { kind: "call" }): Run {
    const block = this.#parts.get(name);
    if (block === undefined) throw new StructuredTextError(line, `${name} is no function block here`);
    const given = inputs.map((input) => {
      const variable = block.variables.get(input.name);
      if (variable?.section !== "VAR_INPUT") {
        throw new StructuredTextError(line, `${input.name} is no input of ${block.name}`);
      }
      return [input.name, this.#expression(input.value, variable.type, line)] as const;
    });
    return (instance, scan) => {
      const part = instance.parts.get(name)!;
      const read = readOf(instance);
      for (const [input, compiled] of given) part.values.set(input, compiled.value(read));
      part.scan(scan);
    };
  }

  #if({ branches, otherwise, line }: Statement & { kind: "if" }): Run {
    const compiled = branches.map(({ when, body }) => ({
      when: this.#expression(when, "BOOL", line),
      body: this.all(body),
    }));
    const rest = this.all(otherwise);
    return (instance, scan) => {
      const read = readOf(instance);
      const taken = compiled.find(({ when }) => when.value(read) === true);
      (taken?.body ?? rest)(instance, scan);
    };
  }

  #expression(expression: Parameters<typeof compileExpression>[0], type: Type, line: number): Compiled {
    return fitting(
      compileExpression(expression, (path, at) => this.#typeOf(path, at)),
      type,
      line,
    );
  }

  #typeOf([name, member]: readonly string[], line: number): Type {
    const variable =
      member === undefined ? this.#variables.get(name!) : this.#parts.get(name!)?.variables.get(member);
    if (variable === undefined || (member !== undefined && variable.section !== "VAR_OUTPUT")) {
      throw new StructuredTextError(line, `${[name, member].filter(Boolean).join(".")} is not known`);
    }
    return variable.type;
  }
}

const readOf =
  (instance: Instance): Read =>
  ([name, member]) =>
    member === undefined ? instance.values.get(name!)! : instance.parts.get(name!)!.values.get(member)!;
