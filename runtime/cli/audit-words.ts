import type { AuditRecord } from "../act/audit/audit-chain.ts";

/**
 * Characters that a terminal obeys or that turn the reading direction. What a proposal says of itself came from anywhere.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const visible = (text: string): string =>
  text.replace(UNSEEN, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`);

/** One line of the audit for people: the facts, the reason last. */
export function recordInWords({ seq, at, event, data }: AuditRecord): string {
  const { reason, carried, ...facts } = data;
  const words = Object.entries(facts)
    .filter(([, value]) => value !== "" && value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  if (Array.isArray(carried)) words.push(`carries on ${carried.length} records`);
  if (typeof reason === "string") words.push(reason);
  return visible(`${seq}  ${at}  ${event.padEnd(18)} ${words.join(", ")}`);
}
