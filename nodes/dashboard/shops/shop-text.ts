import type { ShopLack, ShopOee } from "./shops-view.ts";
import type { SHOPS_WORDS } from "./shops-words.ts";

type Words = (typeof SHOPS_WORDS)["en" | "de"];

/** "Rung 3 not held:", and what fails. */
export function lackText(lack: ShopLack, words: Words): { readonly what: string; readonly why: string } {
  if ("enoughFor" in lack) return { what: words.enough, why: words.enoughFor(lack.enoughFor) };
  const what = words.notHeld(lack.rung);
  if ("fact" in lack) return { what, why: lack.fact };
  return { what, why: lack.parts.map(({ name, held }) => words.parts(name, held)).join(", ") };
}

/** What the OEE does not count, and why; empty where it counts all. */
export function noteText({ isUntold, isCounted, leftOut }: ShopOee, words: Words): string {
  if (isUntold) return words.noOeeYet;
  const [first, ...more] = leftOut;
  if (first === undefined) return isCounted ? "" : words.noOee;
  const rest = more.length === 0 ? "" : words.more(more.length);
  return `${isCounted ? words.leavesOut : words.noOeeSince} ${first}${rest}.`;
}
