import type {
  BinaryExpression,
  CallExpression,
  Expression,
  MemberExpression,
  Node,
  PrivateIdentifier,
  SpreadElement,
} from "acorn";
import { folded, NOTHING, number } from "./fold-number.ts";
import type { Comparison, NumberNode, TruthNode } from "./kernel-ir.ts";
import { cellOf, elementOf } from "./lower-cell.ts";
import type { Lowering } from "./lowering.ts";
import { MATH_FUNCTIONS } from "./math-functions.ts";
import { dotted, identifier, named, notANumber, OUTSIDE, refused, unknownName } from "./names.ts";

/** Stands where an error was told, as NOTHING does for numbers. */
const UNDECIDED: TruthNode = { is: "truth", value: false };

type Any = Expression | SpreadElement | PrivateIdentifier;

/** A number of the source; tells the remarks of what is none. */
export function lowerNumber(of: Any, into: Lowering): NumberNode {
  return into.deeper(of, NOTHING, 1, () => numberOf(of, into));
}

function numberOf(of: Any, into: Lowering): NumberNode {
  switch (of.type) {
    case "ParenthesizedExpression":
      return lowerNumber(of.expression, into);
    case "Literal":
      return literal(of, of.value, into);
    case "Identifier":
      return identifier(of, of.name, into);
    case "UnaryExpression":
      if (of.operator === "-")
        return folded(of, { is: "negative", of: lowerNumber(of.argument, into) }, into);
      if (of.operator === "+") return lowerNumber(of.argument, into);
      if (of.operator === "!") return notANumber(of, "a decision", into);
      if (of.operator === "~") return bitwise(of, "~", into);
      return refused(of, `the operator ${of.operator}`, into);
    case "BinaryExpression":
      return binary(of, into);
    case "LogicalExpression":
      if (of.operator === "??") return refused(of, "the operator ??", into);
      return notANumber(of, "a decision", into);
    case "ConditionalExpression": {
      const test = lowerTruth(of.test, into);
      let yes = NOTHING;
      let no = NOTHING;
      into.facts.within(test, true, () => {
        yes = lowerNumber(of.consequent, into);
      });
      into.facts.within(test, false, () => {
        no = lowerNumber(of.alternate, into);
      });
      return { is: "choice", test, yes, no };
    }
    case "CallExpression":
      return call(of, into);
    case "MemberExpression":
      return member(of, into);
    case "ArrayExpression":
      into.error(of, "array-place", "an array stands only where a local is declared: const v = [a, b]");
      return NOTHING;
    case "AssignmentExpression":
    case "UpdateExpression":
      into.error(of, "assignment-in-expression", "write the assignment as a statement of its own");
      return NOTHING;
    case "ArrowFunctionExpression":
      into.error(of, "arrow-function", "a kernel holds no functions; write the expression where it is used");
      return NOTHING;
    case "FunctionExpression":
      into.error(
        of,
        "one-function",
        "a kernel is exactly one function; write the expression where it is used",
      );
      return NOTHING;
    case "ThisExpression":
      into.error(of, "this", "of `this` only this.thread, this.constants and this.output are there");
      return NOTHING;
    default:
      return refused(of, WORDS[of.type] ?? of.type, into);
  }
}

/** A decision of the source: a comparison, or several joined by `&&`, `||` and `!`. */
export function lowerTruth(of: Any, into: Lowering): TruthNode {
  return into.deeper(of, UNDECIDED, 1, () => truthOf(of, into));
}

function truthOf(of: Any, into: Lowering): TruthNode {
  switch (of.type) {
    case "ParenthesizedExpression":
      return lowerTruth(of.expression, into);
    case "Literal":
      if (typeof of.value === "boolean") return { is: "truth", value: of.value };
      break;
    case "Identifier": {
      const local = into.lookUp(of.name);
      if (local?.holds === "truth") return { is: "decided", local: local.local };
      break;
    }
    case "UnaryExpression":
      if (of.operator === "!") return { is: "not", of: lowerTruth(of.argument, into) };
      break;
    case "LogicalExpression": {
      if (of.operator === "??") break;
      const left = lowerTruth(of.left, into);
      let right = UNDECIDED;
      into.facts.within(left, of.operator === "&&", () => {
        right = lowerTruth(of.right, into);
      });
      return { is: of.operator === "&&" ? "both" : "either", left, right };
    }
    case "BinaryExpression": {
      const operator = COMPARISONS.get(of.operator);
      if (operator === undefined) break;
      const left = lowerNumber(of.left, into);
      const right = lowerNumber(of.right, into);
      warnOfEquality(of, operator, left, right, into);
      return { is: "compare", operator, left, right };
    }
  }
  const before = into.remarks.length;
  lowerNumber(of, into);
  if (into.remarks.length === before)
    into.error(of, "not-a-decision", "a number decides nothing here; compare it, as in value > 0");
  return UNDECIDED;
}

/** True where an expression can only be a decision: what a local of it holds. */
export function isDecision(of: Expression, into: Lowering): boolean {
  switch (of.type) {
    case "ParenthesizedExpression":
      return isDecision(of.expression, into);
    case "Literal":
      return typeof of.value === "boolean";
    case "Identifier":
      return into.lookUp(of.name)?.holds === "truth";
    case "UnaryExpression":
      return of.operator === "!";
    case "LogicalExpression":
      return of.operator !== "??";
    case "BinaryExpression":
      return COMPARISONS.has(of.operator);
    default:
      return false;
  }
}

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
  ["===", "==="],
  ["==", "==="],
  ["!==", "!=="],
  ["!=", "!=="],
]);

function literal(at: Node, value: unknown, into: Lowering): NumberNode {
  if (typeof value === "boolean") return notANumber(at, "a decision", into);
  if (typeof value !== "number") {
    into.error(at, "not-a-number", "a kernel computes with numbers only");
    return NOTHING;
  }
  return number(at, value, into);
}

function binary(of: BinaryExpression, into: Lowering): NumberNode {
  const { operator } = of;
  if (COMPARISONS.has(operator)) return notANumber(of, "a decision", into);
  if (["&", "|", "^", "<<", ">>", ">>>"].includes(operator)) return bitwise(of, operator, into);
  const left = lowerNumber(of.left, into);
  const right = lowerNumber(of.right, into);
  if ((operator === "/" || operator === "%") && right.is === "literal" && right.value === 0) {
    into.error(of, "division-by-zero", "this divides by 0; a GPU gives any number for it");
    return NOTHING;
  }
  switch (operator) {
    case "+":
    case "-":
    case "*":
    case "/":
      return folded(of, { is: "arithmetic", operator, left, right }, into);
    case "%":
      return folded(of, { is: "call", name: "remainder", args: [left, right] }, into);
    case "**":
      return folded(of, { is: "call", name: "pow", args: [left, right] }, into);
    default:
      return refused(of, `the operator ${operator}`, into);
  }
}

function call(of: CallExpression, into: Lowering): NumberNode {
  const { callee } = of;
  if (callee.type === "Identifier" && callee.name === into.functionName) {
    into.error(of, "recursion", "a kernel cannot call itself; write a loop");
    return NOTHING;
  }
  const math =
    callee.type === "MemberExpression" &&
    !callee.computed &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Math" &&
    into.lookUp("Math") === undefined &&
    into.portOf("Math") < 0;
  if (!math) {
    if (callee.type === "Identifier" && OUTSIDE.has(callee.name)) unknownName(callee, callee.name, into);
    else
      into.error(
        of,
        "call-refused",
        "only functions of Math can be called; write the expression where it is used",
      );
    for (const argument of of.arguments) lowerNumber(argument, into);
    return NOTHING;
  }
  const name = (callee.property as { name: string }).name;
  if (name === "random") {
    into.error(
      of,
      "math-random",
      'Math.random gives the same stream at every call on some backends and an unseeded one on others; declare an input with {"random": {"seed", "low", "high"}} and read it',
    );
    return NOTHING;
  }
  const known = MATH_FUNCTIONS.get(name);
  const args = of.arguments.map((argument) => lowerNumber(argument, into));
  if (known === undefined) {
    into.error(
      callee,
      "math-unknown",
      `Math.${name} is not there; known are ${[...MATH_FUNCTIONS.keys()].join(", ")}`,
    );
    return NOTHING;
  }
  if (args.length < known.least || args.length > known.most) {
    const wanted = known.least === known.most ? `${known.least}` : `${known.least} to ${known.most}`;
    into.error(of, "math-arguments", `Math.${name} takes ${wanted} arguments, got ${args.length}`);
    return NOTHING;
  }
  return folded(of, mathCall(name, args), into);
}

/** One call with two arguments where a backend takes no more, and `floor(a / b)` as one division. */
function mathCall(name: string, args: readonly NumberNode[]): NumberNode {
  const [first] = args;
  if (name === "floor" && first?.is === "arithmetic" && first.operator === "/")
    return { is: "call", name: "floorDivide", args: [first.left, first.right] };
  if (name === "min" || name === "max")
    return args.reduce((left, right) => ({ is: "call", name, args: [left, right] }));
  if (name === "hypot") {
    if (args.length === 1) return { is: "call", name: "abs", args };
    return args.reduce((left, right) => ({ is: "call", name, args: [left, right] }));
  }
  return { is: "call", name, args };
}

function member(of: MemberExpression, into: Lowering): NumberNode {
  if (of.optional) return refused(of, "?.", into);
  const path = dotted(of);
  if (path !== undefined) return named(of, path, into);
  // From the outside in the walk meets x first, as a shape tells it.
  const expressions: Expression[] = [];
  let root: Expression = of;
  while (root.type === "MemberExpression" && root.computed) {
    expressions.push(root.property as Expression);
    root = root.object as Expression;
  }
  const text = expressions.find((index) => index.type === "Literal" && typeof index.value === "string");
  if (text !== undefined) {
    into.error(text, "outside", "an index is a number; a kernel reads no properties");
    return NOTHING;
  }
  const indices = expressions.map((at) => ({ at, value: lowerNumber(at, into) }));
  if (root.type !== "Identifier") {
    const inner = root.type === "MemberExpression" ? dotted(root)?.join(".") : undefined;
    const what = inner === undefined ? "this" : inner;
    into.error(of, "outside", `${what} is no field; only inputs and local arrays are read by index`);
    return NOTHING;
  }
  const local = into.lookUp(root.name);
  if (local !== undefined) return elementOf(of, local, indices, into);
  const port = into.portOf(root.name);
  if (port >= 0) return cellOf(of, port, indices, into);
  unknownName(root, root.name, into);
  return NOTHING;
}

function warnOfEquality(
  at: Node,
  operator: Comparison,
  left: NumberNode,
  right: NumberNode,
  into: Lowering,
): void {
  if (operator !== "===" && operator !== "!==") return;
  const wholes = [left, right].every((side) => into.facts.interval(side, "here").whole);
  if (wholes) return;
  into.warn(
    at,
    "equality-of-fractions",
    "fractions are rounded differently on each backend and are seldom equal; compare Math.abs(a - b) with a small number",
  );
}

function bitwise(at: Node, operator: string, into: Lowering): NumberNode {
  into.error(
    at,
    "bitwise",
    `numbers are 32-bit floats, of which ${operator} would take whole bits away; write Math.floor, % and multiplication`,
  );
  return NOTHING;
}

const WORDS: Readonly<Record<string, string>> = {
  TemplateLiteral: "a text",
  NewExpression: "new",
  SequenceExpression: "a comma between expressions",
  ObjectExpression: "an object",
  AwaitExpression: "await",
  YieldExpression: "yield",
  ChainExpression: "?.",
  ImportExpression: "import",
  MetaProperty: "import.meta",
  ClassExpression: "class",
  SpreadElement: "...",
  TaggedTemplateExpression: "a tagged text",
};
