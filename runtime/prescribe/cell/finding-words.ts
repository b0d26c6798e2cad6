import type { CellRobot, WeldPoint } from "../../model/cell/cell.ts";
import type { Near } from "./check-program.ts";
import type { CellFinding } from "./finding.ts";
import { mmOf, signed } from "./shown-figures.ts";
import type { WeldReach } from "./weld-reach.ts";

/** A pair that comes too near, as a planner reads it. @param atS on the robot's own time line */
export function nearFinding(robot: CellRobot, near: Near, atS: number): CellFinding {
  const { body, other, exits, weld, place } = near;
  const touches = near.gapM === 0;
  const mm = touches ? (exits?.leastM == null ? null : mmOf(exits.leastM)) : mmOf(near.gapM);
  const retractMm = exits === undefined ? undefined : exits.retractM === null ? null : mmOf(exits.retractM);
  return {
    id: `${touches ? "clash" : "clearance"}/${robot.name}/${body}/${other}/${weld ?? place}`,
    priority: touches ? 1 : 3,
    kind: touches ? "clash" : "clearance",
    station: robot.station,
    robot: robot.name,
    body,
    other,
    ...(weld === undefined ? {} : { weld }),
    place,
    atS,
    mm,
    limitMm: mmOf(near.limitM),
    ...(exits === undefined ? {} : { exit: exits.along }),
    ...(retractMm === undefined ? {} : { retractMm }),
    ...(near.points === undefined ? {} : { points: near.points }),
    qRad: [...near.q],
    ...(touches ? clashWords(robot.name, near, mm, retractMm) : clearanceWords(robot.name, near)),
  };
}

type Words = Pick<CellFinding, "text" | "detail">;

function clashWords(
  robot: string,
  { body, other, place, isInside, exits }: Near,
  mm: number | null,
  retractMm: number | null | undefined,
): Words {
  const frees =
    retractMm == null ? "Retracting does not free it." : `Retract ${retractMm.toFixed(1)} mm frees it.`;
  if (isInside)
    return { text: `${robot} ${body} is inside ${other}`, detail: `${place}, no surface touches. ${frees}` };
  if (mm === null)
    return {
      text: `${robot} clips ${other}`,
      detail: `${place}, ${body}, no exit within 600 mm along ±x, ±y, ±z. ${frees}`,
    };
  return {
    text: `${robot} clips ${other} by ${mm.toFixed(1)} mm`,
    detail: `${place}, ${body}, first exit along ${exits!.along}. ${frees}`,
  };
}

function clearanceWords(robot: string, { body, other, place, gapM, limitM }: Near): Words {
  return {
    text: `${robot} ${body} ${mmOf(gapM).toFixed(1)} mm from ${other}, wanted ${mmOf(limitM).toFixed(1)}`,
    detail: place,
  };
}

/** A weld that the robot it is given to does not reach as it is programmed. */
export function reachFinding(robot: CellRobot, weld: WeldPoint, reach: WeldReach): CellFinding | undefined {
  if (reach.result === "reachable") return undefined;
  const base = {
    id: `reach/${robot.name}/${weld.name}`,
    kind: "reach",
    station: robot.station,
    robot: robot.name,
    other: weld.name,
    weld: weld.name,
    place: weld.name,
    at: [weld.pose12[3]!, weld.pose12[7]!, weld.pose12[11]!],
  } as const;
  const angle = `${signed(reach.thetaDeg)}°`;
  if (reach.result === "fixable")
    return {
      ...base,
      priority: 3,
      mm: 0,
      text: `${robot.name} reaches ${weld.name} only with the gun turned`,
      detail: `Turn it by ${angle} about the electrode.`,
    };
  if (reach.shortMm === undefined)
    return {
      ...base,
      priority: 2,
      mm: null,
      text: `${robot.name} cannot reach ${weld.name}`,
      detail: `At no turn about the electrode that was tried. By how much cannot be told: ${reach.untold}.`,
    };
  const help =
    reach.baseShiftMm === undefined
      ? "No move of the base within 2 m mends it."
      : `Base must move ${reach.baseShiftMm.toFixed(0)} mm, or another robot take the weld.`;
  if (reach.result === "wrist-limits")
    return {
      ...base,
      priority: 2,
      mm: null,
      text: `${robot.name} cannot take ${weld.name}: its axes are at their limits`,
      detail: `The wrist centre is in range, axis 1 or 4 to 6 is not. ${help}`,
    };
  return {
    ...base,
    priority: 2,
    mm: reach.shortMm,
    text: `${robot.name} cannot reach ${weld.name}: short by ${reach.shortMm.toFixed(1)} mm`,
    detail: `Best at ${angle}. ${help}`,
  };
}
