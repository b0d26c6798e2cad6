import { isRecord } from "../flow-nodes.ts";
import { isHidden } from "./value-words.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Eight digits that differ where two values do, for what is too long or too deep to be printed (FNV-1a, 32 bits). What
 * must not be shown does not enter it. By a list, so that depth is no limit.
 */
export function checkSum(value: unknown): string {
  let sum = FNV_OFFSET;
  const take = (text: string) => {
    for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), FNV_PRIME);
    sum = Math.imul(sum ^ 0xffff, FNV_PRIME);
  };
  const left: unknown[] = [value];
  while (left.length > 0) {
    const part = left.pop();
    if (Array.isArray(part)) {
      take(`[${part.length}`);
      for (const entry of part) left.push(isHidden("", entry) ? null : entry);
    } else if (isRecord(part)) {
      const keys = Object.keys(part).sort();
      take(`{${JSON.stringify(keys)}`);
      for (const key of keys) left.push(isHidden(key, part[key], part) ? null : part[key]);
    } else take(`${typeof part} ${part}`);
  }
  return (sum >>> 0).toString(16).padStart(8, "0");
}
