import type { Expression, MemberExpression, Node } from "acorn";
import { NOTHING, number } from "./fold-number.ts";
import type { NumberNode } from "./kernel-ir.ts";
import type { Lowering } from "./lowering.ts";
import { MATH_CONSTANTS } from "./math-functions.ts";

/** What a name stands for: a local or a number port. */
export function identifier(at: Node, name: string, into: Lowering): NumberNode {
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

/** Names by which a program reaches its surroundings. */
export const OUTSIDE = new Set([
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

export function unknownName(at: Node, name: string, into: Lowering): void {
  if (OUTSIDE.has(name)) into.error(at, "outside", `a kernel reaches nothing outside its cell: no ${name}`);
  else if (name === "NaN" || name === "Infinity" || name === "undefined")
    into.error(at, "not-finite", `a GPU has no ${name}; use a large number, or a test before the division`);
  else if (name === "Math")
    into.error(at, "not-a-number", "Math alone is no number; call one of its functions");
  else if (Object.hasOwn(into.spec.constants, name))
    into.error(at, "unknown-name", `${name} is a constant: write this.constants.${name}`);
  else into.error(at, "unknown-name", `${name} is neither an input nor a local declared before`);
}

/** What a path of names stands for: the cell's index, a constant, the shape. */
export function named(of: MemberExpression, path: readonly string[], into: Lowering): NumberNode {
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
export function dotted(of: MemberExpression): string[] | undefined {
  const path: string[] = [];
  let at: Expression = of;
  while (at.type === "MemberExpression") {
    if (at.computed || at.property.type !== "Identifier") return undefined;
    path.unshift(at.property.name);
    at = at.object as Expression;
  }
  if (at.type === "ThisExpression") return ["this", ...path];
  return at.type === "Identifier" ? [at.name, ...path] : undefined;
}

export function notANumber(at: Node, what: string, into: Lowering): NumberNode {
  into.error(at, "not-a-number", `${what} is no number; write condition ? 1 : 0`);
  return NOTHING;
}

export function refused(at: Node, what: string, into: Lowering): NumberNode {
  into.error(
    at,
    "syntax-refused",
    `a kernel has no ${what.replace(/^(an?|the) /, "")}; docs/kernels.md lists what it has`,
  );
  return NOTHING;
}

/** How a field of a shape is read. */
export function example(name: string, shape: readonly number[]): string {
  return name + ["[z]", "[y]", "[x]"].slice(3 - shape.length).join("");
}
