import { looksSecret, withoutUrlLogins } from "../../core/secret.ts";
import { type FlowNode, isRecord, readFlow } from "../flow-nodes.ts";
import { checkSum } from "./check-sum.ts";
import { isParameter } from "./field-changes.ts";
import { fieldWords } from "./field-words.ts";
import { NodeNames } from "./node-names.ts";
import { oneLine } from "./one-line.ts";
import { isPlace } from "./statements.ts";
import { nameOfRow } from "./table-words.ts";
import { isHidden, type NameOfReference, valueWords } from "./value-words.ts";
import { type Wire, wiresOf } from "./wires.ts";

const LONGEST_LINE = 400;
const DEEPEST = 6;
const HIDDEN = "(hidden: looks like a secret)";

/**
 * A flow as readable lines, one fact a line and always in the same order, so that comparing two such texts line by line
 * shows what changed. Positions and secrets are left out.
 * @param flow the nodes of one file or of all
 */
export function flowText(flow: unknown): string {
  const { nodes, problems } = readFlow(flow);
  const names = new NodeNames(nodes, nodes);
  const outgoing = new Map<string, Wire[]>();
  for (const wire of wiresOf(nodes).values()) {
    const list = outgoing.get(wire.from);
    if (list === undefined) outgoing.set(wire.from, [wire]);
    else list.push(wire);
  }
  const reference: NameOfReference = (id) => {
    const node = nodes.get(id);
    return node?.isConfig ? names.reference(node) : undefined;
  };
  const sorted = [...nodes.values()]
    .map((node) => ({ node, place: names.place(names.placeOf(node)), words: names.describe(node) }))
    .sort(
      (a, b) =>
        compare(a.place, b.place) ||
        Number(isPlace(b.node)) - Number(isPlace(a.node)) ||
        compare(a.words, b.words) ||
        compare(a.node.id, b.node.id),
    );
  const lines: string[] = [];
  for (const { node, place, words } of sorted) {
    if (lines.length > 0) lines.push("");
    lines.push(isPlace(node) ? words : `${words} (${place})`);
    if (node.disabled) lines.push("  disabled");
    const group = typeof node.raw.g === "string" ? node.raw.g : "";
    if (group !== "") lines.push(`  in ${names.of(group)}`);
    for (const field of Object.keys(node.raw)
      .filter((name) => isParameter(node, name))
      .sort()) {
      const { label, unit } = fieldWords(node.type, field);
      if (isHidden(field, node.raw[field])) lines.push(`  ${label}: ${HIDDEN}`);
      else write(lines, `  ${label}`, node.raw[field], unit, reference, 0);
    }
    const wires = (outgoing.get(node.id) ?? []).map((wire) => wireText(wire, node, names)).sort(compare);
    for (const wire of wires) lines.push(`  ${wire}`);
  }
  for (const { path, message } of problems)
    lines.push("", `not readable ${path}: ${oneLine(message, LONGEST_LINE)}`);
  return `${lines.join("\n")}\n`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function wireText({ port, to, at, isLink }: Wire, from: FlowNode, names: NodeNames): string {
  const output = isLink || from.wires.length < 2 ? "" : `output ${port + 1} `;
  if (at === "status") return `${output}-> the status`;
  return at === undefined ? `${output}-> ${names.of(to)}` : `${output}-> output ${at + 1}`;
}

/** Appends a value under its label, each part on a line of its own. */
function write(
  lines: string[],
  label: string,
  value: unknown,
  unit: string,
  nameOf: NameOfReference,
  depth: number,
): void {
  const indent = /^ */.exec(label)![0];
  if (typeof value === "string" && value.includes("\n")) {
    lines.push(`${label}:`);
    for (const line of value.split("\n")) {
      const inner = /^[ \t]{0,40}/.exec(line)![0].replaceAll("\t", "  ");
      lines.push(`${indent}  | ${looksSecret(line) ? HIDDEN : inner + whole(line)}`);
    }
  } else if ((Array.isArray(value) || isRecord(value)) && Object.keys(value).length > 0) {
    lines.push(`${label}:`);
    if (depth >= DEEPEST) lines.push(`${indent}  ${valueWords(value)}, check sum ${checkSum(value)}`);
    else writeParts(lines, indent, value, nameOf, depth);
  } else {
    const isLong = typeof value === "string" && value.length > LONGEST_LINE;
    lines.push(`${label}: ${isLong ? whole(value) : valueWords(value, unit, nameOf, LONGEST_LINE)}`);
  }
}

/** A text on one line; where it is cut, a check sum shows a change of the rest. */
function whole(text: string): string {
  const shown = oneLine(withoutUrlLogins(text), LONGEST_LINE);
  return text.length > LONGEST_LINE
    ? `${shown} (${text.length} characters, check sum ${checkSum(text)})`
    : shown;
}

function writeParts(
  lines: string[],
  indent: string,
  value: readonly unknown[] | Readonly<Record<string, unknown>>,
  nameOf: NameOfReference,
  depth: number,
): void {
  if (Array.isArray(value)) {
    for (const part of value) {
      const name = isRecord(part) ? nameOfRow(part) : "";
      const here = `${indent}  -${name === "" ? "" : ` ${name}`}`;
      if (isHidden("", part)) lines.push(`${here} ${HIDDEN}`);
      else write(lines, here, part, "", nameOf, depth + 1);
    }
    return;
  }
  const record = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record).sort()) {
    const { label, unit } = fieldWords("", key);
    if (isHidden(key, record[key], record)) lines.push(`${indent}  ${label}: ${HIDDEN}`);
    else write(lines, `${indent}  ${label}`, record[key], unit, nameOf, depth + 1);
  }
}
