import { RungError } from "../../core/errors.ts";
import { isMatrix } from "./matrix.ts";

/** Steps into a value: the name of a field, or the indices of an element. */
export type FieldPath = readonly (string | readonly number[])[];

const STEP = /\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]|(?:^|\.)([^.[\]]+)/y;

/**
 * Reads a path into a structure or an array: `pose.x`, `[3]`, `zones[2].temperature`, `[1,2]` for a matrix.
 *
 * It stands in a column of its own and not in the node id, where a dot, a bracket or any other sign may belong to the
 * plant's own name (`ns=2;s=Channel1.Temps[3]` is a node of its own on many servers).
 * @throws RungError `malformed-binding`
 */
export function parseFieldPath(text: string, where: string): FieldPath {
  const steps: (string | number[])[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    if (match === null) {
      throw new RungError({
        code: "malformed-binding",
        where,
        what: `"${text}" is no path into a value, it breaks off at "${text.slice(at)}"`,
        advice: "write the field as pose.x, an element as [3], or both as zones[2].temperature",
      });
    }
    if (match[1] === undefined) steps.push(match[2]!.trim());
    else steps.push(match[1].split(",").map(Number));
  }
  return steps;
}

/** What a path leads to; undefined where the value has no such field or element. */
export function pickField(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (at === null || at === undefined || typeof at !== "object") return undefined;
    if (typeof step === "string")
      at = Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
    else at = elementAt(at, step);
  }
  return typeof at === "bigint" && Number.isSafeInteger(Number(at)) ? Number(at) : at;
}

function elementAt(list: object, indices: readonly number[]): unknown {
  if (!isMatrix(list)) {
    const isList = Array.isArray(list) || (ArrayBuffer.isView(list) && !(list instanceof DataView));
    return isList && indices.length === 1 ? (list as unknown[])[indices[0]!] : undefined;
  }
  const { dimensions, values } = list;
  if (indices.length !== dimensions.length) return undefined;
  let flat = 0;
  for (const [i, index] of indices.entries()) {
    if (index >= dimensions[i]!) return undefined;
    flat = flat * dimensions[i]! + index;
  }
  return (values as ArrayLike<unknown>)[flat];
}
