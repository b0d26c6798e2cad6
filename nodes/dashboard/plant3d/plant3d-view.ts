import type { StateMeaning } from "../../../runtime/describe/states/packml-states.ts";
import type { PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";

/** What the widget is sent: addresses of what it fetches once, and what changes. Never a mesh. */
export interface Plant3dView {
  /** Where the layout lies, a `LaidLayout`; null: not read yet, or not to be read. */
  readonly layout: string | null;
  /** Why there is no layout, in words; empty where there is one, or it is being read. */
  readonly trouble: string;
  /** Where the values of one part are asked for by `?part=<place>`: a `PartValues`. */
  readonly values: string;
  /** One of each part, in the layout's order. */
  readonly parts: readonly PartNow[];
  /** Four of each body on the line: x, y in m, yaw in rad, and 1 where what tells of it is stale. */
  readonly bodies: readonly number[];
}

/** A layout as a browser fetches it. */
export interface LaidLayout {
  readonly layout: PlantLayout;
  /** Where the geometry of each of its cells lies, a `CellScene`; null: it cannot be read. */
  readonly scenes: readonly (string | null)[];
  /** Where the GLB lies that draws it; null for a layout without one. */
  readonly glb: string | null;
}

/** How a part is now. All that is absent is not told. */
export interface PartNow {
  /** The worst that is active at it, or below it. */
  readonly alarm?: { readonly priority: 1 | 2 | 3; readonly title: string };
  /** Something that it is drawn by is older than it may be, or of bad quality: its age, s. */
  readonly staleS?: number;
  /** No twin, or no value of it. */
  readonly untold?: "no twin" | "no value";
  readonly state?: { readonly name: string; readonly meaning: StateMeaning };
  /** Number of the body that stands there; 0: none. */
  readonly body?: number;
  /** Bodies that wait on it. */
  readonly fill?: number;
  /** Bodies on it that were seen to enter. */
  readonly carried?: number;
  /** Where it is: x, y in m, yaw in rad. */
  readonly at?: readonly [number, number, number];
  /** Joint angles, rad. */
  readonly qRad?: readonly number[];
}

/** Of one part all that is told. */
export interface PartValues {
  readonly values: readonly PartValue[];
  readonly alarms: readonly PartAlarm[];
}

export interface PartValue {
  /** Below the part's address. */
  readonly path: string;
  readonly label: string;
  /** null where it is no number. */
  readonly value: number | null;
  /** What stands for the number: name of a state, a text; absent for a plain number. */
  readonly words?: string;
  /** 1 is yes and 0 is no. */
  readonly isSwitch?: true;
  readonly unit: string;
  readonly digits: number;
  readonly quality: "good" | "uncertain" | "bad";
  readonly ageS: number;
  readonly isStale: boolean;
}

export interface PartAlarm {
  readonly priority: 1 | 2 | 3;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
  readonly sinceUs: number;
}
