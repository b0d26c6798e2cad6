import type { Rung, Verdict } from "../../../runtime/core/evidence.ts";
import type { Reality } from "../../../runtime/core/frame.ts";
import type { PropertyKind } from "../../../runtime/core/property.ts";
import type { RowVerdict } from "../../../runtime/ladder/verdict.ts";

/** What the widget's node tells every browser: where to ask. */
export interface DetailPlace {
  /** Where the page asks for what its address names; made anew when the node is. */
  readonly address: string;
  /** Address of the twin that it tells of; shown where the page's address names nothing. */
  readonly twin: string;
}

/** One property as it stands. */
export interface DetailValue {
  readonly address: string;
  /** Below what was asked for. */
  readonly path: string;
  readonly label: string;
  readonly kind: PropertyKind;
  /** null where it is no number, or none came. */
  readonly value: number | null;
  /** Of a state, a text or a structure; absent where the number says it. */
  readonly text?: string;
  readonly isSwitch: boolean;
  readonly unit: string;
  readonly digits: number;
  /** `stale` is too old, `bad` came as bad. */
  readonly state: "good" | "stale" | "bad" | "none";
  readonly sourceTimeUs: number | null;
  readonly ageS: number | null;
  /** Period in which a sample is due, ms; null where it is told on change. */
  readonly periodMs: number | null;
  readonly low?: number;
  readonly high?: number;
  readonly normalLow?: number;
  readonly normalHigh?: number;
}

/** What lies one level below a station, or below the twin. */
export interface DetailPart {
  readonly name: string;
  readonly address: string;
  readonly properties: number;
  /** Worst alarm within it. */
  readonly priority?: 1 | 2 | 3;
}

export interface DetailAlarm {
  readonly key: string;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
  readonly cause?: string;
  readonly priority: 1 | 2 | 3;
  readonly active: boolean;
  readonly sinceUs: number;
  readonly place: string;
}

export interface DetailRow extends Pick<RowVerdict, "wired" | "verdict" | "fact" | "limit"> {
  readonly rung: Rung;
}

export interface DetailTwin {
  readonly name: string;
  readonly address: string;
  readonly class: "model" | "shadow" | "twin";
  readonly reality: Reality | "none";
  readonly held: Rung;
  readonly wired: number;
  readonly rows: readonly DetailRow[];
}

/** One measured statement about the twin. */
export interface DetailEvidence {
  readonly id: string;
  readonly rung: Rung;
  readonly what: string;
  readonly value: number | null;
  readonly unit: string;
  readonly limit: string;
  readonly verdict: Verdict;
  readonly cause: string;
}

/** Level 3 or 4 of the screens: what a station or one property is, now. */
export interface DetailView {
  readonly asked: string;
  /** `nothing`: no twin of this process has it. */
  readonly is: "property" | "station" | "nothing";
  /** The property, or those below the station. */
  readonly values: readonly DetailValue[];
  /** Of more values than are told. */
  readonly count: number;
  readonly parts: readonly DetailPart[];
  readonly alarms: readonly DetailAlarm[];
  readonly twin: DetailTwin | null;
  /** Of a property: what was measured of it; of a station: of its twin. */
  readonly evidence: readonly DetailEvidence[];
  /** Whether records name the property itself; else they are of its whole twin. */
  readonly isOwnEvidence: boolean;
}
