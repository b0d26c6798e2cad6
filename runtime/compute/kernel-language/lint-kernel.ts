import type { FunctionDeclaration, Node, Program } from "acorn";
import { parse } from "acorn";
import { simple } from "acorn-walk";
import { messageOf, RungError } from "../../core/errors.ts";
import type { KernelBody } from "./kernel-ir.ts";
import type { KernelRemark } from "./kernel-remark.ts";
import { type KernelSpec, LONGEST_SOURCE } from "./kernel-spec.ts";
import { lowerStatements } from "./lower-statement.ts";
import { Lowering, remarkAt, TOO_DEEP } from "./lowering.ts";

/** Beyond these nobody reads on. */
const MOST_REMARKS = 200;
const MOST_TOLD = 20;

/**
 * What there is to say about a source, in the order of its lines, at most 200 and errors first. Runs in the editor as well.
 * @param source may differ from `spec.source`, which is what was saved
 */
export function lintKernel(source: string, spec: KernelSpec): KernelRemark[] {
  return checkedKernel(source, spec).remarks;
}

/**
 * The checked kernel.
 * @param where the node or file, for the error
 * @throws RungError `kernel-refused` with the first errors of the source, one a line
 */
export function compiledKernel(spec: KernelSpec, where: string): KernelBody {
  const { body, remarks } = checkedKernel(spec.source, spec);
  if (body !== undefined) return body;
  const errors = remarks.filter((remark) => remark.severity === "error");
  const told = errors
    .slice(0, MOST_TOLD)
    .map((error) => `${error.line}:${error.column + 1} ${error.message}`);
  if (errors.length > MOST_TOLD) told.push("and more");
  throw new RungError({
    code: "kernel-refused",
    where,
    what: told.join("\n  "),
    advice: "rung kernel lint tells more",
  });
}

function checkedKernel(source: string, spec: KernelSpec): { body?: KernelBody; remarks: KernelRemark[] } {
  const early = (code: string, message: string): { remarks: KernelRemark[] } => ({
    remarks: [{ line: 1, column: 0, endLine: 1, endColumn: 1, severity: "error", code, message }],
  });
  if (source.trim() === "")
    return early("source-empty", "write one function that returns the value of a cell");
  if (source.length > LONGEST_SOURCE)
    return early("source-too-long", `${source.length} characters, at most ${LONGEST_SOURCE} are read`);
  try {
    const program = parse(source, { ecmaVersion: "latest", sourceType: "module", locations: true });
    return checkedProgram(program, spec);
  } catch (fault) {
    if (fault instanceof RangeError) return early("too-deep", TOO_DEEP);
    const at = positionOf(fault);
    if (at === undefined) throw fault;
    const message = messageOf(fault).replace(/ \(\d+:\d+\)$/, "");
    if (message.startsWith("Not enough stack space")) return early("too-deep", TOO_DEEP);
    const remark = { ...at, endLine: at.line, endColumn: at.column + 1, severity: "error", message } as const;
    return { remarks: [{ ...remark, code: "syntax" }] };
  }
}

function positionOf(fault: unknown): { line: number; column: number } | undefined {
  if (!(fault instanceof SyntaxError) || !("loc" in fault)) return undefined;
  const { line, column } = fault.loc as { line: number; column: number };
  return { line, column };
}

function checkedProgram(program: Program, spec: KernelSpec): { body?: KernelBody; remarks: KernelRemark[] } {
  const remarks: KernelRemark[] = [];
  const tell = (at: Node, code: string, message: string): void => {
    remarks.push(remarkAt(at, "error", code, message));
  };
  let found: FunctionDeclaration | undefined;
  for (const statement of program.body) {
    const inner = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (inner?.type === "FunctionDeclaration" && found === undefined) found = inner as FunctionDeclaration;
    else if (inner?.type === "ExpressionStatement" && inner.expression.type === "ArrowFunctionExpression")
      tell(
        inner,
        "arrow-function",
        "an arrow function has no this.thread; write function name(inputs) { ... }",
      );
    else if (
      inner?.type === "VariableDeclaration" &&
      inner.declarations.some(({ init }) => init?.type === "ArrowFunctionExpression")
    )
      tell(
        inner,
        "arrow-function",
        "an arrow function has no this.thread; write function name(inputs) { ... }",
      );
    else if (statement.type !== "EmptyStatement")
      tell(statement, "one-function", "a kernel is exactly one function; nothing may stand beside it");
  }
  if (found === undefined) {
    if (remarks.length === 0)
      tell(program, "one-function", "write one function that returns the value of a cell");
    return { remarks };
  }
  checkHead(found, spec, tell);
  const reassigned = new Set<string>();
  const note = (target: Node): void => {
    if (target.type === "Identifier") reassigned.add((target as unknown as { name: string }).name);
  };
  simple(found.body, {
    AssignmentExpression: (node) => note(node.left),
    UpdateExpression: (node) => note(node.argument),
  });
  const into = new Lowering(spec, found.id.name, reassigned);
  const { statements, leaves } = lowerStatements(found.body.body, into);
  if (!leaves)
    into.remarks.push(
      remarkAt(
        found.id,
        "error",
        "no-return",
        "the function can end without a return; the cell would keep any value",
      ),
    );
  spec.inputs.forEach((port, index) => {
    const parameter = found.params[index];
    if (!into.used.has(index) && parameter !== undefined)
      into.warn(parameter, "input-unused", `${port.name} is never read`);
  });
  remarks.push(...into.remarks);
  const errors = remarks.filter((remark) => remark.severity === "error");
  const warnings = remarks.filter((remark) => remark.severity === "warning");
  const first = [...errors, ...warnings].slice(0, MOST_REMARKS);
  first.sort((a, b) => a.line - b.line || a.column - b.column);
  return {
    ...(errors.length === 0 ? { body: { statements, locals: into.locals } } : {}),
    remarks: first,
  };
}

function checkHead(
  of: FunctionDeclaration,
  spec: KernelSpec,
  tell: (at: Node, code: string, message: string) => void,
): void {
  if (of.async || of.generator) tell(of, "syntax-refused", "a kernel is a plain function: no async, no *");
  const wanted = spec.inputs.map((port) => port.name).join(", ");
  const got = of.params.map((param) => (param.type === "Identifier" ? param.name : undefined));
  const odd = of.params.find((param) => param.type !== "Identifier");
  if (odd !== undefined) tell(odd, "parameters-differ", "a parameter is one name, without a default");
  else if (got.join(", ") !== wanted)
    tell(
      of.params[0] ?? of.id,
      "parameters-differ",
      `the inputs are (${wanted}), the function takes (${got.join(", ")})`,
    );
}
