import type { AlarmState } from "../../../runtime/diagnose/alarms/alarm.ts";

/** One alarm as an operator reads it. */
export interface AlarmView {
  readonly key: string;
  readonly state: AlarmState;
  readonly priority: 1 | 2 | 3;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
  readonly consequence?: string;
  /** Where it probably comes from, the likeliest first, with how far that is believed, 0 to 1, and why. */
  readonly causes?: readonly {
    readonly id: string;
    readonly title: string;
    readonly belief: number;
    readonly why: string;
  }[];
  /** What a person found to be the cause. */
  readonly found?: { readonly cause: string; readonly by: string };
  readonly twin: string;
  /** Plant time until which the action helps. */
  readonly actUntilUs?: number;
  readonly place: string;
  readonly active: boolean;
  readonly sinceUs: number;
  readonly endedUs?: number;
  readonly count: number;
  readonly acknowledgedBy?: string;
  readonly shelf?: { readonly by: string; readonly reason: string; readonly untilUs: number };
  /** Plant time on the clock of its twin, when the list was made. */
  readonly nowUs: number;
}

/** Figures of ISA-18.2 as the list's foot shows them. */
export interface AlarmFigures {
  readonly hours: number;
  readonly count: number;
  readonly perDay: number;
  readonly per10Min: number;
  readonly worst10Min: number;
  readonly isFlood: boolean;
  readonly chattering: number;
  readonly stale: number;
  readonly verdict: "manageable" | "busy" | "too many";
}

export interface ListView {
  /** Not yet seen first, then the worst; shelved ones last. */
  readonly open: readonly AlarmView[];
  /** How many there are in all, of which some may not be listed. */
  readonly count: number;
  readonly unacknowledged: number;
  readonly shelved: number;
  /** Where the most are, where not all are listed: addresses of twins, most first. */
  readonly twins: readonly { readonly twin: string; readonly count: number }[];
  /** Over and acknowledged, the newest first. */
  readonly over: readonly AlarmView[];
  readonly figures: AlarmFigures;
  /** By twin: what people found to be causes before, the newest first. */
  readonly causesFound: Readonly<Record<string, readonly string[]>>;
  /** Why acknowledgements are not kept on the disk; absent where they are. */
  readonly fault?: string;
}
