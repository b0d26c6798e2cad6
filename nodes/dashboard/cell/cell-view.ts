import type { BodyRole } from "../../../runtime/model/cell/cell.ts";
import type { RobotJoint, RobotModel } from "../../../runtime/model/robot/robot-model.ts";

/** What the widget is sent: addresses of what it fetches once, and what changes. Never a mesh. */
export interface CellView {
  /** Where the study lies, a `CellStudy`; null: none has come. */
  readonly study: string | null;
  /** Where the geometry lies, a `CellScene`; null: not read yet, or not to be read. */
  readonly scene: string | null;
  /** Why there is no geometry, in words; empty where there is some, or it is being read. */
  readonly trouble: string;
  readonly accepted: readonly Acceptance[];
  /** How the plant's robots stand; null: no robot cell is wired here, or it has told nothing yet. */
  readonly live: LivePoses | null;
  /** Before the first study: what it will come from. */
  readonly awaited: readonly AwaitedStudy[];
}

/** The cell as its plant stands now. */
export interface LivePoses {
  /** Where the geometry with the variant that is built now lies; null: not read yet, or not to be read. */
  readonly scene: string | null;
  /** Why there is no geometry, in words. */
  readonly trouble: string;
  readonly variant: string;
  /** Source time, ms since 1970. */
  readonly atMs: number;
  readonly robots: readonly {
    readonly robot: string;
    readonly qRad: readonly number[];
    /** `29 mm from body`; empty where nothing is near. Of a marked robot, what is done to it. */
    readonly near: string;
    /** Somebody works on it, or is told to look at it. */
    readonly isMarked: boolean;
  }[];
}

/** A node that a study will come from. */
export interface AwaitedStudy {
  readonly node: string;
  /** Until an inject node starts it by itself; null: nothing does, or it has. */
  readonly startsInS: number | null;
  /** What the node says of itself: `study · 42 %`. */
  readonly says: string;
}

/** A fix that somebody took into the plan. */
export interface Acceptance {
  readonly fix: string;
  readonly by: string;
}

/** Row-major 3x4, m. */
export type Pose12 = readonly number[];

/** The geometry of a cell with one variant, as it is drawn. */
export interface CellScene {
  readonly cell: string;
  readonly variant: string;
  readonly bodies: readonly SceneBody[];
  readonly robots: readonly SceneRobot[];
}

export interface SceneBody {
  readonly name: string;
  readonly role: BodyRole;
  /** Where its mesh lies, see mesh-bytes.ts. */
  readonly mesh: string;
  /** In the cell, or in the frame of `link`. */
  readonly pose: Pose12;
  readonly robot?: string;
  readonly link?: string;
  /** Not in the variant that this one was described against. */
  readonly isNew: boolean;
}

export interface SceneRobot {
  readonly name: string;
  readonly model: PlainRobotModel;
  readonly base: Pose12;
  readonly tipLink: string;
  readonly tcp: Pose12;
  readonly homeRad: readonly number[];
}

/** A `RobotModel` as JSON holds it: null for what is infinite or absent, and no mesh files. */
export interface PlainRobotModel extends Pick<RobotModel, "name" | "root"> {
  readonly links: readonly { readonly name: string; readonly joint: string | null }[];
  readonly joints: readonly (Omit<RobotJoint, "origin12" | "lowerRad" | "upperRad"> & {
    readonly origin: Pose12;
    readonly lowerRad: number | null;
    readonly upperRad: number | null;
  })[];
}

/** What another screen sends to have a robot marked in the cell as it stands. */
export interface PartMark {
  readonly kind: "part-mark";
  /** As the cell calls it; empty: nothing is marked any more. */
  readonly robot: string;
  /** "Electrode caps" */
  readonly words: string;
}
