import type { CellIndex, KernelBody, LoopNode, NumberNode, StatementNode, TruthNode } from "./kernel-ir.ts";
import type { KernelSpec } from "./kernel-spec.ts";
import { OPERATOR_FUNCTIONS } from "./math-functions.ts";

/** What a cell is worth by plain JavaScript: double precision and the functions of Math, apart from gpu.js. */
export type CellReference = (
  inputs: readonly (Float32Array | number)[],
  x: number,
  y: number,
  z: number,
) => number;

/** The text of a `CellReference` as the body of a function of `inputs, x, y, z`. */
export function referenceSource(body: KernelBody, spec: KernelSpec): string {
  const inputs = spec.inputs.map((_, port) => `const p${port} = inputs[${port}];\n`).join("");
  return `"use strict";\n${HELD}${inputs}${block(body.statements, spec)}`;
}

const HELD = "const held = (at, cells) => Math.max(0, Math.min(cells - 1, Math.floor(at)));\n";

/** @param source what `referenceSource` made: checked text, in which nothing but cells and Math can be reached */
export function cellReference(source: string): CellReference {
  return new Function("inputs", "x", "y", "z", source) as CellReference;
}

function block(of: readonly StatementNode[], spec: KernelSpec): string {
  return of.map((statement) => statementText(statement, spec)).join("");
}

function statementText(of: StatementNode, spec: KernelSpec): string {
  const number = (node: NumberNode): string => numberText(node, spec);
  switch (of.is) {
    case "declare":
      return `let l${of.local} = ${number(of.value)};\n`;
    case "declareArray":
      return `const l${of.local} = [${of.values.map(number).join(", ")}];\n`;
    case "assign":
      return `l${of.local} = ${number(of.value)};\n`;
    case "assignElement":
      return `l${of.local}[${number(of.index)}] = ${number(of.value)};\n`;
    case "if":
      return `if (${truthText(of.test, spec)}) {\n${block(of.yes, spec)}} else {\n${block(of.no, spec)}}\n`;
    case "loop":
      return loopText(of, spec);
    case "break":
    case "continue":
      return `${of.is};\n`;
    case "return":
      return `return ${number(of.value)};\n`;
  }
}

const loopText = (of: LoopNode, spec: KernelSpec): string =>
  `for (let l${of.local} = ${numberText(of.from, spec)}; l${of.local} ${of.test} ${numberText(of.to, spec)}; l${of.local} += ${of.step}) {\n${block(of.body, spec)}}\n`;

function numberText(of: NumberNode, spec: KernelSpec): string {
  const number = (node: NumberNode): string => numberText(node, spec);
  switch (of.is) {
    case "literal":
      return `(${of.value})`;
    case "thread":
      return "xyz"[of.axis]!;
    case "port":
      return `p${of.port}`;
    case "local":
      return `l${of.local}`;
    case "element":
      return `l${of.local}[${number(of.index)}]`;
    case "cell": {
      const [x, y, z] = of.index.map((index) => indexText(index, spec));
      const [nx, ny] = spec.inputs[of.port]!.shape;
      if (z !== undefined) return `p${of.port}[(${z} * ${ny} + ${y}) * ${nx} + ${x}]`;
      return y === undefined ? `p${of.port}[${x}]` : `p${of.port}[${y} * ${nx} + ${x}]`;
    }
    case "negative":
      return `(-${number(of.of)})`;
    case "arithmetic":
      return `(${number(of.left)} ${of.operator} ${number(of.right)})`;
    case "choice":
      return `(${truthText(of.test, spec)} ? ${number(of.yes)} : ${number(of.no)})`;
    case "call": {
      const args = of.args.map(number);
      if (!OPERATOR_FUNCTIONS.has(of.name)) return `Math.${of.name}(${args.join(", ")})`;
      return of.name === "remainder" ? `(${args[0]} % ${args[1]})` : `Math.floor(${args[0]} / ${args[1]})`;
    }
  }
}

const indexText = (of: CellIndex, spec: KernelSpec): string =>
  of.clamp || of.floor ? `held(${numberText(of.at, spec)}, ${of.cells})` : numberText(of.at, spec);

function truthText(of: TruthNode, spec: KernelSpec): string {
  switch (of.is) {
    case "truth":
      return String(of.value);
    case "compare":
      return `(${numberText(of.left, spec)} ${of.operator} ${numberText(of.right, spec)})`;
    case "both":
      return `(${truthText(of.left, spec)} && ${truthText(of.right, spec)})`;
    case "either":
      return `(${truthText(of.left, spec)} || ${truthText(of.right, spec)})`;
    case "not":
      return `(!${truthText(of.of, spec)})`;
    case "decided":
      return `(l${of.local} > 0.5)`;
  }
}
