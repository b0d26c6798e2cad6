import type { AssignmentExpression, Expression, Node, UpdateExpression } from "acorn";
import type { NumberNode, StatementNode, TruthNode } from "./kernel-ir.ts";
import { checkElementIndex } from "./lower-cell.ts";
import { lowerNumber, lowerTruth } from "./lower-expression.ts";
import type { Local, Lowering } from "./lowering.ts";
import { refused } from "./names.ts";

/** A decision as a local keeps it. */
export const asNumber = (test: TruthNode): NumberNode => ({
  is: "choice",
  test,
  yes: { is: "literal", value: 1 },
  no: { is: "literal", value: 0 },
});

/** `name = value`, and with an operator. */
export function assignment(of: AssignmentExpression, into: Lowering): StatementNode[] {
  const operator = of.operator.slice(0, -1);
  if (!["", "+", "-", "*", "/", "%", "**"].includes(operator)) {
    const bits = ["&", "|", "^", "<<", ">>", ">>>"].includes(operator);
    if (bits)
      into.error(of, "bitwise", `numbers are 32-bit floats; ${of.operator} would take whole bits away`);
    else refused(of, `the operator ${of.operator}`, into);
    return [];
  }
  const target = assignable(of.left, into);
  if (target === undefined) {
    lowerNumber(of.right, into);
    return [];
  }
  const { local, index } = target;
  if (local.holds === "truth") {
    if (operator !== "") into.error(of, "not-a-number", `${local.name} holds a decision; only = sets it`);
    return [{ is: "assign", local: local.local, value: asNumber(lowerTruth(of.right, into)) }];
  }
  const right = lowerNumber(of.right, into);
  const old: NumberNode =
    index === undefined ? { is: "local", local: local.local } : { is: "element", local: local.local, index };
  return [store(local, index, operator === "" ? right : changed(operator, old, right))];
}

/** `name++`, `name--`. */
export function update(of: UpdateExpression, into: Lowering): StatementNode[] {
  const target = assignable(of.argument, into);
  if (target === undefined) return [];
  const { local, index } = target;
  if (local.holds === "truth") {
    into.error(of, "not-a-number", `${local.name} holds a decision; only = sets it`);
    return [];
  }
  const old: NumberNode =
    index === undefined ? { is: "local", local: local.local } : { is: "element", local: local.local, index };
  return [store(local, index, changed(of.operator === "++" ? "+" : "-", old, { is: "literal", value: 1 }))];
}

function changed(operator: string, left: NumberNode, right: NumberNode): NumberNode {
  if (operator === "%") return { is: "call", name: "remainder", args: [left, right] };
  if (operator === "**") return { is: "call", name: "pow", args: [left, right] };
  return { is: "arithmetic", operator: operator as "+" | "-" | "*" | "/", left, right };
}

const store = (local: Local, index: NumberNode | undefined, value: NumberNode): StatementNode =>
  index === undefined
    ? { is: "assign", local: local.local, value }
    : { is: "assignElement", local: local.local, index, value };

/** The local that the left side of an assignment names; tells why there is none. */
function assignable(of: Node, into: Lowering): { local: Local; index: NumberNode | undefined } | undefined {
  let root = of as Expression;
  let indices = 0;
  let index: Expression | undefined;
  while (root.type === "MemberExpression") {
    if (root.computed) {
      index = root.property as Expression;
      indices += 1;
    } else if (
      root.object.type === "ThisExpression" ||
      root.object.type === "Identifier" ||
      root.object.type === "MemberExpression"
    ) {
      into.error(of, "input-written", "only locals can be set; the kernel gives its result by return");
      return undefined;
    }
    root = root.object as Expression;
  }
  if (root.type !== "Identifier") {
    into.error(of, "syntax-refused", "set one name at a time, as in total = total + 1");
    return undefined;
  }
  const local = into.lookUp(root.name);
  if (local === undefined) {
    if (into.portOf(root.name) >= 0)
      into.error(
        of,
        "input-written",
        `${root.name} is an input, which a kernel only reads: on the CPU it would change for the next cells; copy it, as in let mine = ...`,
      );
    else into.error(of, "unknown-name", `${root.name} is not declared; write let ${root.name} = ...`);
    return undefined;
  }
  if (local.fixed !== undefined && local.holds !== "array") {
    const what =
      local.fixed === "constant" ? "declared const" : "counted by its loop, which must stay countable";
    into.error(
      of,
      local.fixed === "constant" ? "constant-written" : "loop-counter-written",
      `${local.name} is ${what}`,
    );
    return undefined;
  }
  if (local.holds !== "array") {
    if (indices === 0) return { local, index: undefined };
    into.error(of, "dimensions-differ", `${local.name} is no array`);
    return undefined;
  }
  if (indices !== 1) {
    into.error(of, "array-place", `set one element of ${local.name}, as in ${local.name}[0] = ...`);
    return undefined;
  }
  const at = lowerNumber(index!, into);
  checkElementIndex(of, at, local, into);
  return { local, index: at };
}
