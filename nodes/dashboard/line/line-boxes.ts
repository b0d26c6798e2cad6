import type { LineMessage, LineStation, ShiftForecast } from "../../../runtime/predict/line/line-message.ts";
import type { StationState } from "../../../runtime/predict/line/station-time.ts";
import { numberText } from "../look/numbers.ts";
import type { LineWords } from "./line-words.ts";

/** States in the order in which a bar stacks them. */
export const SHOWN: readonly { readonly state: StationState; readonly fill: string }[] = [
  { state: "busy", fill: "var(--rung-data)" },
  { state: "setup", fill: "url(#line-setup)" },
  { state: "waiting for operator", fill: "url(#line-operator)" },
  { state: "down", fill: "url(#line-down)" },
  { state: "blocked", fill: "var(--rung-band)" },
  { state: "starved", fill: "var(--rung-surface)" },
];
/** Always told, also at 0 %. */
const ALWAYS: readonly StationState[] = ["busy", "blocked", "starved", "down"];

export interface ShareRow {
  readonly state: StationState;
  readonly word: string;
  readonly fill: string;
  /** 0 to 1, where the piece begins and how long it is. */
  readonly from: number;
  readonly share: number;
  /** "81 %" */
  readonly text: string;
}

export interface StationBox {
  readonly id: string;
  readonly title: string;
  /** What it is at now, in a word; empty in a simulation. */
  readonly now: string;
  /** Abnormal now: down is priority 2, waiting for a person 3. */
  readonly priority: 2 | 3 | null;
  readonly isBottleneck: boolean;
  readonly shares: readonly ShareRow[];
  /** The buffer behind it; null: none. */
  readonly buffer: { readonly text: string; readonly share: number | null; readonly isFull: boolean } | null;
}

/** The line as boxes, in the order of its stations. */
export function stationBoxes({ stations, buffers, bottleneck }: LineMessage, words: LineWords): StationBox[] {
  return stations.map((station): StationBox => {
    const buffer = buffers.find(({ behind }) => behind === station.id);
    return {
      id: station.id,
      title: station.id.toUpperCase(),
      now:
        station.state === "waiting for operator"
          ? words.noOperator
          : station.state === undefined
            ? ""
            : words.states[station.state],
      priority: station.state === "down" ? 2 : station.state === "waiting for operator" ? 3 : null,
      isBottleneck: bottleneck?.id === station.id,
      shares: shareRows(station, words),
      buffer: buffer === undefined ? null : bufferText(buffer, words),
    };
  });
}

function shareRows({ shares }: LineStation, words: LineWords): ShareRow[] {
  if (shares === undefined) return [];
  let from = 0;
  return SHOWN.filter(({ state }) => ALWAYS.includes(state) || (shares[state] ?? 0) > 0).map((shown) => {
    const share = shares[shown.state] ?? 0;
    const row = {
      ...shown,
      word: words.states[shown.state],
      from,
      share,
      text: `${numberText(100 * share, 0)} %`,
    };
    from += share;
    return row;
  });
}

function bufferText(
  { fill, places }: LineMessage["buffers"][number],
  words: LineWords,
): NonNullable<StationBox["buffer"]> {
  const digits = fill === undefined || Number.isInteger(fill) ? 0 : 1;
  const has = numberText(fill, digits);
  return {
    text: places === undefined ? has : words.of(has, numberText(places, 0)),
    share: fill === undefined || places === undefined || places === 0 ? null : Math.min(1, fill / places),
    isFull: fill !== undefined && fill === places,
  };
}

/** The forecast on a scale from no parts to the most that is foretold or planned. */
export interface ForecastBar {
  readonly words: string;
  readonly skill: string;
  /** 0 to 1 on the scale. */
  readonly made: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly plan: number | null;
  /** Even the upper end is below the plan, or the mean is: 2 and 3. */
  readonly priority: 2 | 3 | null;
}

export function forecastBar(forecast: ShiftForecast, words: LineWords): ForecastBar {
  const { made, mean, low90, high90, plan, workLeftS, skill } = forecast;
  const most = Math.max(plan ?? 0, high90, made, 1) * 1.04;
  const priority = plan === undefined ? null : high90 < plan ? 2 : mean < plan ? 3 : null;
  return {
    words: [
      words.byEnd(numberText(mean, 0), numberText(low90, 0), numberText(high90, 0)),
      ...(plan === undefined ? [] : [words.plan(numberText(plan, 0))]),
      words.made(numberText(made, 0)),
      words.left(durationText(workLeftS)),
    ].join(" · "),
    skill: skillText(skill, words),
    made: made / most,
    mean: mean / most,
    low: low90 / most,
    high: high90 / most,
    plan: plan === undefined ? null : plan / most,
    priority,
  };
}

function skillText(
  { horizonS, n, needed, mase, coverage90 }: ShiftForecast["skill"],
  words: LineWords,
): string {
  const what = words.ahead(durationText(horizonS));
  if (mase === null || coverage90 === null) return `${what}: ${words.scored(n, needed)}`;
  return `${what}: ${words.skill(numberText(1 - mase, 2), n, numberText(100 * coverage90, 0))}`;
}

/** "3 h 12 min", "45 min", "30 s" */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${numberText(seconds, 0)} s`;
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
