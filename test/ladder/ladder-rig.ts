import type { Evidence, Rung, Verdict } from "../../runtime/core/evidence.ts";
import { type ChangeStore, RecentChanges } from "../../runtime/ladder/change-store.ts";
import { EvidenceBoard } from "../../runtime/ladder/evidence-board.ts";
import { LadderService } from "../../runtime/ladder/ladder-service.ts";
import { draw, OVEN } from "./draw.ts";

/** A flow that is wired for 5; \`loose\` is on no path. */
export const LOOP = draw(
  "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate; st > est estimate; loose forecast",
);
export const SECOND = 1e6;

/** A record about a row of the oven, by the node that would measure it. */
export function record(rung: Rung, verdict: Verdict, more: Partial<Evidence> = {}): Evidence {
  return {
    id: `oven1/${rung}/check`,
    twin: OVEN,
    rung,
    node: ["st", "src", "det", "fc", "opt", "act"][rung]!,
    what: "age p99",
    value: 0.25,
    unit: "s",
    limit: "< 3 s",
    verdict,
    timeUs: 100 * SECOND,
    ...more,
  };
}

/** A ladder on a clock of its own, with evidence for every row up to `rung`. */
export function ladderAt(rung: number, flow: unknown = LOOP, changes: ChangeStore = new RecentChanges(500)) {
  const board = new EvidenceBoard();
  const clock = { wallUs: 1_000 * SECOND, plantUs: 100 * SECOND, steadyMs: 0, speed: 1, isOpen: true };
  const link = { reality: "virtual" as const, nowUs: () => clock.plantUs };
  const service = new LadderService({
    board,
    changes,
    wallUs: () => clock.wallUs,
    steadyMs: () => clock.steadyMs,
    clock: () => (clock.isOpen ? { ...link, speed: clock.speed } : undefined),
  });
  for (let row = 1; row <= rung; row++) board.put(record(row as Rung, "holds"));
  service.setFlow(flow);
  /** The next evaluation, five seconds later. */
  const step = () => {
    clock.wallUs += 5 * SECOND;
    clock.steadyMs += 5000;
    return service.evaluate().twins.find(({ address }) => address === OVEN)!;
  };
  /** The same, and the plant's clock runs on by as much as its speed says. */
  const run = () => {
    clock.plantUs += 5 * SECOND * clock.speed;
    return step();
  };
  return { board, clock, service, step, run };
}
