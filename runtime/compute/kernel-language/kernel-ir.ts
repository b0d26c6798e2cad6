/**
 * A kernel after it was checked: what is left has one meaning, so that every backend can be given a text of it that
 * it computes the same. All numbers are 32-bit floats; booleans exist only where something is decided.
 */
export type NumberNode =
  | { readonly is: "literal"; readonly value: number }
  /** Index of the cell: axis 0 is x. */
  | { readonly is: "thread"; readonly axis: number }
  /** A number port, by its place among the inputs. */
  | { readonly is: "port"; readonly port: number }
  /** A cell of a field port. */
  | { readonly is: "cell"; readonly port: number; readonly index: readonly CellIndex[] }
  | { readonly is: "local"; readonly local: number }
  /** An element of a local array. */
  | { readonly is: "element"; readonly local: number; readonly index: NumberNode }
  | { readonly is: "negative"; readonly of: NumberNode }
  | {
      readonly is: "arithmetic";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: NumberNode;
      readonly right: NumberNode;
    }
  | { readonly is: "call"; readonly name: string; readonly args: readonly NumberNode[] }
  | { readonly is: "choice"; readonly test: TruthNode; readonly yes: NumberNode; readonly no: NumberNode };

/** One index of a field, x first. */
export interface CellIndex {
  readonly at: NumberNode;
  /** Cells of the field along this axis. */
  readonly cells: number;
  /** Set where it cannot be shown to lie inside: then it is held at the edge. */
  readonly clamp: boolean;
  /** Set where it cannot be shown to be whole: then it is rounded down. */
  readonly floor: boolean;
}

export type Comparison = "<" | "<=" | ">" | ">=" | "===" | "!==";

export type TruthNode =
  | { readonly is: "truth"; readonly value: boolean }
  | {
      readonly is: "compare";
      readonly operator: Comparison;
      readonly left: NumberNode;
      readonly right: NumberNode;
    }
  | { readonly is: "both" | "either"; readonly left: TruthNode; readonly right: TruthNode }
  | { readonly is: "not"; readonly of: TruthNode }
  /** A local that holds a decision, kept as 1 or 0. */
  | { readonly is: "decided"; readonly local: number };

export type StatementNode =
  | { readonly is: "declare"; readonly local: number; readonly value: NumberNode }
  | { readonly is: "declareArray"; readonly local: number; readonly values: readonly NumberNode[] }
  | { readonly is: "assign"; readonly local: number; readonly value: NumberNode }
  | {
      readonly is: "assignElement";
      readonly local: number;
      readonly index: NumberNode;
      readonly value: NumberNode;
    }
  | {
      readonly is: "if";
      readonly test: TruthNode;
      readonly yes: readonly StatementNode[];
      readonly no: readonly StatementNode[];
    }
  | LoopNode
  | { readonly is: "break" }
  | { readonly is: "continue" }
  | { readonly is: "return"; readonly value: NumberNode };

/** Counts `local` from `from` by `step` while it is on the right side of `to`, at most `rounds` times. */
export interface LoopNode {
  readonly is: "loop";
  readonly local: number;
  readonly from: NumberNode;
  readonly test: "<" | "<=" | ">" | ">=";
  readonly to: NumberNode;
  readonly step: number;
  readonly rounds: number;
  readonly body: readonly StatementNode[];
}

export interface KernelBody {
  readonly statements: readonly StatementNode[];
  /** How many locals are numbered. */
  readonly locals: number;
}
