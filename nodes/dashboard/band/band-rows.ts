import type { Property } from "../../../runtime/core/property.ts";
import type { WindowFigures } from "../../../runtime/describe/oee/window-oee.ts";
import type { LiveStates } from "../../../runtime/describe/states/live-states.ts";
import type { NamedState } from "../../../runtime/describe/states/packml-states.ts";
import { bandOf } from "../../../runtime/describe/states/state-segments.ts";
import type { BandOee, BandRow, BandView } from "./band-view.ts";

/** Two pieces per part of the window at most: as fine as a screen shows. */
const PARTS = 400;
const UNKNOWN = -1;
const SEVERAL = -2;
const LONGEST_LABEL = 60;

/** Names of states, each with its place; one that the table does not have gets the plant's name, or its number. */
export class StateNames {
  readonly #states: { name: string; look: NamedState["meaning"] }[] = [];
  readonly #places = new Map<string, number>();
  readonly #table: ReadonlyMap<number, NamedState>;

  constructor(table: readonly NamedState[]) {
    this.#table = new Map(table.map((state) => [state.code, state]));
  }

  get states(): BandView["states"] {
    return this.#states;
  }

  /** Place of a code among the states. */
  place(code: number, property: Property | undefined): number {
    if (Number.isNaN(code)) return UNKNOWN;
    const told = property?.codeNames?.[String(code)];
    const known = this.#table.get(code);
    const name = short(told ?? known?.name ?? `state ${code}`);
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    this.#places.set(name, this.#states.length);
    this.#states.push({ name, look: known?.meaning ?? "other" });
    return this.#states.length - 1;
  }

  nameAt(place: number): string | null {
    return this.#states[place]?.name ?? null;
  }
}

const short = (text: string): string =>
  text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;

/** The row of one machine over [nowUs - spanUs, nowUs). */
export function bandRow(
  name: string,
  live: LiveStates,
  property: Property | undefined,
  names: StateNames,
  window: { readonly nowUs: number; readonly spanUs: number },
): Omit<BandRow, "oee" | "station"> {
  const { nowUs, spanUs } = window;
  const fromUs = nowUs - spanUs;
  live.runs.trim(fromUs);
  const { segments, shares } = bandOf(
    live.runs.runs,
    live.unknown(nowUs),
    { fromUs, toUs: nowUs },
    spanUs / PARTS,
  );
  const seconds = (us: number) => Math.round((us - fromUs) / 1e5) / 10;
  const last = segments.at(-1)?.code;
  const newest = last === undefined ? (live.runs.runs.at(-1)?.code ?? Number.NaN) : last;
  return {
    name,
    label: short(property?.label ?? name),
    now: names.nameAt(names.place(newest, property)),
    pieces: segments.map((segment) => [
      seconds(segment.fromUs),
      seconds(segment.toUs),
      segment.code === undefined ? SEVERAL : names.place(segment.code, property),
      segment.changes,
    ]),
    shares: shares.map(([code, us]) => [names.place(code, property), Math.round(us / 1e6)]),
  };
}

export function bandOee(found: WindowFigures | undefined): BandOee | null {
  if (found === undefined) return null;
  return {
    fromS: Math.round(found.fromUs / 1e6),
    ...found.figures,
    leftOut: found.leftOut.slice(0, 5).map(({ name, why }) => short(`${name}: ${why}`)),
  };
}
