/** What a text says, before any name in it is looked up. */
export type Expression =
  | { readonly kind: "integer" | "real"; readonly value: number; readonly line: number }
  | { readonly kind: "truth"; readonly value: boolean; readonly line: number }
  | { readonly kind: "name"; readonly path: readonly string[]; readonly line: number }
  | { readonly kind: "apply"; readonly name: string; readonly of: Expression; readonly line: number }
  | { readonly kind: "unary"; readonly sign: "-" | "NOT"; readonly of: Expression; readonly line: number }
  | {
      readonly kind: "binary";
      readonly sign: BinarySign;
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    };

export type BinarySign = "OR" | "AND" | "=" | "<>" | "<" | ">" | "<=" | ">=" | "+" | "-";

export type Statement =
  | { readonly kind: "assign"; readonly to: string; readonly value: Expression; readonly line: number }
  | {
      readonly kind: "call";
      readonly instance: string;
      readonly inputs: readonly { readonly name: string; readonly value: Expression }[];
      readonly line: number;
    }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly when: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
      readonly line: number;
    };

export type Section = "VAR_INPUT" | "VAR_OUTPUT" | "VAR" | "VAR RETAIN" | "VAR CONSTANT";

export interface Declaration {
  readonly section: Section;
  readonly name: string;
  readonly type: string;
  readonly initial: Expression | undefined;
  readonly line: number;
}

/** A function block or a program. */
export interface Unit {
  readonly name: string;
  readonly declarations: readonly Declaration[];
  readonly body: readonly Statement[];
  readonly line: number;
}
