import type { Node } from "acorn";
import { Facts } from "./facts.ts";
import type { NumberNode } from "./kernel-ir.ts";
import type { KernelRemark } from "./kernel-remark.ts";
import type { KernelSpec } from "./kernel-spec.ts";

/** How deep expressions and blocks may be nested: each backend goes down them by recursion. */
const DEEPEST = 256;
export const TOO_DEEP = "this is nested too deeply; give parts of the expression names";

/** A local of the source. */
export interface Local {
  readonly local: number;
  readonly name: string;
  readonly holds: "number" | "truth" | "array";
  /** Elements of an array. */
  readonly length: number;
  /** `const`, or the counter of a loop. */
  readonly fixed: "constant" | "counter" | undefined;
  /** Stands for this wherever it is read: a local set once to the index of the cell or to a number. */
  readonly alias: NumberNode | undefined;
}

/** What the checks share while they go through one source. */
export class Lowering {
  readonly spec: KernelSpec;
  readonly facts: Facts;
  readonly remarks: KernelRemark[] = [];
  /** Inputs that the source has read. */
  readonly used = new Set<number>();
  /** Names that are set more than once somewhere. */
  readonly reassigned: ReadonlySet<string>;
  readonly functionName: string;
  readonly #scopes: Map<string, Local>[] = [new Map()];
  #locals = 0;
  #depth = 0;
  loops = 0;

  constructor(spec: KernelSpec, functionName: string, reassigned: ReadonlySet<string>) {
    this.spec = spec;
    this.facts = new Facts(spec);
    this.functionName = functionName;
    this.reassigned = reassigned;
  }

  get locals(): number {
    return this.#locals;
  }

  error(at: Node, code: string, message: string): void {
    this.remarks.push(remarkAt(at, "error", code, message));
  }

  warn(at: Node, code: string, message: string): void {
    this.remarks.push(remarkAt(at, "warning", code, message));
  }

  /** Some levels deeper; `otherwise` and an error where that is too deep. */
  deeper<T>(at: Node, otherwise: T, levels: number, body: () => T): T {
    if (this.#depth + levels > DEEPEST) {
      this.error(at, "too-deep", TOO_DEEP);
      return otherwise;
    }
    this.#depth += levels;
    const made = body();
    this.#depth -= levels;
    return made;
  }

  fresh(): number {
    return this.#locals++;
  }

  declare(at: Node, local: Omit<Local, "local">): Local {
    if (this.#scopes.at(-1)!.has(local.name))
      this.error(at, "name-taken", `${local.name} is declared twice in this block`);
    if (this.portOf(local.name) >= 0)
      this.error(at, "name-taken", `${local.name} is an input; give the local another name`);
    const declared = { ...local, local: this.fresh() };
    this.#scopes.at(-1)!.set(local.name, declared);
    return declared;
  }

  lookUp(name: string): Local | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  portOf(name: string): number {
    return this.spec.inputs.findIndex((port) => port.name === name);
  }

  /** Runs `body` in a block of its own: names and what is learned end with it. */
  block(body: () => void): void {
    this.#scopes.push(new Map());
    this.facts.block(body);
    this.#scopes.pop();
  }
}

export function remarkAt(
  at: Node,
  severity: KernelRemark["severity"],
  code: string,
  message: string,
): KernelRemark {
  const { start, end } = at.loc!;
  return {
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    severity,
    code,
    message,
  };
}
