import type { Node } from "acorn";
import type { NumberNode } from "./kernel-ir.ts";
import type { Lowering } from "./lowering.ts";
import { calledFunction } from "./math-functions.ts";

/** Stands where an error was told, so that the pass can go on and tell the next one. */
export const NOTHING: NumberNode = { is: "literal", value: 0 };

const LARGEST_FLOAT = 3.4028234663852886e38;
const SMALLEST_FLOAT = 1.1754943508222875e-38;

/** A number that stands in the source or came of folding; told where a 32-bit float does not hold it. */
export function number(at: Node, value: number, into: Lowering): NumberNode {
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

/** A node of numbers that stand in the source becomes the number: no backend folds it in a way of its own. */
export function folded(at: Node, node: NumberNode, into: Lowering): NumberNode {
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
