import type { BlockStatement, Expression, Node, Statement, VariableDeclaration } from "acorn";
import type { NumberNode, StatementNode } from "./kernel-ir.ts";
import { asNumber, assignment, update } from "./lower-assignment.ts";
import { isDecision, lowerNumber, lowerTruth } from "./lower-expression.ts";
import { lowerLoop } from "./lower-loop.ts";
import type { Lowering } from "./lowering.ts";
import { refused } from "./names.ts";

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
      return goesOn(...lowerLoop(of, into, () => inBlock(of.body, into).statements));
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

/** A block is written as up to three within each other. */
const BLOCK_LEVELS = 8;

function inBlock(of: BlockStatement | Statement, into: Lowering): Block {
  let block: Block = goesOn();
  into.block(() => {
    block = into.deeper(of, block, BLOCK_LEVELS, () =>
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

function expressionStatement(of: Expression, into: Lowering): StatementNode[] {
  if (of.type === "ParenthesizedExpression") return expressionStatement(of.expression, into);
  if (of.type === "AssignmentExpression") return assignment(of, into);
  if (of.type === "UpdateExpression") return update(of, into);
  const before = into.remarks.length;
  lowerNumber(of, into);
  if (into.remarks.length === before) into.warn(of, "no-effect", "this statement changes nothing");
  return [];
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
