import { isSecretName, looksSecret, namesSecret, withoutUrlLogins } from "../../core/secret.ts";
import { isRecord } from "../flow-nodes.ts";
import { oneLine } from "./one-line.ts";

const LONGEST_VALUE = 48;

/** Names configuration nodes by their ids, so that a field says which link it means. */
export type NameOfReference = (id: string) => string | undefined;

/**
 * Whether a value must not be shown: for its field's name, for what stands beside it in its row (`{"keyValue":
 * "Authorization", "valueValue": ...}`, an environment entry of type credential), or for how it looks.
 */
export function isHidden(name: string, value: unknown, row: Readonly<Record<string, unknown>> = {}): boolean {
  if (isSecretName(name) || name === "credentials") return true;
  if (row.type === "cred" && name === "value") return true;
  const namesOne = Object.entries(row).some(
    ([key, other]) => key !== name && typeof other === "string" && namesSecret(other),
  );
  if (namesOne && !(typeof value === "string" && namesSecret(value))) return true;
  return typeof value === "string" && looksSecret(value);
}

/** A value in a few words. */
export function valueWords(
  value: unknown,
  unit = "",
  nameOf: NameOfReference = () => undefined,
  longest = LONGEST_VALUE,
): string {
  if (value === undefined) return "not set";
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return `${value}${unit}`;
  if (typeof value === "string") return textWords(value, unit, nameOf, longest);
  if (Array.isArray(value)) return value.length === 1 ? "1 entry" : `${value.length} entries`;
  return isRecord(value) ? `${Object.keys(value).length} fields` : typeof value;
}

function textWords(text: string, unit: string, nameOf: NameOfReference, longest: number): string {
  if (text.trim() === "") return "empty";
  const name = nameOf(text);
  if (name !== undefined) return name;
  const isNumber = text.length < 20 && Number.isFinite(Number(text));
  return oneLine(withoutUrlLogins(text), longest) + (isNumber ? unit : "");
}

/** `190 °C -> 185 °C`; `changed` where the two look the same in words. */
export function changeWords(
  before: unknown,
  after: unknown,
  unit: string,
  nameBefore: NameOfReference,
  nameAfter: NameOfReference,
): string {
  if (isLong(before) || isLong(after)) return longTextWords(before, after);
  const was = valueWords(before, unit, nameBefore);
  const is = valueWords(after, unit, nameAfter);
  if (was !== is) return `${was} -> ${is}`;
  return typeof before === typeof after ? "changed" : `${was} as ${typeof before} -> as ${typeof after}`;
}

const isLong = (value: unknown): boolean =>
  typeof value === "string" && (value.length > LONGEST_VALUE || value.includes("\n"));

function longTextWords(before: unknown, after: unknown): string {
  const size = (value: unknown) => {
    if (typeof value !== "string") return valueWords(value);
    const lines = value.split("\n").length;
    return lines > 1 ? `${lines} lines` : `${value.length} characters`;
  };
  const was = size(before);
  const is = size(after);
  return was === is ? `changed (${was})` : `changed (${was} -> ${is})`;
}

/** Whether two values of a flow are equal, whatever the order of their fields. By a list, so that depth is no limit. */
export function isSameValue(before: unknown, after: unknown): boolean {
  const pairs: [unknown, unknown][] = [[before, after]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = pair;
    if (Object.is(a, b)) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) pairs.push([a[i], b[i]]);
    } else if (isRecord(a) && isRecord(b)) {
      const keys = Object.keys(a);
      if (keys.length !== Object.keys(b).length) return false;
      for (const key of keys) {
        if (!Object.hasOwn(b, key)) return false;
        pairs.push([a[key], b[key]]);
      }
    } else return false;
  }
  return true;
}
