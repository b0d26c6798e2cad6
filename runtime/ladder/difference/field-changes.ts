import { type FlowNode, isRecord } from "../flow-nodes.ts";
import { fieldWords } from "./field-words.ts";
import { listed, oneLine } from "./one-line.ts";
import { isTable, tableWords } from "./table-words.ts";
import { changeWords, isHidden, isSameValue, type NameOfReference } from "./value-words.ts";

export interface FieldChange {
  readonly field: string;
  /** `Horizon 300 s -> 600 s`. */
  readonly words: string;
}

/** Told otherwise (name, wires, group, disabled), or only where a thing stands on its canvas or screen. */
const NOT_PARAMETERS = new Set(["id", "type", "z", "g", "d", "name", "wires", "x", "y", "w", "h", "order"]);
/** The same, of some types only. */
const NOT_PARAMETERS_OF: Readonly<Record<string, readonly string[]>> = {
  tab: ["label", "disabled"],
  subflow: ["in", "out", "status"],
  group: ["nodes"],
  "link in": ["links"],
  "link out": ["links"],
  "link call": ["links"],
};
/** Fields of an object shown one by one; what lies deeper is only said to have changed. */
const DEEPEST = 3;
const SHOWN = 3;

/** What the ids in fields mean, in the version before and in the one after. */
export interface ReferenceNames {
  readonly before: NameOfReference;
  readonly after: NameOfReference;
}

/** Whether a field is what a person sets in the node's form. */
export function isParameter({ type }: FlowNode, field: string): boolean {
  if (NOT_PARAMETERS.has(field)) return false;
  return !(Object.hasOwn(NOT_PARAMETERS_OF, type) && NOT_PARAMETERS_OF[type]!.includes(field));
}

/** The parameters that differ between two versions of a node of one type, in the order of their words. */
export function fieldChanges(before: FlowNode, after: FlowNode, names: ReferenceNames): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of new Set([...Object.keys(before.raw), ...Object.keys(after.raw)])) {
    if (!isParameter(after, field)) continue;
    const was = before.raw[field];
    const is = after.raw[field];
    if (isSameValue(was, is)) continue;
    changes.push({ field, words: parameterWords(after.type, field, was, is, names) });
  }
  return changes;
}

function parameterWords(
  type: string,
  field: string,
  was: unknown,
  is: unknown,
  names: ReferenceNames,
): string {
  const { label, unit } = fieldWords(type, field);
  if (isHidden(field, was) || isHidden(field, is)) return `${label} changed`;
  if (isTable(was) || isTable(is)) {
    const before = tableOf(was);
    const after = tableOf(is);
    if (before !== undefined && after !== undefined)
      return `${label}: ${tableWords(type, field, before, after, names)}`;
  }
  if (Array.isArray(was) && Array.isArray(is)) return `${label} ${listWords(was, is, names)}`;
  if (isRecord(was) && isRecord(is)) return `${label}: ${recordWords(was, is, unit, names)}`;
  return `${label} ${changeWords(was, is, unit, names.before, names.after)}`;
}

/** A table, also where it has no row yet. */
function tableOf(value: unknown) {
  if (isTable(value)) return value;
  const isNone = value === undefined || value === null || value === "";
  return isNone || (Array.isArray(value) && value.length === 0) ? [] : undefined;
}

function listWords(was: readonly unknown[], is: readonly unknown[], names: ReferenceNames): string {
  const texts = (list: readonly unknown[]) =>
    list.every((entry) => ["string", "number", "boolean"].includes(typeof entry)) ? list.map(String) : null;
  const before = texts(was);
  const after = texts(is);
  if (before === null || after === null || [...before, ...after].some((text) => isHidden("", text)))
    return "changed";
  const old = new Set(before);
  const now = new Set(after);
  const show = (list: readonly string[], nameOf: NameOfReference) =>
    listed(list.map((text) => nameOf(text) ?? oneLine(text)));
  const added = [...now].filter((text) => !old.has(text));
  const removed = [...old].filter((text) => !now.has(text));
  const parts: string[] = [];
  if (added.length > 0) parts.push(`with ${show(added, names.after)}`);
  if (removed.length > 0) parts.push(`without ${show(removed, names.before)}`);
  return parts.length === 0 ? "in another order" : parts.join(", ");
}

/** `primary #20364c -> #000000, surface ...`. */
function recordWords(
  was: Readonly<Record<string, unknown>>,
  is: Readonly<Record<string, unknown>>,
  unit: string,
  names: ReferenceNames,
): string {
  const words: string[] = [];
  const visit = (before: Readonly<Record<string, unknown>>, after: typeof before, path: string) => {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    for (const key of keys) {
      const [a, b] = [before[key], after[key]];
      if (isSameValue(a, b)) continue;
      const here = path === "" ? oneLine(key, 24) : `${path}.${oneLine(key, 24)}`;
      if (isHidden(key, a, before) || isHidden(key, b, after)) words.push(`${here} changed`);
      else if (isRecord(a) && isRecord(b) && here.split(".").length < DEEPEST) visit(a, b, here);
      else words.push(`${here} ${changeWords(a, b, unit, names.before, names.after)}`);
    }
  };
  visit(was, is, "");
  return listed(words, SHOWN);
}
