import { type Pose, turned, turnPose, type Xyz } from "../robot/pose.ts";
import { dot } from "../robot/vector.ts";
import type { WeldPoint } from "./cell.ts";
import type { Field } from "./cell-document.ts";
import { type CellUnits, directionOf } from "./cell-units.ts";

/** @param field an entry of `welds`: name, at, normal, and where wanted x and robot */
export function readWeld(field: Field, units: CellUnits): WeldPoint {
  field.keys(["name", "at", "normal", "x", "robot"]);
  const normal = directionOf(field.at("normal"));
  const pointM = units.pointM(field.at("at"));
  const x = field.at("x");
  const robot = field.at("robot").optionalText("name the robot");
  const wantedX = x.isThere ? directionOf(x) : undefined;
  if (wantedX !== undefined && Math.abs(dot(wantedX, normal)) > 0.999) {
    x.fault("lies along the normal", "give the direction of the TCP's x axis across it");
  }
  return {
    name: field.at("name").text("name the weld"),
    pointM,
    normal,
    pose12: weldPose(pointM, normal, wantedX),
    ...(robot === undefined ? {} : { robot }),
  };
}

/**
 * Nominal TCP pose of a weld: z against the normal, x the part of a wanted direction that lies across it. Without one
 * x is the world's x, or its z where the normal is nearer to x than 25°.
 * @returns row-major 3x4, m
 */
export function weldPose(pointM: Xyz, normal: Xyz, wantedX?: Xyz): Pose {
  const towards: Xyz = wantedX ?? (Math.abs(normal[0]) > 0.9 ? [0, 0, 1] : [1, 0, 0]);
  const along = dot(towards, normal);
  const across = [0, 1, 2].map((k) => towards[k]! - along * normal[k]!);
  const length = Math.hypot(...across);
  const [xx, xy, xz] = across.map((value) => value / length) as [number, number, number];
  const [zx, zy, zz] = [-normal[0], -normal[1], -normal[2]];
  const y = [zy * xz - zz * xy, zz * xx - zx * xz, zx * xy - zy * xx];
  return Float64Array.of(xx, y[0]!, zx, pointM[0], xy, y[1]!, zy, pointM[1], xz, y[2]!, zz, pointM[2]);
}

/** The electrodes' axis in the TCP's frame: what a gun may turn about at a weld. */
export const ELECTRODES: Xyz = [0, 0, 1];

/** The way back where a file says none: against the z axis of the TCP. */
export const BACK_AGAINST_Z: Xyz = [0, 0, -1];

/**
 * A TCP pose turned about its own z axis, the electrodes', and moved back.
 * @param retractAxis in the TCP's frame, as `CellRobot.retractAxis`; turned with the gun
 */
export function turnedAndRetracted(
  pose12: Pose,
  turnRad: number,
  retractM: number,
  retractAxis: Xyz = BACK_AGAINST_Z,
): Pose {
  const out = Float64Array.from(pose12);
  turnPose(out, 0, ...ELECTRODES, turnRad);
  const back = turned(out, retractAxis);
  for (let row = 0; row < 3; row++) out[4 * row + 3]! += retractM * back[row]!;
  return out;
}
