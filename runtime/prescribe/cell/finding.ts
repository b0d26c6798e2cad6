/**
 * What a study of a robot cell found: plain JSON, which travels as `msg.payload`, is written by the CLI and drawn by the
 * screen. Lengths for people are in mm and angles in degrees; joint angles (`qRad`) and points in space (`...M`, world)
 * stay as the engines have them, for they are drawn and computed with. A gap below zero is a clip: see `CellFinding.mm`.
 */
export interface CellStudy {
  readonly kind: "cell-study";
  /** `variant`: every program against a variant; `reach`: its welds only. */
  readonly study: "variant" | "reach";
  readonly cell: string;
  readonly variant: string;
  /** ISO 8601. */
  readonly computedAt: string;
  /** Of the cell file and every mesh it names: a digest, the same for the same cell. */
  readonly modelVersion: string;
  /** Worst first. */
  readonly findings: readonly CellFinding[];
  /** Worst first. */
  readonly welds: readonly WeldRow[];
  readonly fixes: readonly CellFix[];
  readonly cycles: readonly CycleRow[];
  readonly interlocks: readonly Interlock[];
  readonly paths: readonly RobotPath[];
  /** Only where it was asked for. */
  readonly placements?: readonly BasePlacement[];
  /** Only where it was asked for. */
  readonly rebalancing?: readonly WeldMove[];
  readonly checked: CheckedWork;
  /** What the figures stand on and what they are not. */
  readonly notes: readonly string[];
}

/** 1: metal meets metal. 2: a weld cannot be made. 3: it works, with less than was asked for. */
export type Priority = 1 | 2 | 3;

export type FindingKind = "clash" | "clearance" | "reach" | "interference" | "cycle";

export interface CellFinding {
  /** `clash/R3/gun/reinforcement/W-118`: the same finding has the same id in the next study. */
  readonly id: string;
  readonly priority: Priority;
  readonly kind: FindingKind;
  readonly station: string;
  readonly robot: string;
  /** Link or tool of the robot. */
  readonly body?: string;
  /** What it clips, comes near or shares a zone with; of a reach the weld. */
  readonly other: string;
  readonly weld?: string;
  /** `W-118 approach`: the point or the stretch of the program. */
  readonly place: string;
  /** Where the pose stands on the robot's own time line. */
  readonly atS?: number;
  /**
   * Clash: the smallest first exit of this pair along ±x, ±y, ±z or the tool's retract axis, which is no minimum
   * translation; null where none frees it within 600 mm. Clearance: the distance. Reach: how much is missing; null where
   * the wrist's limits and not the distance forbid it, or where the arm lets no distance be told. Interference, cycle: null.
   */
  readonly mm: number | null;
  readonly limitMm?: number;
  /** Interference: what the interlock costs. Cycle: how much too long. */
  readonly seconds?: number;
  /** Along what the first exit leads: `+y`, `retract`. */
  readonly exit?: string;
  /** Along the tool's retract axis; null: not within 600 mm. */
  readonly retractMm?: number | null;
  /** Witness points, m, world: on the robot, on the other. */
  readonly points?: readonly [Point, Point];
  /** The pose it is seen in. */
  readonly qRad?: readonly number[];
  /** Of a reach: where the weld is, m, world. */
  readonly at?: Point;
  /** `R3 clips reinforcement by 38.8 mm` */
  readonly text: string;
  /** `W-118 approach, gun against B-pillar. Retract 47.8 mm frees it.` */
  readonly detail: string;
  /** `CellFix.id` of what mends it, re-checked. */
  readonly fix?: string;
}

export type Point = readonly [number, number, number];

export type WeldResult = "reachable" | "fixable" | "short" | "wrist-limits" | "clips";

export interface WeldRow {
  readonly weld: string;
  readonly station: string;
  readonly robot: string;
  /** `fixable`: by a rotation about the electrode axis, or by a fix that was re-checked. */
  readonly result: WeldResult;
  /** Where `short`; absent of an arm of which it cannot be told. */
  readonly shortMm?: number;
  /** Rotation about the electrode axis: where it becomes reachable, or comes nearest. */
  readonly thetaDeg?: number;
  /** How far the base must move to mend it. */
  readonly baseShiftMm?: number;
  /** Of the weld and the way to it, the smallest; below zero: clips by that much. null: there is no pose. */
  readonly gapMm: number | null;
  readonly limitMm: number;
  /** Smallest distance of a joint to its limit, degrees. */
  readonly jointMarginDeg?: number;
  /** `back 65, −4°`, `base 70 mm`; empty where nothing is needed. */
  readonly helps: string;
  readonly findings: readonly string[];
  readonly fix?: string;
}

export type FixKind = "re-teach" | "reposition" | "fixture-shift" | "reassign" | "interlock";

/** A change that mends findings. It is listed only after the engine that found them has found it clear. */
export interface CellFix {
  /** `F-1` */
  readonly id: string;
  readonly kind: FixKind;
  readonly robot: string;
  /** Findings it mends. */
  readonly mends: readonly string[];
  /** `move the W-118 approach back 65 mm, rotate the gun −4°` */
  readonly text: string;
  /** Points of the program that change: a new point has no `qBeforeRad`. */
  readonly points: readonly {
    readonly point: string;
    readonly after?: string;
    readonly qBeforeRad?: readonly number[];
    readonly qRad: readonly number[];
  }[];
  readonly rotateDeg?: number;
  readonly retractMm?: number;
  readonly baseShift?: { readonly xMm: number; readonly yMm: number; readonly yawDeg: number };
  readonly fixtureShift?: { readonly fixture: string; readonly xyzMm: Point };
  readonly toRobot?: string;
  /** As programmed against with the fix. */
  readonly rows: readonly FixRow[];
  /** How it was re-checked. */
  readonly recheck: string;
  readonly before?: FixView;
  readonly after?: FixView;
  /** The whole program with the fix, for drawing. */
  readonly path?: RobotPath;
}

export interface FixRow {
  readonly what: "gap" | "cycle" | "contacts" | "new findings" | "base moved";
  /** `Gun to reinforcement` */
  readonly label: string;
  readonly unit: "mm" | "s" | "1";
  /** Gap: below zero it clips by that much; null where there is no pose. */
  readonly asProgrammed: number | null;
  readonly withFix: number | null;
  readonly limit?: number;
}

/** One pose with the nearest pair, to be drawn beside the other one. */
export interface FixView {
  readonly place: string;
  readonly qRad: readonly number[];
  readonly body: string;
  readonly other: string;
  /** Below zero: clips by that much. */
  readonly gapMm: number | null;
  readonly points?: readonly [Point, Point];
}

export interface CycleRow {
  readonly robot: string;
  readonly seconds: number;
  readonly movingS: number;
  readonly weldingS: number;
  /** At interlocks with other robots. */
  readonly waitingS: number;
  /** What the cell file allows. */
  readonly limitS?: number;
}

/** A zone that only one of two robots may be in, as their programs ask for it and release it. */
export interface Interlock {
  readonly first: InterlockSide;
  readonly second: InterlockSide;
  /** What the planned cycle waits for it. */
  readonly costsS: number;
}

export interface InterlockSide {
  readonly robot: string;
  /** Point at which it waits until the zone is free; absent where it starts its program inside. */
  readonly askAt?: string;
  /** Point at whose arrival it has left; absent where it ends its program inside. */
  readonly releaseAt?: string;
  /** When it holds the zone in the planned cycle, waits included. */
  readonly fromS?: number;
  readonly toS?: number;
}

export interface RobotPath {
  readonly robot: string;
  /** In the order of time. */
  readonly samples: readonly {
    readonly atS: number;
    readonly qRad: readonly number[];
    /** Where a point of the program is met. */
    readonly point?: string;
  }[];
}

export interface BasePlacement {
  readonly robot: string;
  readonly shift: { readonly xMm: number; readonly yMm: number; readonly yawDeg: number };
  readonly welds: number;
  readonly reachableBefore: number;
  readonly reachableAfter: number;
  /** Smallest over the welds that are reached. */
  readonly jointMarginDeg: number;
}

export interface WeldMove {
  readonly weld: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Longest cycle of the two before and after. */
  readonly cycleBeforeS: number;
  readonly cycleAfterS: number;
}

export interface CheckedWork {
  readonly robots: number;
  readonly links: number;
  readonly obstacles: number;
  readonly poses: number;
  /** Stretches between two points that were proven from end to end. */
  readonly stretches: number;
  /** Stretches that could not be proven within the steps allowed: each is named in the notes. */
  readonly unproven: number;
}
