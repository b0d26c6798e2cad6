import type { Evidence } from "../../core/evidence.ts";
import type { TimeUs } from "../../core/time.ts";
import type { CellFix, CellStudy } from "./finding.ts";

/** A study is periodic evidence: so long it stands, unless the cell drifts before. */
const VALID_US = 7 * 24 * 3600 * 1e6;

/** The last study of a twin's cell. */
export interface LastStudy {
  readonly study: CellStudy;
  /** On the link's clock. */
  readonly timeUs: TimeUs;
}

/**
 * Row 4: what a study proposes was checked again and respects its constraints. The other half of the row, that the model
 * tracks the plant, is the live cell's to say.
 * @param kind of the studies that the node makes
 * @param last undefined before the first study: then the record collects
 * @param nowUs of the link
 */
export function studyEvidence(
  kind: CellStudy["study"],
  last: LastStudy | undefined,
  twin: string,
  node: string,
  nowUs: TimeUs,
): Evidence {
  const words = kind === "variant" ? "variant check" : "reach study";
  const base = { id: `${twin}/4/${kind}-study`, twin, rung: 4, node, limit: "= 0" } as const;
  if (last === undefined) {
    const progress = { n: 0, of: 1 };
    return { ...base, what: `a ${words}`, value: null, verdict: "collecting", progress, timeUs: nowUs };
  }
  const { study, timeUs } = last;
  const faults = study.fixes.flatMap((fix) => faultsOf(fix).map((fault) => `${fix.id} ${fault}`));
  return {
    ...base,
    what: `changes that break a constraint, of ${study.fixes.length} proposed for ${study.variant} (model ${study.modelVersion})`,
    value: faults.length,
    verdict: faults.length === 0 ? "holds" : "fails",
    timeUs,
    validUntilUs: timeUs + VALID_US,
    ...(faults.length > 0 && { cause: `a proposed change breaks a constraint: ${faults.join("; ")}` }),
  };
}

/** What speaks against a change by its own figures. */
function faultsOf({ recheck, rows }: CellFix): string[] {
  const faults = recheck === "" ? ["was not checked again"] : [];
  for (const { what, label, withFix, asProgrammed, limit } of rows) {
    if (what === "gap" && withFix !== null && limit !== undefined && withFix < limit)
      faults.push(`leaves ${label} at ${withFix} mm, wanted ${limit} mm`);
    if (what === "new findings" && withFix !== 0) faults.push(`brings ${withFix} new findings`);
    if (what === "contacts" && (withFix ?? 0) > (asProgrammed ?? 0))
      faults.push(`brings ${(withFix ?? 0) - (asProgrammed ?? 0)} contacts`);
  }
  return faults;
}
