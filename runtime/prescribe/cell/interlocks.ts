import type { InterlockPlan } from "../../model/cell/motion/interlock.ts";
import type { CellFinding, Interlock } from "./finding.ts";
import { mmOf, tenths } from "./shown-figures.ts";
import type { TogetherAtStart } from "./together-at-start.ts";

type Stations = ReadonlyMap<string, string>;

/** Zones that two robots share, as a planner reads them: those that cost time one by one, the others of a pair as one. */
export function interlockFindings(
  plan: InterlockPlan,
  stationOf: Stations,
): { readonly interlocks: Interlock[]; readonly findings: CellFinding[] } {
  const interlocks = toldOnce(plan);
  const costly = interlocks
    .filter(({ costsS }) => costsS > 0)
    .sort((a, b) => b.costsS - a.costsS)
    .map((one) => costlyFinding(one, stationOf));
  const free = interlocks.filter(({ costsS }) => costsS === 0);
  const pairs = new Map(
    free.map((one) => [pairOf(one), free.filter((other) => pairOf(other) === pairOf(one))]),
  );
  const stuck = plan.stuck.map(
    ({ robot, point, forRobot }): CellFinding => ({
      id: `interference/${robot}/${forRobot}/stuck`,
      priority: 1,
      kind: "interference",
      station: stationOf.get(robot) ?? "",
      robot,
      other: forRobot,
      place: point,
      mm: null,
      text: `${robot} and ${forRobot} block each other`,
      detail: `${robot} waits at ${point} for ${forRobot} without end: no interlock helps, a program must change.`,
    }),
  );
  const freely = [...pairs.values()].map((own) => freeFinding(own, stationOf));
  return { interlocks, findings: [...stuck, ...costly, ...freely] };
}

/** Zones that were rounded to the same points are one interlock to whoever wires it: what they cost adds up. */
function toldOnce(plan: InterlockPlan): Interlock[] {
  const told = new Map<string, Interlock>();
  for (const [index, { sides }] of plan.interlocks.entries()) {
    const waitS = plan.waits
      .filter(({ interlock }) => interlock === index)
      .reduce((sum, wait) => sum + wait.waitS, 0);
    const [first, second] = [sideOf(sides[0]), sideOf(sides[1])];
    const key = JSON.stringify([first, second]);
    const costsS = tenths((told.get(key)?.costsS ?? 0) + waitS);
    told.set(key, { first, second, costsS });
  }
  return [...told.values()];
}

const pairOf = ({ first, second }: Interlock): string => `${first.robot}/${second.robot}`;

function costlyFinding({ first, second, costsS }: Interlock, stationOf: Stations): CellFinding {
  return {
    ...zoneOf(first, second.robot, zoneWords(first), stationOf),
    id: `interference/${first.robot}/${second.robot}/${zoneWords(first)}/${zoneWords(second)}`,
    seconds: costsS,
    text: `${first.robot} and ${second.robot} share a zone: ${costsS.toFixed(1)} s of waiting`,
    detail: `${sideWords(first)}; ${sideWords(second)}. Needs an interlock.`,
  };
}

/** Zones of one pair that nobody waits for in the planned cycle: still to be wired, a robot may be late. */
function freeFinding(own: readonly Interlock[], stationOf: Stations): CellFinding {
  const { first, second } = own[0]!;
  const zones = own.length === 1 ? "a zone" : `${own.length} zones`;
  return {
    ...zoneOf(first, second.robot, zoneWords(first), stationOf),
    id: `interference/${first.robot}/${second.robot}/no wait`,
    seconds: 0,
    text: `${first.robot} and ${second.robot} share ${zones}, no wait in the planned cycle`,
    detail: `${own.map((one) => `${sideWords(one.first)} and ${sideWords(one.second)}`).join("; ")}. ${own.length === 1 ? "Needs an interlock" : "Each needs an interlock"}.`,
  };
}

function zoneOf(first: Side, other: string, place: string, stationOf: Stations) {
  return {
    priority: 3,
    kind: "interference",
    station: stationOf.get(first.robot) ?? "",
    robot: first.robot,
    other,
    place,
    ...(first.fromS === undefined ? {} : { atS: first.fromS }),
    mm: null,
  } as const;
}

/** Robots that are too near to each other where they start: they are so in every cycle, and no interlock helps. */
export function togetherFinding(near: TogetherAtStart, stationOf: Stations): CellFinding {
  const { robot, body, other, otherBody, place, gapM, limitM } = near;
  const gap = gapM === 0 ? "touches" : `${mmOf(gapM).toFixed(1)} mm from`;
  return {
    id: `interference/${robot}/${other}/start`,
    priority: 1,
    kind: "interference",
    station: stationOf.get(robot) ?? "",
    robot,
    other,
    place,
    mm: null,
    text: `${robot} and ${other} are too near where they start`,
    detail: `${robot} ${body} ${gap} ${other} ${otherBody}, wanted ${mmOf(limitM).toFixed(1)} mm. No interlock helps.`,
  };
}

type Side = Interlock["first"];

function sideOf(side: InterlockPlan["interlocks"][number]["sides"][number]): Side {
  const { robot, askAt, releaseAt, heldFromS, heldToS } = side;
  return {
    robot,
    ...(askAt === undefined ? {} : { askAt }),
    ...(releaseAt === undefined ? {} : { releaseAt }),
    ...(heldFromS === undefined ? {} : { fromS: tenths(heldFromS) }),
    ...(heldToS === undefined ? {} : { toS: tenths(heldToS) }),
  };
}

const zoneWords = ({ askAt, releaseAt }: Side): string =>
  `${askAt ?? "its start"} to ${releaseAt ?? "its end"}`;

function sideWords(side: Side): string {
  const { robot, fromS, toS } = side;
  const time =
    fromS === undefined || toS === undefined ? "" : ` (${fromS.toFixed(1)} to ${toS.toFixed(1)} s)`;
  return `${robot} from ${zoneWords(side)}${time}`;
}
