/**
 * Where everything of a plant stands, and which twin tells of it. Lengths m, angles degrees about z, from above:
 * x to the right, y away from who looks, z up.
 */
export interface PlantLayout {
  readonly name: string;
  /** Shops first, then what stands in them. */
  readonly parts: readonly LayoutPart[];
  readonly cells: readonly LayoutCell[];
}

export const PART_KINDS = ["shop", "station", "conveyor", "robot", "agv"] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** What all parts have. */
interface Part {
  /** Of its own in the layout. */
  readonly id: string;
  readonly name: string;
  /** ISA-95 path below which its values stand; empty: no twin tells of it. */
  readonly address: string;
  /** Id of the shop it stands in; empty for a shop, and for what stands in none. */
  readonly shop: string;
  /** Path of the page on the dashboard that shows more; empty for none. */
  readonly page: string;
  /** Paths of values below `address`, in the order they are read; none: all that its twin knows there. */
  readonly values: readonly string[];
  /** Path of the number of its PackML state; empty where none is told. */
  readonly state: string;
}

export interface BoxPart extends Part {
  readonly kind: "shop" | "station";
  /** Middle of its floor. */
  readonly at: Spot;
  /** Along, across, up. */
  readonly size: readonly [number, number, number];
  readonly yawDeg: number;
  /** Bodies go through it: it has walls along its way, and no roof that would hide them. */
  readonly isTunnel: boolean;
  /** Path of the number of the body that stands in it, 0 for none; empty where it is not told. */
  readonly body: string;
}

export interface ConveyorPart extends Part {
  readonly kind: "conveyor";
  /** Corners of its way, in the direction of travel. */
  readonly way: readonly Spot[];
  readonly widthM: number;
  /** Path of how many bodies wait on it, and how many it holds: they stand at its end, one place behind another. */
  readonly fill: string;
  readonly places: number;
  /** Paths of the number of the body that came last, of the one that left last, and of the speed between. */
  readonly entry: string;
  readonly exit: string;
  readonly speed: string;
}

export interface RobotPart extends Part {
  readonly kind: "robot";
  /** Place in `cells` of the one it stands in, and what it is called there. */
  readonly cell: number;
  readonly robot: string;
  /** Paths of its joint angles, in the order of its joints. */
  readonly joints: readonly string[];
}

export interface AgvPart extends Part {
  readonly kind: "agv";
  /** Paths of where it is in the layout, and where it heads; without a heading it is drawn along x. */
  readonly x: string;
  readonly y: string;
  readonly heading: string;
  readonly size: readonly [number, number, number];
}

/** A part that a glTF file draws. */
export interface DrawnPart extends Part {
  readonly kind: "shop" | "station";
  /** Index of its node in the file. */
  readonly node: number;
}

export type LayoutPart = BoxPart | ConveyorPart | RobotPart | AgvPart | DrawnPart;

export type Spot = readonly [number, number];

/** A robot cell that stands in the plant, drawn by the meshes of its own file. */
export interface LayoutCell {
  /** Path of the cell file. */
  readonly file: string;
  /** Where the cell's origin stands. */
  readonly at: Spot;
  readonly yawDeg: number;
}
