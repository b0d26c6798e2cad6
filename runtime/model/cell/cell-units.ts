import { type Pose, poseFromRpy, type Xyz } from "../robot/pose.ts";
import type { Field } from "./cell-document.ts";
import { METRES_OF, type MeshUnit } from "./mesh-files/mesh-file.ts";

const RADIANS_OF = { deg: Math.PI / 180, rad: 1 } as const;

const LENGTHS = Object.keys(METRES_OF) as MeshUnit[];
const ANGLES = Object.keys(RADIANS_OF) as (keyof typeof RADIANS_OF)[];

/** Turns what a cell file says in its declared units into m and rad. Nothing is guessed: a file without units is refused. */
export class CellUnits {
  readonly #metres: number;
  readonly #radians: number;
  /** Of mesh files that do not declare their own. */
  readonly mesh: MeshUnit | undefined;

  /** @param field `units` of the file */
  constructor(field: Field) {
    field.keys(["length", "angle", "mesh"]);
    this.#metres = METRES_OF[field.at("length").choice(LENGTHS)];
    this.#radians = RADIANS_OF[field.at("angle").choice(ANGLES)];
    this.mesh = this.meshUnit(field.at("mesh"));
  }

  meshUnit(field: Field): MeshUnit | undefined {
    return field.isThere ? field.choice(LENGTHS) : undefined;
  }

  lengthM(field: Field, byDefault?: number): number {
    return field.number({ least: 0 }, byDefault) * this.#metres;
  }

  pointM(field: Field): Xyz {
    const [x, y, z] = field.numbers(3, "[x, y, z]").map((value) => value * this.#metres);
    return [x!, y!, z!];
  }

  angleRad(field: Field, byDefault?: number): number {
    return field.number({}, byDefault) * this.#radians;
  }

  /** One angle for each of six joints. */
  anglesRad(field: Field): Float64Array {
    return Float64Array.from(field.numbers(6, "one for each joint"), (value) => value * this.#radians);
  }

  /** Roll, pitch and yaw about the fixed axes, as in URDF: R = Rz(yaw) Ry(pitch) Rx(roll). Left out: no offset. */
  pose(field: Field): Pose {
    if (!field.isThere) return poseFromRpy([0, 0, 0], [0, 0, 0]);
    field.keys(["xyz", "rpy"]);
    const xyz = field.at("xyz");
    const rpy = field.at("rpy");
    const xyzM: Xyz = xyz.isThere ? this.pointM(xyz) : [0, 0, 0];
    const angles = rpy.isThere ? rpy.numbers(3, "rpy: [roll, pitch, yaw]") : [0, 0, 0];
    const [roll, pitch, yaw] = angles.map((value) => value * this.#radians);
    return poseFromRpy(xyzM, [roll!, pitch!, yaw!]);
  }
}

/** A direction of any length but 0, made length 1. */
export function directionOf(field: Field): Xyz {
  const [x, y, z] = field.numbers(3, "[x, y, z]") as [number, number, number];
  const length = Math.hypot(x, y, z);
  if (length === 0) field.fault("is a direction without length", "write for example [0, 1, 0]");
  return length > 0 ? [x / length, y / length, z / length] : [0, 0, 1];
}
