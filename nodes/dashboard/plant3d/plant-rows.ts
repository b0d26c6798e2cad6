import type { LayoutPart, PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";
import { ageText, numberText } from "../look/numbers.ts";
import { type Place, partsAt } from "./place.ts";
import type { PLANT_WORDS } from "./plant-words.ts";
import type { PartNow } from "./plant3d-view.ts";

type Words = (typeof PLANT_WORDS)["en" | "de"];
type Mark = 1 | 2 | 3 | "stale";

/** One part as the list has it. */
export interface PartRow {
  readonly part: number;
  readonly name: string;
  /** How it is, in words and numbers. */
  readonly says: string;
  readonly mark?: Mark;
  /** What the mark stands for. */
  readonly why?: string;
}

/** Rows that are shown: who looks for one of more writes its name. */
export const MOST_ROWS = 60;

/** The worst first; what is stale after every alarm. */
const ORDER: Readonly<Record<Mark | 0, number>> = { 1: 1, 2: 2, 3: 3, stale: 4, 0: 5 };

/**
 * What the list shows at a place: of the plant its shops, and each part that is abnormal; of a shop all that stands in
 * it. The abnormal come first, the rest in the layout's order.
 * @param search part of a name; empty: all
 */
export function rowsAt(
  layout: PlantLayout,
  parts: readonly PartNow[],
  place: Place,
  search: string,
  words: Words,
): { readonly rows: readonly PartRow[]; readonly more: number } {
  const isPlant = place.shop === undefined;
  const wanted = search.trim().toLowerCase();
  const isListed = (at: number): boolean => {
    const { id, name, kind, shop } = layout.parts[at]!;
    if (wanted !== "") return `${name} ${id}`.toLowerCase().includes(wanted);
    return !isPlant || kind === "shop" || shop === "" || parts[at]?.alarm !== undefined;
  };
  const order = (at: number) => ORDER[markOf(parts[at] ?? {}) ?? 0];
  const all = partsAt(layout, isPlant ? {} : { shop: place.shop! })
    .filter((at) => at !== place.shop && isListed(at))
    .sort((a, b) => order(a) - order(b));
  return {
    // Only what is shown is put into words: of a thousand parts that cost more than all else of an update.
    rows: all.slice(0, MOST_ROWS).map((at) => rowOf(layout, parts, at, words)),
    more: Math.max(0, all.length - MOST_ROWS),
  };
}

const markOf = ({ alarm, staleS }: PartNow): Mark | undefined =>
  alarm?.priority ?? (staleS === undefined ? undefined : "stale");

export function rowOf(layout: PlantLayout, parts: readonly PartNow[], at: number, words: Words): PartRow {
  const part = layout.parts[at]!;
  const now = parts[at] ?? {};
  const says = part.kind === "shop" ? shopText(layout, parts, at, words) : partText(part, now, words);
  const row = { part: at, name: part.name, says };
  if (now.alarm !== undefined) return { ...row, mark: now.alarm.priority, why: now.alarm.title };
  if (now.staleS !== undefined) return { ...row, mark: "stale", why: words.stale(ageText(now.staleS)) };
  return row;
}

/** Its state, the body in it, how full it is, where it is. */
export function partText(part: LayoutPart, now: PartNow, words: Words): string {
  if (now.untold !== undefined) return words.untold[now.untold];
  const { state, body, fill, carried, at } = now;
  return [
    state?.name ?? "",
    body === undefined ? "" : body === 0 ? words.noBody : words.body(body),
    fill === undefined || part.kind !== "conveyor" ? "" : words.fill(fill, part.places),
    carried === undefined ? "" : words.carried(carried),
    at === undefined ? "" : words.at(numberText(at[0], 1), numberText(at[1], 1)),
  ]
    .filter((text) => text !== "")
    .join(" · ");
}

/** Of what stands in a shop: how many run, how many bodies are in it, what is abnormal. */
function shopText(layout: PlantLayout, parts: readonly PartNow[], shop: number, words: Words): string {
  const inside = partsAt(layout, { shop }).filter((at) => at !== shop);
  const nows = inside.map((at) => parts[at] ?? {});
  const count = (is: (now: PartNow) => boolean) => nows.filter(is).length;
  const told = count(({ state, staleS }) => state !== undefined && staleS === undefined);
  const running = count(({ state, staleS }) => state?.meaning === "running" && staleS === undefined);
  const bodies = nows.reduce(
    (sum, { body, fill = 0, carried = 0 }) =>
      sum + (body === undefined || body === 0 ? 0 : 1) + fill + carried,
    0,
  );
  const hasBodies = nows.some(({ body, fill, carried }) => (body ?? fill ?? carried) !== undefined);
  const abnormal = count(({ alarm }) => alarm !== undefined);
  const stale = count(({ staleS }) => staleS !== undefined);
  return [
    told === 0 ? words.parts(inside.length) : words.running(running, told),
    hasBodies ? words.bodies(bodies) : "",
    abnormal === 0 ? "" : words.abnormal(abnormal),
    stale === 0 ? "" : words.staleParts(stale),
  ]
    .filter((text) => text !== "")
    .join(" · ");
}
