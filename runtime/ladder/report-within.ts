import { mayTouch, type Scoped } from "../core/scopes.ts";
import type { LadderReport } from "./ladder-service.ts";

/** What a person may know of a report: verdicts and unguarded outputs of twins within the person's scopes. */
export function reportWithin<R extends Pick<LadderReport, "twins" | "unguardedOutputs">>(
  report: R,
  person: Scoped,
): R {
  return {
    ...report,
    twins: report.twins.filter(({ address }) => mayTouch(person, address)),
    unguardedOutputs: report.unguardedOutputs.map((output) => ({
      ...output,
      twins: output.twins.filter((address) => mayTouch(person, address)),
    })),
  };
}
