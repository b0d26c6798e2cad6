import type { CheckedPoint, Clip } from "../model/cell/check-programs.ts";
import type { BodyClearance } from "../model/cell/pose-check.ts";
import type { WeldReach } from "../model/robot/reach.ts";

export const POINT_HEAD = ["robot", "point", "what", "against", "mm", "wanted mm"];

const DEGREES = 180 / Math.PI;

export const inMm = (lengthM: number): number => lengthM * 1000;
export const inDegrees = (angleRad: number): number => angleRad * DEGREES;
const shown = (lengthM: number): string => inMm(lengthM).toFixed(1);

/** The rows of a point that is not clear. */
export function pointRows(point: CheckedPoint): string[][] {
  const place = [point.robot, point.solved.point.name];
  if (point.result === "unreachable") return [[...place, unreachableWords(point), "", "", ""]];
  const clips = point.clips.map((clip) => [
    ...place,
    `${clip.body} ${clipWords(clip)}`,
    clip.obstacle,
    depth(clip),
    "",
  ]);
  const inContact = new Set(point.clips.map(({ body }) => body));
  const near = point
    .check!.short.filter(({ body }) => !inContact.has(body))
    .map((short) => [
      ...place,
      `${short.body} is near`,
      short.obstacle,
      shown(short.distanceM),
      shown(short.limitM),
    ]);
  return [...clips, ...near];
}

function unreachableWords({ solved, reach }: CheckedPoint): string {
  return solved.qRad === undefined ? reachWords(reach) : "outside the joint limits";
}

function clipWords({ isInside, separations }: Clip): string {
  if (isInside) return "is inside";
  return separations?.least === undefined ? "touches" : `clips, free by ${separations.least.way}`;
}

function depth({ separations }: Clip): string {
  return separations?.least === undefined ? "" : shown(separations.least.distanceM);
}

/** A reach verdict in words. */
export function reachWords(reach: WeldReach | undefined): string {
  if (reach === undefined) return "out of reach";
  const shift = reach.baseShiftM === undefined ? "" : `, base ${inMm(reach.baseShiftM).toFixed(0)} mm`;
  switch (reach.kind) {
    case "reachable":
      return "in reach";
    case "fixable":
      return `in reach turned by ${inDegrees(reach.thetaRad).toFixed(1)}°`;
    case "short":
      return `short by ${shown(reach.shortfallM)} mm${shift}`;
    case "wrist-limits":
      return `out of the wrist's limits${shift}`;
  }
}

/** A reach verdict in mm and degrees. */
export function reachJson(reach: WeldReach): object {
  return {
    kind: reach.kind,
    shortfallMm: inMm(reach.shortfallM),
    thetaDeg: inDegrees(reach.thetaRad),
    baseShiftMm: reach.baseShiftM === undefined ? null : inMm(reach.baseShiftM),
    baseDirection: reach.baseDirection,
  };
}

/** A checked point in mm and degrees. */
export function checkedPointJson(checked: CheckedPoint): object {
  const { robot, station, program, solved, result, check, clips, reach } = checked;
  return {
    robot,
    station,
    program,
    point: solved.point.name,
    kind: solved.point.kind,
    ...(solved.point.weld !== undefined && { weld: solved.point.weld }),
    result,
    ...(solved.qRad && { qDeg: Array.from(solved.qRad, inDegrees) }),
    ...(check?.nearest && { nearest: clearanceJson(check.nearest) }),
    ...(check && { short: check.short.map(clearanceJson) }),
    clips: clips.map(({ body, obstacle, isInside, separations }) => ({
      body,
      obstacle,
      isInside,
      ...(separations && {
        leastMm: separations.least === undefined ? null : inMm(separations.least.distanceM),
        way: separations.least?.way ?? null,
        waysMm: Object.fromEntries(
          Object.entries(separations.ways).map(([way, lengthM]) => [
            way,
            lengthM === null ? null : inMm(lengthM),
          ]),
        ),
      }),
    })),
    ...(reach && { reach: reachJson(reach) }),
  };
}

function clearanceJson({ body, obstacle, distanceM, limitM, pointA, pointB }: BodyClearance): object {
  return {
    body,
    obstacle,
    mm: inMm(distanceM),
    wantedMm: inMm(limitM),
    pointsMm: [pointA.map(inMm), pointB.map(inMm)],
  };
}
