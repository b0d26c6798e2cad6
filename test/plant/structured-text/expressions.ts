import type { BinarySign, Expression } from "./syntax.ts";
import { StructuredTextError } from "./tokens.ts";
import { functionOf, held, type Type, type Value } from "./values.ts";

/** The values of one instance while it runs, by name; those of its function blocks by `NAME.MEMBER`. */
export type Read = (path: readonly string[]) => Value;

/** An expression whose names and types were looked up. A number written in the text takes its type from its neighbour. */
export interface Compiled {
  readonly type: Type | "an integer" | "a real";
  readonly value: (read: Read) => Value;
}

export type TypeOf = (path: readonly string[], line: number) => Type;

/**
 * There is no conversion but by its own function, no arithmetic of integers, whose overflow differs by vendor, and no
 * equality of REALs. Both sides of AND and OR are evaluated, as IEC 61131-3 lets a vendor do.
 * @throws StructuredTextError for whatever is not known, or of the wrong type, whether it would ever be run or not
 */
export function compileExpression(expression: Expression, typeOf: TypeOf): Compiled {
  const { line } = expression;
  switch (expression.kind) {
    case "integer":
    case "real": {
      const { value } = expression;
      return { type: expression.kind === "integer" ? "an integer" : "a real", value: () => value };
    }
    case "truth": {
      const { value } = expression;
      return { type: "BOOL", value: () => value };
    }
    case "name": {
      const { path } = expression;
      return { type: typeOf(path, line), value: (read) => read(path) };
    }
    case "apply": {
      const inner = compileExpression(expression.of, typeOf);
      const { gives, of } = functionOf(expression.name, elementary(inner, line), line);
      return { type: gives, value: (read) => of(inner.value(read) as number) };
    }
    case "unary": {
      const inner = compileExpression(expression.of, typeOf);
      if (expression.sign === "NOT") {
        const truth = fitting(inner, "BOOL", line);
        return { type: "BOOL", value: (read) => !truth.value(read) };
      }
      if (!["REAL", "LREAL", "a real"].includes(inner.type)) {
        throw new StructuredTextError(line, `- of ${inner.type} is not known`);
      }
      return { type: inner.type, value: (read) => -(inner.value(read) as number) };
    }
    case "binary": {
      const { sign } = expression;
      const [left, right, type] = sameType(
        compileExpression(expression.left, typeOf),
        compileExpression(expression.right, typeOf),
        line,
      );
      const { gives, of } = operatorOf(sign, type, line);
      return {
        type: gives,
        value: (read) => {
          const first = left.value(read);
          return of(first, right.value(read));
        },
      };
    }
  }
}

/** Takes a number of the text as one of the type; anything else must be of it already. */
export function fitting(compiled: Compiled, type: Type, line: number): Compiled {
  if (compiled.type === type) return compiled;
  const fits =
    (compiled.type === "an integer" && (type === "DINT" || type === "UDINT")) ||
    (compiled.type === "a real" && (type === "REAL" || type === "LREAL"));
  if (!fits) throw new StructuredTextError(line, `expected ${type}, found ${compiled.type}`);
  return { type, value: (read) => held(type, compiled.value(read)) };
}

function sameType(left: Compiled, right: Compiled, line: number): [Compiled, Compiled, Type] {
  const isWritten = left.type === "an integer" || left.type === "a real";
  const type = elementary(isWritten ? right : left, line);
  return [fitting(left, type, line), fitting(right, type, line), type];
}

function elementary({ type }: Compiled, line: number): Type {
  if (type === "an integer" || type === "a real") {
    throw new StructuredTextError(line, "nothing tells the type of the number");
  }
  return type;
}

const ORDER: Partial<Record<BinarySign, (a: Value, b: Value) => boolean>> = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};
const EQUALITY: Partial<Record<BinarySign, (a: Value, b: Value) => boolean>> = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
};
const LOGIC: Partial<Record<BinarySign, (a: Value, b: Value) => boolean>> = {
  AND: (a, b) => a === true && b === true,
  OR: (a, b) => a === true || b === true,
};
const SUMS: Partial<Record<BinarySign, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
};

function operatorOf(
  sign: BinarySign,
  type: Type,
  line: number,
): { readonly gives: Type; readonly of: (a: Value, b: Value) => Value } {
  const isReal = type === "REAL" || type === "LREAL";
  const truth =
    type === "BOOL"
      ? (LOGIC[sign] ?? EQUALITY[sign])
      : (ORDER[sign] ?? (isReal ? undefined : EQUALITY[sign]));
  if (truth !== undefined) return { gives: "BOOL", of: truth };
  const sum = isReal ? SUMS[sign] : undefined;
  if (sum === undefined) throw new StructuredTextError(line, `${sign} of ${type} is not known`);
  return { gives: type, of: (a, b) => held(type, sum(a as number, b as number)) };
}
