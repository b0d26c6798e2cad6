import type {
  AssignmentExpression,
  BlockStatement,
  Expression,
  ForStatement,
  Node,
  Statement,
  UpdateExpression,
  VariableDeclaration,
} from "acorn";
import { between } from "./interval.ts";
import type { LoopNode, NumberNode, StatementNode, TruthNode } from "./kernel-ir.ts";
import { checkElementIndex, isDecision, lowerNumber, lowerTruth, refused } from "./lower-expression.ts";
import type { Local, Lowering } from "./lowering.ts";

/** The statements of one block. */
export interface Block {
  readonly statements: readonly StatementNode[];
  /** True where nothing after the block is reached. */
  readonly leaves: boolean;
}

/** Statements in their order; what stands after a return, break or continue is told and left out. */
export function lowerStatements(of: readonly Statement[], into: Lowering): Block {
  const statements: StatementNode[] = [];
  for (const [place, statement] of of.entries()) {
    const block = lowerStatement(statement, into);
    statements.push(...block.statements);
    if (!block.leaves) continue;
    const after = of.slice(place + 1).find((next) => next.type !== "EmptyStatement");
    if (after !== undefined) into.warn(after, "unreachable", "nothing reaches this statement");
    return { statements, leaves: true };
  }
  return { statements, leaves: false };
}

const goesOn = (...statements: StatementNode[]): Block => ({ statements, leaves: false });

function lowerStatement(of: Statement, into: Lowering): Block {
  switch (of.type) {
    case "EmptyStatement":
      return goesOn();
    case "BlockStatement":
      return inBlock(of, into);
    case "VariableDeclaration":
      return goesOn(...declarations(of, into));
    case "ExpressionStatement":
      return goesOn(...expressionStatement(of.expression, into));
    case "IfStatement":
      return ifStatement(of.test, of.consequent, of.alternate ?? undefined, into);
    case "ForStatement":
      return goesOn(...forStatement(of, into));
    case "WhileStatement":
    case "DoWhileStatement":
      into.error(
        of,
        "loop-unbounded",
        "a while loop has no bound that shows; write for (let i = 0; i < 100; i++) { if (done) break; ... }",
      );
      return goesOn();
    case "BreakStatement":
    case "ContinueStatement": {
      const is = of.type === "BreakStatement" ? "break" : "continue";
      if (of.label) refused(of, "labels", into);
      if (into.loops === 0) into.error(of, "syntax-refused", `${is} stands in no loop`);
      return { statements: [{ is }], leaves: true };
    }
    case "ReturnStatement":
      return { statements: returned(of, of.argument ?? undefined, into), leaves: true };
    case "FunctionDeclaration":
      into.error(
        of,
        "one-function",
        "a kernel is exactly one function; write the expression where it is used",
      );
      return goesOn();
    default:
      refused(of, STATEMENT_WORDS[of.type] ?? of.type, into);
      return goesOn();
  }
}

function inBlock(of: BlockStatement | Statement, into: Lowering): Block {
  let block: Block = goesOn();
  into.block(() => {
    block = into.deeper(of, block, () =>
      lowerStatements(of.type === "BlockStatement" ? of.body : [of], into),
    );
  });
  return block;
}

function declarations(of: VariableDeclaration, into: Lowering): StatementNode[] {
  if (of.kind !== "let" && of.kind !== "const")
    into.error(of, "syntax-refused", `write let or const instead of ${of.kind}`);
  return of.declarations.flatMap(({ id, init }) => {
    if (id.type !== "Identifier") {
      into.error(id, "syntax-refused", "declare one name at a time, as in const x = this.thread.x");
      return [];
    }
    if (!init) {
      into.error(id, "no-first-value", `give ${id.name} a first value; without one backends differ`);
      into.declare(id, { name: id.name, holds: "number", length: 0, fixed: undefined, alias: undefined });
      return [];
    }
    return declaration(id, id.name, init, of.kind === "const", into);
  });
}

function declaration(
  at: Node,
  name: string,
  init: Expression,
  constant: boolean,
  into: Lowering,
): StatementNode[] {
  const fixed = constant ? "constant" : undefined;
  const setOnce = constant || !into.reassigned.has(name);
  if (init.type === "ArrayExpression") {
    const { elements } = init;
    if (elements.length < 2 || elements.length > 4)
      into.error(
        init,
        "array-length",
        `a local array has 2, 3 or 4 elements on a GPU, this one ${elements.length}; use a field`,
      );
    const values = elements.map((element): NumberNode => {
      if (element !== null) return lowerNumber(element, into);
      into.error(init, "array-length", "every element needs a value");
      return { is: "literal", value: 0 };
    });
    const array = into.declare(at, { name, holds: "array", length: values.length, fixed, alias: undefined });
    return [{ is: "declareArray", local: array.local, values }];
  }
  if (isDecision(init, into)) {
    const value = asNumber(lowerTruth(init, into));
    const { local } = into.declare(at, { name, holds: "truth", length: 0, fixed, alias: undefined });
    return [{ is: "declare", local, value }];
  }
  const value = lowerNumber(init, into);
  const alias = setOnce && (value.is === "thread" || value.is === "literal") ? value : undefined;
  const { local } = into.declare(at, { name, holds: "number", length: 0, fixed, alias });
  if (alias !== undefined) return [];
  if (setOnce) into.facts.settle(local, value);
  return [{ is: "declare", local, value }];
}

const asNumber = (test: TruthNode): NumberNode => ({
  is: "choice",
  test,
  yes: { is: "literal", value: 1 },
  no: { is: "literal", value: 0 },
});

function expressionStatement(of: Expression, into: Lowering): StatementNode[] {
  if (of.type === "ParenthesizedExpression") return expressionStatement(of.expression, into);
  if (of.type === "AssignmentExpression") return assignment(of, into);
  if (of.type === "UpdateExpression") return update(of, into);
  const before = into.remarks.length;
  lowerNumber(of, into);
  if (into.remarks.length === before) into.warn(of, "no-effect", "this statement changes nothing");
  return [];
}

function assignment(of: AssignmentExpression, into: Lowering): StatementNode[] {
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

function update(of: UpdateExpression, into: Lowering): StatementNode[] {
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

function ifStatement(
  test: Expression,
  consequent: Statement,
  alternate: Statement | undefined,
  into: Lowering,
): Block {
  const decided = lowerTruth(test, into);
  let yes: Block = goesOn();
  let no: Block = goesOn();
  into.facts.within(decided, true, () => {
    yes = inBlock(consequent, into);
  });
  if (alternate !== undefined)
    into.facts.within(decided, false, () => {
      no = inBlock(alternate, into);
    });
  // After `if (x === 0) return ...` x is not 0.
  if (yes.leaves && !no.leaves) into.facts.learn(decided, false);
  if (no.leaves && !yes.leaves) into.facts.learn(decided, true);
  return {
    statements: [{ is: "if", test: decided, yes: yes.statements, no: no.statements }],
    leaves: yes.leaves && no.leaves,
  };
}

function returned(at: Node, argument: Expression | undefined, into: Lowering): StatementNode[] {
  if (argument === undefined) {
    into.error(at, "no-return", "return the value of the cell, as in return c");
    return [];
  }
  if (argument.type === "ArrayExpression") {
    into.error(argument, "array-place", "a cell has one value; make one kernel for each field");
    return [];
  }
  return [{ is: "return", value: lowerNumber(argument, into) }];
}

const LOOP_FORM =
  "write a loop as for (let i = 0; i < n; i++), with +=, -= and a whole number as other steps";

function forStatement(of: ForStatement, into: Lowering): StatementNode[] {
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
    const { statements } = inBlock(of.body, into);
    into.loops -= 1;
    loop = { is: "loop", local, from, test: limit.test, to, step: stride.step, rounds, body: statements };
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

const STATEMENT_WORDS: Readonly<Record<string, string>> = {
  SwitchStatement: "switch (write if and else)",
  ForInStatement: "for in",
  ForOfStatement: "for of",
  ThrowStatement: "throw",
  TryStatement: "try",
  ClassDeclaration: "class",
  WithStatement: "with",
  LabeledStatement: "labels",
  DebuggerStatement: "debugger",
};
