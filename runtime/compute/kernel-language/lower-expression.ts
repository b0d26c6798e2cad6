import type {
  BinaryExpression,
  CallExpression,
  Expression,
  MemberExpression,
  Node,
  PrivateIdentifier,
  SpreadElement,
} from "acorn";
import { isKnown } from "./interval.ts";
import type { CellIndex, Comparison, NumberNode, TruthNode } from "./kernel-ir.ts";
import type { Lowering } from "./lowering.ts";
import { calledFunction, MATH_CONSTANTS, MATH_FUNCTIONS } from "./math-functions.ts";

/** Stands where an error was told, so that the pass can go on and tell the next one. */
const NOTHING: NumberNode = { is: "literal", value: 0 };
const UNDECIDED: TruthNode = { is: "truth", value: false };

const LARGEST_FLOAT = 3.4028234663852886e38;
const SMALLEST_FLOAT = 1.1754943508222875e-38;

type Any = Expression | SpreadElement | PrivateIdentifier;

/** A number of the source; tells the remarks of what is none. */
export function lowerNumber(of: Any, into: Lowering): NumberNode {
  return into.deeper(of, NOTHING, () => numberOf(of, into));
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
  return into.deeper(of, UNDECIDED, () => truthOf(of, into));
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

/** A number that stands in the source or came of folding; told where a 32-bit float does not hold it. */
function number(at: Node, value: number, into: Lowering): NumberNode {
  if (!Number.isFinite(value)) into.error(at, "not-finite", `this is ${value}, which a GPU does not have`);
  else if (Math.abs(value) > LARGEST_FLOAT)
    into.error(at, "literal-too-large", `${value} is beyond the largest 32-bit float, ${LARGEST_FLOAT}`);
  else if (value !== 0 && Math.abs(value) < SMALLEST_FLOAT)
    into.error(
      at,
      "literal-too-small",
      `${value} is nearer to 0 than a GPU keeps, which is ${SMALLEST_FLOAT}`,
    );
  else if (Number.isSafeInteger(value) && Math.fround(value) !== value)
    into.warn(
      at,
      "literal-not-exact",
      `${value} becomes ${Math.fround(value)}: whole numbers are exact up to 16777216`,
    );
  return { is: "literal", value };
}

function identifier(at: Node, name: string, into: Lowering): NumberNode {
  const local = into.lookUp(name);
  if (local !== undefined) {
    if (local.holds === "truth") return notANumber(at, "a decision", into);
    if (local.holds === "array") {
      into.error(at, "array-place", `${name} is an array; read one element, as in ${name}[0]`);
      return NOTHING;
    }
    return local.alias ?? { is: "local", local: local.local };
  }
  const port = into.portOf(name);
  if (port >= 0) {
    into.used.add(port);
    const { holds, shape } = into.spec.inputs[port]!;
    if (holds === "number") return { is: "port", port };
    into.error(
      at,
      "dimensions-differ",
      `${name} is a field; read one cell of it, as in ${example(name, shape)}`,
    );
    return NOTHING;
  }
  unknownName(at, name, into);
  return NOTHING;
}

const OUTSIDE = new Set([
  "globalThis",
  "window",
  "self",
  "global",
  "process",
  "require",
  "module",
  "import",
  "eval",
  "Function",
  "console",
  "arguments",
  "constructor",
  "prototype",
]);

function unknownName(at: Node, name: string, into: Lowering): void {
  if (OUTSIDE.has(name)) into.error(at, "outside", `a kernel reaches nothing outside its cell: no ${name}`);
  else if (name === "NaN" || name === "Infinity" || name === "undefined")
    into.error(at, "not-finite", `a GPU has no ${name}; use a large number, or a test before the division`);
  else if (name === "Math")
    into.error(at, "not-a-number", "Math alone is no number; call one of its functions");
  else if (Object.hasOwn(into.spec.constants, name))
    into.error(at, "unknown-name", `${name} is a constant: write this.constants.${name}`);
  else into.error(at, "unknown-name", `${name} is neither an input nor a local declared before`);
}

function binary(of: BinaryExpression, into: Lowering): NumberNode {
  const { operator } = of;
  if (COMPARISONS.has(operator)) return notANumber(of, "a decision", into);
  if (["&", "|", "^", "<<", ">>", ">>>"].includes(operator)) return bitwise(of, operator, into);
  const left = lowerNumber(of.left, into);
  const right = lowerNumber(of.right, into);
  switch (operator) {
    case "+":
    case "-":
    case "*":
      return folded(of, { is: "arithmetic", operator, left, right }, into);
    case "/":
      if (right.is === "literal" && right.value === 0) {
        into.error(of, "division-by-zero", "this divides by 0; a GPU gives any number for it");
        return NOTHING;
      }
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
  const indices: Expression[] = [];
  let root: Expression = of;
  while (root.type === "MemberExpression" && root.computed) {
    indices.push(root.property as Expression);
    root = root.object as Expression;
  }
  if (root.type !== "Identifier") {
    for (const index of indices) lowerNumber(index, into);
    const inner = root.type === "MemberExpression" ? dotted(root) : undefined;
    if (inner !== undefined)
      into.error(
        root,
        "outside",
        `${inner.join(".")} is no field; only inputs and local arrays are read by index`,
      );
    else into.error(of, "outside", "only inputs and local arrays are read by index");
    return NOTHING;
  }
  const text = indices.find((index) => index.type === "Literal" && typeof index.value === "string");
  if (text !== undefined) {
    into.error(text, "outside", "an index is a number; a kernel reads no properties");
    return NOTHING;
  }
  const local = into.lookUp(root.name);
  if (local !== undefined) return element(of, local, indices, into);
  const port = into.portOf(root.name);
  if (port < 0) {
    unknownName(root, root.name, into);
    return NOTHING;
  }
  into.used.add(port);
  const { holds, shape, name } = into.spec.inputs[port]!;
  if (holds === "number") {
    into.error(of, "dimensions-differ", `${name} is a number and has no cells; write ${name}`);
    return NOTHING;
  }
  if (indices.length !== shape.length) {
    into.error(
      of,
      "dimensions-differ",
      `${name} has ${shape.length} dimension${shape.length === 1 ? "" : "s"} and is read with ${indices.length}; write ${example(name, shape)}`,
    );
    for (const index of indices) lowerNumber(index, into);
    return NOTHING;
  }
  // The walk from the outside in met x first, as the shape tells it.
  return { is: "cell", port, index: indices.map((index, axis) => cellIndex(index, axis, port, into)) };
}

function cellIndex(of: Expression, axis: number, port: number, into: Lowering): CellIndex {
  const at = lowerNumber(of, into);
  const { name, shape } = into.spec.inputs[port]!;
  const cells = shape[axis]!;
  const here = into.facts.interval(at, "here");
  const always = into.facts.interval(at, "always");
  const letter = "xyz"[axis]!;
  if (always.low > cells - 1 || always.high < 0)
    into.error(
      of,
      "index-outside",
      `${name} has ${cells} cells along ${letter}, 0 to ${cells - 1}; this index is never one of them`,
    );
  else if (here.low < 0 || here.high > cells - 1) {
    const reach = isKnown(here)
      ? `reaches from ${here.low} to ${here.high}`
      : "cannot be shown to stay inside";
    into.warn(
      of,
      "index-outside",
      `${name} has cells 0 to ${cells - 1} along ${letter}, this index ${reach}: outside, one backend reads NaN and another some cell, so it is held at the edge; write Math.min and Math.max, or test it`,
    );
  }
  if (!here.whole)
    into.warn(of, "index-not-whole", "this index may not be whole and is rounded down; write Math.floor");
  return { at, cells, clamp: !(always.low >= 0 && always.high <= cells - 1), floor: !always.whole };
}

function element(
  of: MemberExpression,
  local: { name: string; holds: string; length: number; local: number },
  indices: readonly Expression[],
  into: Lowering,
): NumberNode {
  const index = indices.length === 1 ? lowerNumber(indices[0]!, into) : undefined;
  if (local.holds !== "array" || index === undefined) {
    into.error(of, "dimensions-differ", `${local.name} is no array with ${indices.length} dimensions`);
    return NOTHING;
  }
  checkElementIndex(of, index, local, into);
  return { is: "element", local: local.local, index };
}

/** Outside a local array a backend reads or overwrites what is beside it. */
export function checkElementIndex(
  at: Node,
  index: NumberNode,
  local: { name: string; length: number },
  into: Lowering,
): void {
  const of = into.facts.interval(index, "always");
  if (!(of.whole && of.low >= 0 && of.high <= local.length - 1))
    into.error(
      at,
      "array-index",
      `${local.name} has elements 0 to ${local.length - 1}; the index must be a number or the counter of a loop that stays within`,
    );
}

function named(of: MemberExpression, path: readonly string[], into: Lowering): NumberNode {
  const [root, second = "", third] = path;
  const { shape } = into.spec.output;
  const forbidden = path.find((name) =>
    ["constructor", "prototype", "__proto__", "call", "apply", "bind"].includes(name),
  );
  if (forbidden !== undefined) {
    into.error(of, "outside", `a kernel reaches nothing outside its cell: no .${forbidden}`);
    return NOTHING;
  }
  if (root === "Math" && path.length === 2) {
    const value = MATH_CONSTANTS.get(second);
    if (value !== undefined) return { is: "literal", value };
    into.error(
      of,
      "math-unknown",
      `Math.${second} is no constant; known are ${[...MATH_CONSTANTS.keys()].join(", ")}`,
    );
    return NOTHING;
  }
  if (root === "this" && third !== undefined && path.length === 3) {
    if (second === "constants") {
      if (Object.hasOwn(into.spec.constants, third)) return number(of, into.spec.constants[third]!, into);
      into.error(of, "unknown-name", `there is no constant ${third}; add it to the constants of the kernel`);
      return NOTHING;
    }
    const axis = "xyz".indexOf(third);
    if ((second === "thread" || second === "output") && third.length === 1 && axis >= 0) {
      if (axis < shape.length)
        return second === "thread" ? { is: "thread", axis } : { is: "literal", value: shape[axis]! };
      into.error(
        of,
        "dimensions-differ",
        `the output has ${shape.length} dimension${shape.length === 1 ? "" : "s"}; there is no ${third}`,
      );
      return NOTHING;
    }
  }
  if (root === "this") {
    into.error(of, "this", "of `this` only this.thread.x, this.constants.<name> and this.output.x are there");
    return NOTHING;
  }
  if (root !== undefined && (into.lookUp(root) !== undefined || into.portOf(root) >= 0)) {
    into.error(of, "outside", `a kernel reads no properties: no .${second}`);
    return NOTHING;
  }
  unknownName(of, root ?? "", into);
  return NOTHING;
}

/** `this.thread.x` as its parts; undefined where an index is in it. */
function dotted(of: MemberExpression): string[] | undefined {
  const path: string[] = [];
  let at: Any = of;
  while (at.type === "MemberExpression") {
    if (at.computed || at.property.type !== "Identifier") return undefined;
    path.unshift(at.property.name);
    at = at.object as Expression;
  }
  if (at.type === "ThisExpression") return ["this", ...path];
  return at.type === "Identifier" ? [at.name, ...path] : undefined;
}

/** A node of numbers that stand in the source becomes the number: no backend folds it in a way of its own. */
function folded(at: Node, node: NumberNode, into: Lowering): NumberNode {
  const value = foldedValue(node);
  return value === undefined ? node : number(at, value, into);
}

function foldedValue(node: NumberNode): number | undefined {
  if (node.is === "negative" && node.of.is === "literal") return -node.of.value;
  if (node.is === "arithmetic" && node.left.is === "literal" && node.right.is === "literal") {
    const [a, b] = [node.left.value, node.right.value];
    if (node.operator === "+") return a + b;
    if (node.operator === "-") return a - b;
    return node.operator === "*" ? a * b : a / b;
  }
  if (node.is !== "call" || !node.args.every((arg) => arg.is === "literal")) return undefined;
  return calledFunction(node.name).exact(...node.args.map((arg) => arg.value));
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

function notANumber(at: Node, what: string, into: Lowering): NumberNode {
  into.error(at, "not-a-number", `${what} is no number; write condition ? 1 : 0`);
  return NOTHING;
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

export function refused(at: Node, what: string, into: Lowering): NumberNode {
  into.error(
    at,
    "syntax-refused",
    `a kernel has no ${what.replace(/^(an?|the) /, "")}; docs/kernels.md lists what it has`,
  );
  return NOTHING;
}

function example(name: string, shape: readonly number[]): string {
  return name + ["[z]", "[y]", "[x]"].slice(3 - shape.length).join("");
}
