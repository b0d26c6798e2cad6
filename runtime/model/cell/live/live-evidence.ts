import { type Evidence, restingOn, type Verdict } from "../../../core/evidence.ts";
import { JUDGED, type LiveCellView, type LiveRobot } from "./live-cell.ts";

/** What "tracks the plant" means of a cell. */
export interface LiveLimits {
  /** How far a tool may stand from where the model has it, mm. */
  readonly tcpMm: number;
  /** How far a cycle may be from its plan, %. */
  readonly cyclePercent: number;
}

/** Joint angles come several times a second; one lost publish must not cost the row. */
const PERIOD_US = 1_000_000;

/**
 * Row 4: the cell's model tracks the plant, two records per robot: where the check station finds the tool against where
 * the model has it, and how long its program takes against the plan.
 */
export function liveEvidence(view: LiveCellView, twin: string, node: string, limits: LiveLimits): Evidence[] {
  return view.robots
    .flatMap((robot) => [
      tcpRecord(robot, limits.tcpMm),
      ...(robot.plannedS === undefined ? [] : [cycleRecord(robot, robot.plannedS, limits.cyclePercent)]),
    ])
    .map((record) => ({
      ...record,
      id: `${twin}/4/${record.id}`,
      twin,
      rung: 4 as const,
      node,
      timeUs: view.timeUs,
      ...restingOn(view.timeUs, PERIOD_US),
    }));
}

type Statement = Pick<
  Evidence,
  "id" | "what" | "value" | "unit" | "limit" | "verdict" | "cause" | "drift" | "progress"
>;

function tcpRecord({ robot, tcpDriftMm, probes }: LiveRobot, limitMm: number): Statement {
  const verdict = verdictOf(probes, tcpDriftMm ?? 0, limitMm);
  return {
    id: `${robot}/tcp`,
    what: `${robot} tool against the model`,
    value: tcpDriftMm ?? null,
    unit: "mm",
    limit: `<= ${limitMm} mm`,
    verdict,
    ...(verdict === "collecting" && { progress: { n: probes, of: JUDGED } }),
    ...(verdict === "fails" && {
      drift: true,
      cause: `the tool of ${robot} stands ${tcpDriftMm!.toFixed(2)} mm from where the model has it`,
    }),
  };
}

function cycleRecord(
  { robot, cycleS, cycles }: LiveRobot,
  plannedS: number,
  limitPercent: number,
): Statement {
  const off = cycleS === undefined ? undefined : (100 * (cycleS - plannedS)) / plannedS;
  const verdict = verdictOf(cycles, off ?? 0, limitPercent);
  return {
    id: `${robot}/cycle`,
    what: `${robot} cycle against the plan`,
    value: off ?? null,
    unit: "%",
    limit: `within ${limitPercent} %`,
    verdict,
    ...(verdict === "collecting" && { progress: { n: cycles, of: JUDGED } }),
    ...(verdict === "fails" && {
      drift: true,
      cause: `${robot} takes ${cycleS!.toFixed(1)} s, planned are ${plannedS.toFixed(1)} s`,
    }),
  };
}

function verdictOf(count: number, value: number, limit: number): Verdict {
  if (count < JUDGED) return "collecting";
  return Math.abs(value) <= limit ? "holds" : "fails";
}
