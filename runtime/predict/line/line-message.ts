import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { StationState, Stretch } from "./station-time.ts";

/** Parts by the end of a shift, from the line as it stands. */
export interface ShiftForecast {
  /** Source time of the state that it starts from. */
  readonly madeAtUs: TimeUs;
  /** Parts of the shift so far. */
  readonly made: number;
  /** By the end of the shift: mean and 5 to 95 % of the replications. */
  readonly mean: number;
  readonly low90: number;
  readonly high90: number;
  readonly plan?: number;
  /** Planned operating time until then, s. */
  readonly workLeftS: number;
  readonly replications: number;
  /** How forecasts of `horizonS` of planned time have done; null while collecting. */
  readonly skill: {
    readonly horizonS: number;
    readonly n: number;
    readonly needed: number;
    readonly mase: number | null;
    readonly coverage90: number | null;
  };
}

export interface LineStation {
  readonly id: string;
  /** Now; absent in a simulation. */
  readonly state?: StationState;
  /** Share of the planned time in each state, 0 to 1; absent before there was any. */
  readonly shares?: Partial<Record<StationState, number>>;
  /** What it was at in the last hour; empty in a simulation. */
  readonly stretches: readonly Stretch[];
}

/** A line as it runs, or as it was simulated. Travels as `msg.payload`; plain data. */
export interface LineMessage {
  readonly kind: "line";
  /** Empty where the line has no twin. */
  readonly twin: string;
  readonly name: string;
  readonly madeAtUs: TimeUs;
  /** What shares and bottleneck are of: the plant's last hour, or a simulation. */
  readonly of: "plant" | "simulation";
  readonly stations: readonly LineStation[];
  /** Each behind the station named; without `fill` in a simulation that says none. */
  readonly buffers: readonly {
    readonly id: string;
    readonly behind: string;
    readonly fill?: number;
    readonly places?: number;
  }[];
  readonly bottleneck?: { readonly id: string; readonly why: string };
  readonly throughputPerHour?: { readonly mean: number; readonly low: number; readonly high: number };
  readonly forecast?: ShiftForecast;
}

/** States in which a station is not held up by its neighbours. */
const ACTIVE: readonly StationState[] = ["busy", "setup", "down", "waiting for operator"];

/** Share of the planned time in which a station was not held up by its neighbours. */
export const activeShare = (shares: Partial<Record<StationState, number>>): number =>
  ACTIVE.reduce((sum, state) => sum + (shares[state] ?? 0), 0);

/** The station that its neighbours held up least; undefined where nothing is known of any. */
export function mostActive(stations: readonly LineStation[]): LineMessage["bottleneck"] {
  const known = stations.flatMap(({ id, shares }) => (shares === undefined ? [] : [{ id, shares }]));
  if (known.length === 0) return undefined;
  const most = known.reduce((a, b) => (activeShare(b.shares) > activeShare(a.shares) ? b : a));
  return { id: most.id, why: `active ${Math.round(100 * activeShare(most.shares))} % of the last hour` };
}

/** @throws RungError `not-a-line` */
export function takeLine(payload: unknown, where: string): LineMessage {
  const line = payload as Partial<LineMessage> | null | undefined;
  if (line?.kind === "line" && Array.isArray(line.stations) && Array.isArray(line.buffers))
    return line as LineMessage;
  const got = line?.kind ?? (payload === null ? "null" : typeof payload);
  throw new RungError({
    code: "not-a-line",
    where,
    what: `expected a line, got ${got === "line" ? "a broken one" : `a ${got}`}`,
    advice: "wire a line node to it",
  });
}
