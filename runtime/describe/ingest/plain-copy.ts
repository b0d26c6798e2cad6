/** Why a structure cannot be kept. */
export type CopyFault = "too-large" | "unreadable";

/** Entries and characters that a structure may have in all, and how deep it may be. */
export const MOST_ENTRIES = 20_000;
export const MOST_CHARACTERS = 1_000_000;
const DEEPEST = 32;

interface Budget {
  entries: number;
  characters: number;
}

/**
 * A copy of a structure as plain data, so that nothing that happens to the message later changes what was measured.
 * Times become ISO 8601, large integers text, bytes and typed arrays lists of numbers; functions and undefined are
 * left out, as JSON does.
 * @returns the copy, or why there is none: it is larger than a measured value can be, or cannot be read (a circle,
 * a property that throws)
 */
export function plainCopy(value: unknown): { readonly copy: unknown } | { readonly fault: CopyFault } {
  const budget: Budget = { entries: MOST_ENTRIES, characters: MOST_CHARACTERS };
  try {
    return { copy: copyOf(value, budget, 0) };
  } catch (thrown) {
    return { fault: thrown instanceof OverBudget ? "too-large" : "unreadable" };
  }
}

class OverBudget extends Error {}

function copyOf(value: unknown, budget: Budget, depth: number): unknown {
  if (--budget.entries < 0 || depth > DEEPEST) throw new OverBudget();
  if (typeof value === "string") return kept(value, budget);
  if (typeof value === "bigint") return kept(value.toString(), budget);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value !== "object") return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength > budget.entries * 8) throw new OverBudget();
    return copyOf(Array.from(value as unknown as ArrayLike<unknown>), budget, depth);
  }
  if (Array.isArray(value)) {
    if (value.length > budget.entries) throw new OverBudget();
    return value.map((entry) => copyOf(entry, budget, depth + 1) ?? null);
  }
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const taken = copyOf(entry, budget, depth + 1);
    // A key __proto__ must become data, not a prototype.
    if (taken !== undefined)
      Object.defineProperty(copy, kept(key, budget), {
        value: taken,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return copy;
}

function kept(text: string, budget: Budget): string {
  budget.characters -= text.length;
  if (budget.characters < 0) throw new OverBudget();
  return text;
}
