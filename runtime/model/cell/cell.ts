import type { TriangleMesh } from "../../compute/mesh/triangle-mesh.ts";
import type { InverseKinematics } from "../robot/inverse.ts";
import type { Pose, Xyz } from "../robot/pose.ts";
import type { RobotModel } from "../robot/robot-model.ts";
import type { SerialArm } from "../robot/serial-arm.ts";
import type { BodyRole } from "./body-role.ts";
import type { MeshReport } from "./import-check.ts";

export type { BodyRole } from "./body-role.ts";

/**
 * Parts of a robot that are given clearances of their own, as planners do: the gun's electrodes and tips, the gun, the
 * links up to the forearm, those of the wrist, and what stands still.
 */
export const CLEARANCE_CLASSES = ["gunTip", "gun", "arm", "end", "base"] as const;
export type ClearanceClass = (typeof CLEARANCE_CLASSES)[number];

/** Where a robot is in its program: at a weld it stands nearer to the sheet than on its way. */
export type Situation = "weld" | "motion";

/** Smallest distance that is wanted, in m. */
export interface ClearanceLimit {
  readonly weldM: number;
  readonly motionM: number;
}

export type Clearances = Readonly<Record<ClearanceClass, ClearanceLimit>>;

/** A mesh that stands in the cell or moves with a robot. */
export interface CellBody {
  readonly name: string;
  readonly role: BodyRole;
  readonly mesh: TriangleMesh;
  /** Row-major 3x4, m: in the cell; of a robot's link or tool in the frame of its link. */
  readonly pose12: Pose;
  /** The file it was read from. */
  readonly source: string;
  /** Whether the mesh is watertight, so that "inside" means something. */
  readonly closed: boolean;
  readonly report: MeshReport;
  /** Of a robot's link or tool. */
  readonly link?: string;
  readonly clearanceClass?: ClearanceClass;
}

export interface CellTool {
  readonly name: string;
  readonly link: string;
  readonly mesh: TriangleMesh;
  readonly clearanceClass: ClearanceClass;
}

export interface CellRobot {
  readonly name: string;
  readonly station: string;
  readonly model: RobotModel;
  readonly arm: SerialArm;
  readonly ik: InverseKinematics;
  /** Where its base stands in the cell, row-major 3x4, m. */
  readonly base12: Pose;
  /** Link that carries the tool. */
  readonly tipLink: string;
  /** TCP in the frame of the tip link, row-major 3x4, m. Its z axis is the electrode's, towards the sheet. */
  readonly tcp12: Pose;
  /** The gun's way back from a weld, a unit vector in the TCP's frame: of a C gun not along its electrodes. */
  readonly retractAxis: Xyz;
  readonly tools: readonly CellTool[];
  /** Links with a collision mesh, in the model's order, then the tools. */
  readonly bodies: readonly CellBody[];
  /** Joint angles at home, rad. */
  readonly homeRad: Float64Array;
  /** Joint accelerations, rad/s², as the planner states or calibrates them; absent where the cell file is silent. */
  readonly accelerationsRadS2?: Float64Array;
}

export interface WeldPoint {
  readonly name: string;
  /** In the cell, m. */
  readonly pointM: Xyz;
  /** Across the sheet, length 1: the electrodes' axis, against which the TCP's z axis points. */
  readonly normal: Xyz;
  /** Nominal TCP pose at the weld, row-major 3x4, m: z against the normal, x as the file says. */
  readonly pose12: Pose;
  /** Robot it is given to; absent where nobody has it yet. */
  readonly robot?: string;
}

/** What is built in the cell: a body with the parts it is made of and the welds that join them. */
export interface Variant {
  readonly name: string;
  /** The variant it was described against. */
  readonly basedOn?: string;
  readonly parts: readonly CellBody[];
  readonly welds: readonly WeldPoint[];
  /** Names of parts and welds that differ from `basedOn`. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * One point of a program. Its joint angles stand in the file, or follow from the weld or the TCP pose: which, and what
 * to do where nothing reaches it, `solveProgram` says.
 */
export interface ProgramPoint {
  readonly name: string;
  readonly kind: "weld" | "via" | "home";
  /** Joint angles in rad, where the file gives them. */
  readonly qRad?: Float64Array;
  /** Weld that it makes, or that it approaches. */
  readonly weld?: string;
  /** How far before the weld it stands, m along the robot's `retractAxis`. */
  readonly retractM?: number;
  /** Turn about the electrode axis against the weld's nominal pose, rad. */
  readonly turnRad?: number;
  /** TCP pose in the cell, where the file gives that. */
  readonly pose12?: Pose;
  /** Share of the joints' top speeds on the way to this point, above 0 to 1. */
  readonly speed: number;
  /** Time it stands at the point, s: closing, welding and opening. */
  readonly dwellS: number;
}

export interface Program {
  readonly name: string;
  readonly robot: string;
  /** Variants it is run for; absent: for each. */
  readonly variants?: readonly string[];
  readonly points: readonly ProgramPoint[];
}

export interface Station {
  readonly name: string;
  /** Time in which all its robots must be done, s. */
  readonly cycleTimeS?: number;
}

/** Robots, what stands around them, what is built there, and how the robots move. Lengths in m, angles in rad. */
export interface Cell {
  readonly name: string;
  /** The cell file, from which a worker can read it again. */
  readonly file: string;
  readonly stations: readonly Station[];
  readonly robots: readonly CellRobot[];
  readonly fixtures: readonly CellBody[];
  readonly variants: readonly Variant[];
  readonly programs: readonly Program[];
  readonly clearances: Clearances;
  /** What the import found worth saying, file by file. */
  readonly warnings: readonly string[];
}
