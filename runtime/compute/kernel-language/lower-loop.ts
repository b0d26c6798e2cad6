import type { Expression, ForStatement } from "acorn";
import { between } from "./interval.ts";
import type { LoopNode, NumberNode, StatementNode } from "./kernel-ir.ts";
import { lowerNumber } from "./lower-expression.ts";
import type { Lowering } from "./lowering.ts";

const LOOP_FORM =
  "write a loop as for (let i = 0; i < n; i++), with +=, -= and a whole number as other steps";

/**
 * A loop that counts.
 * @param lowerBody the statements of its body
 */
export function lowerLoop(
  of: ForStatement,
  into: Lowering,
  lowerBody: () => readonly StatementNode[],
): StatementNode[] {
  const { init, test, update: step } = of;
  const declared = init?.type === "VariableDeclaration" && init.kind === "let" ? init.declarations : [];
  const [counter] = declared;
  const stride = step ? strideOf(step) : undefined;
  if (
    declared.length !== 1 ||
    counter?.id.type !== "Identifier" ||
    !counter.init ||
    !test ||
    !stride ||
    stride.name !== counter.id.name
  ) {
    into.error(of, "loop-form", LOOP_FORM);
    return [];
  }
  const { name } = counter.id;
  const limit = limitOf(test, name);
  if (limit === undefined) {
    into.error(test, "loop-form", `compare ${name} with a bound: ${LOOP_FORM}`);
    return [];
  }
  const up = limit.test === "<" || limit.test === "<=";
  if (stride.step === 0 || stride.step > 0 !== up) {
    into.error(of, "loop-unbounded", `${name} never reaches its bound: it is counted the other way`);
    return [];
  }
  const from = lowerNumber(counter.init, into);
  const to = lowerNumber(limit.to, into);
  const rounds = roundsOf(of, from, to, limit.test, stride.step, into);
  const start = into.facts.interval(from, "always");
  const end = into.facts.interval(to, "always");
  let loop: LoopNode | undefined;
  into.block(() => {
    const { local } = into.declare(counter.id, {
      name,
      holds: "number",
      length: 0,
      fixed: "counter",
      alias: undefined,
    });
    const whole = start.whole && Number.isInteger(stride.step);
    const margin = whole && end.whole && (limit.test === "<" || limit.test === ">") ? 1 : 0;
    into.facts.settleCounter(
      local,
      up ? between(start.low, end.high - margin, whole) : between(end.low + margin, start.high, whole),
    );
    into.loops += 1;
    const body = lowerBody();
    into.loops -= 1;
    loop = { is: "loop", local, from, test: limit.test, to, step: stride.step, rounds, body };
  });
  return loop === undefined ? [] : [loop];
}

/** The most rounds the loop can take; told where nothing bounds them or they exceed `loopMax`. */
function roundsOf(
  at: ForStatement,
  from: NumberNode,
  to: NumberNode,
  test: LoopNode["test"],
  step: number,
  into: Lowering,
): number {
  const start = into.facts.interval(from, "always");
  const end = into.facts.interval(to, "always");
  const span = step > 0 ? end.high - start.low : start.high - end.low;
  if (!Number.isFinite(span)) {
    into.error(
      at.test ?? at,
      "loop-unbounded",
      "nothing bounds this loop; compare with a number, or with Math.min(n, 100), or give the input n a range",
    );
    return 1;
  }
  const inclusive = test === "<=" || test === ">=";
  const rounds = Math.max(
    0,
    inclusive ? Math.floor(span / Math.abs(step)) + 1 : Math.ceil(span / Math.abs(step)),
  );
  if (rounds > into.spec.loopMax)
    into.error(
      at.test ?? at,
      "loop-too-long",
      `this loop can take ${rounds} rounds, the kernel allows ${into.spec.loopMax}; raise loopMax or lower the bound`,
    );
  return rounds;
}

function strideOf(of: Expression): { name: string; step: number } | undefined {
  if (of.type === "UpdateExpression" && of.argument.type === "Identifier")
    return { name: of.argument.name, step: of.operator === "++" ? 1 : -1 };
  if (of.type !== "AssignmentExpression" || of.left.type !== "Identifier") return undefined;
  const { name } = of.left;
  const sign = of.operator === "+=" ? 1 : of.operator === "-=" ? -1 : 0;
  if (sign === 0 || of.right.type !== "Literal" || typeof of.right.value !== "number") return undefined;
  // A fraction as a step adds its rounding up and may take one round more on one backend.
  return Number.isInteger(of.right.value) ? { name, step: sign * of.right.value } : undefined;
}

function limitOf(of: Expression, name: string): { test: LoopNode["test"]; to: Expression } | undefined {
  if (of.type !== "BinaryExpression") return undefined;
  const { operator, left, right } = of;
  if (operator !== "<" && operator !== "<=" && operator !== ">" && operator !== ">=") return undefined;
  if (left.type === "Identifier" && left.name === name) return { test: operator, to: right };
  if (right.type !== "Identifier" || right.name !== name || left.type === "PrivateIdentifier")
    return undefined;
  const mirrored = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;
  return { test: mirrored[operator], to: left };
}
