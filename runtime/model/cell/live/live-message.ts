import type { Xyz } from "../../robot/pose.ts";

/** What the thread that holds a cell is started with. */
export interface LiveStart {
  readonly file: string;
  readonly variant?: string;
}

/** What a program is planned to take, s; `undefined` where the cell states no accelerations, or the robot reaches no point of it. */
export interface PlannedProgram {
  readonly name: string;
  readonly robot: string;
  readonly durationS: number | undefined;
}

/** Told once the cell is read. */
export interface LiveReady {
  readonly kind: "live-cell-ready";
  readonly cell: string;
  readonly variant: string | undefined;
  readonly robots: readonly string[];
  readonly programs: readonly PlannedProgram[];
}

/** Where every robot stands now; and those whose tool was probed, with the joint angles it stood at then. */
export interface LiveQuestion {
  readonly poses: readonly RobotAngles[];
  readonly probed: readonly RobotAngles[];
}

export interface RobotAngles {
  readonly robot: string;
  readonly qRad: readonly number[];
}

/** The nearest thing to one robot now. */
export interface LiveClearance {
  readonly robot: string;
  readonly body: string;
  readonly obstacle: string;
  /** 0 in contact. */
  readonly distanceM: number;
  /** What is wanted of this body where the robot is, on its way or at a weld, m. */
  readonly limitM: number;
  /** On the robot and on the other, in the cell, m. */
  readonly points: readonly [Xyz, Xyz];
}

export interface LiveAnswer {
  /** Of each robot that is nearer than the look to anything, in the order asked. */
  readonly clearances: readonly LiveClearance[];
  /** TCP by the model, in the cell, m: of each robot that was probed. */
  readonly tcps: readonly { readonly robot: string; readonly tcpM: Xyz }[];
}

export type LiveReply =
  | { readonly ready: LiveReady }
  | { readonly answer: LiveAnswer }
  | { readonly fault: { readonly code: string; readonly where: string; readonly what: string } };
