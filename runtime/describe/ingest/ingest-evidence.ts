import type { Evidence } from "../../core/evidence.ts";
import type { TimeUs } from "../../core/time.ts";
import type { Ingest } from "./ingest.ts";

/** Row 1 asks for as many good samples; readings are counted in the same way. */
const LEAST_TAKEN = 0.99;

/**
 * What an ingest can say for row 1 of its twin: how many readings it could take as they came, and that nobody can
 * know what was lost before it.
 * @param node id of the Node-RED node
 */
export function ingestEvidence(ingest: Ingest, twin: string, node: string, nowUs: TimeUs): Evidence[] {
  const { count, taken } = ingest.tally;
  const base = { twin, rung: 1 as const, node, timeUs: nowUs };
  const readings = {
    ...base,
    id: `${twin}/1/ingest-${node}/readings`,
    what: "readings taken as they came",
    value: count === 0 ? null : (100 * taken) / count,
    unit: "%",
    limit: `>= ${100 * LEAST_TAKEN} %`,
  };
  const before: Evidence = {
    ...base,
    id: `${twin}/1/ingest-${node}/before`,
    what: "losses before the ingest",
    value: null,
    limit: "not provable: another node reads the plant",
    verdict: "holds",
  };
  if (count === 0) return [{ ...readings, verdict: "collecting", progress: { n: 0, of: 1 } }, before];
  // One refused reading among few is no share yet: a reader of tags may send a dozen in an hour.
  const refused = count - taken;
  if (refused <= Math.max(1, (1 - LEAST_TAKEN) * count)) return [{ ...readings, verdict: "holds" }, before];
  const [reason] = Object.entries(ingest.refusals).sort(([, a], [, b]) => b - a)[0]!;
  const cause = `${refused} of the last ${count} readings of ${ingest.source} were refused, mostly: ${reason}`;
  return [{ ...readings, verdict: "fails", cause }, before];
}
