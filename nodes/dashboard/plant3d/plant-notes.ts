import type { PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";
import type { SceneLabel, SceneNotes } from "../cell/overlay.ts";
import { type Place, partsAt } from "./place.ts";
import { rowOf } from "./plant-rows.ts";
import type { PlantStage } from "./plant-stage.ts";
import type { PLANT_WORDS } from "./plant-words.ts";
import type { PartNow } from "./plant3d-view.ts";

type Words = (typeof PLANT_WORDS)["en" | "de"];

/** More marks than these hide what they point at; the list has all. */
const MOST_MARKED = 5;
const MOST_NAMED = 24;

/**
 * What is written over the picture of a place: what is abnormal in the list's own words, then names: of the plant its
 * shops, of a shop what stands in it.
 */
export function notesOf(
  stage: PlantStage,
  layout: PlantLayout,
  parts: readonly PartNow[],
  place: Place,
  words: Words,
): SceneNotes {
  const shown = partsAt(layout, place.shop === undefined ? {} : { shop: place.shop });
  const label = (part: number): SceneLabel => {
    const { name, mark, why } = rowOf(layout, parts, part, words);
    const marked = mark === undefined ? {} : { below: why ?? "", priority: mark };
    return { id: String(part), at: stage.topOf(part), bold: name, ...marked };
  };
  const chosen = place.part === undefined ? [] : [place.part];
  // Where a link is lost all that it told is stale: the hatch shows it, and the shop's name says how many.
  const worst = shown
    .filter((at) => parts[at]?.alarm !== undefined)
    .sort((a, b) => parts[a]!.alarm!.priority - parts[b]!.alarm!.priority)
    .slice(0, MOST_MARKED);
  const isNamed = (at: number) => {
    const { kind, shop } = layout.parts[at]!;
    return place.shop === undefined ? kind === "shop" || shop === "" : kind !== "shop" && kind !== "conveyor";
  };
  const named = shown.filter(isNamed).slice(0, MOST_NAMED);
  const all = [...new Set([...chosen, ...worst, ...named])];
  return { labels: all.map((at) => (chosen.includes(at) || worst.includes(at) ? label(at) : plain(at))) };

  function plain(at: number): SceneLabel {
    const { name, kind } = layout.parts[at]!;
    if (kind !== "shop") return { id: String(at), at: stage.topOf(at), bold: shortName(name) };
    const stale = partsAt(layout, { shop: at }).filter((one) => parts[one]?.staleS !== undefined).length;
    const mark = stale === 0 ? {} : { below: words.staleParts(stale), priority: "stale" as const };
    return { id: String(at), at: stage.topOf(at), bold: name, ...mark };
  }
}

/** `ST07 Wheels` is called ST07 where many are named. */
const shortName = (name: string): string => /^([A-Z]+\d+)\b/.exec(name)?.[1] ?? name;
