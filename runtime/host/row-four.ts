import type { RowFour } from "../act/host-watch.ts";
import type { TwinVerdict } from "../ladder/verdict.ts";

/**
 * Whether the twin may have its recommendations written: row 4 holds by its evidence, and row 1 does not fail, since a
 * model that tracked a plant which is no longer seen proves nothing now. A row that is recovering holds here: how long a
 * hold lasts after its causes are gone the actuator counts itself (docs/decisions/0019-changes-of-the-ladder.md).
 * @param twin its verdict; undefined where the flow has none of that address
 */
export function rowFourOf(twin: Pick<TwinVerdict, "rows"> | undefined): RowFour {
  const row = twin?.rows.find((one) => one.row === 4);
  if (row === undefined) return { holds: false, cause: "no twin of the flow has this address" };
  const seen = twin?.rows.find((one) => one.row === 1);
  if (seen?.verdict === "fails") return { holds: false, cause: `the plant is not seen: ${seen.fact}` };
  const told = { holds: row.verdict === "holds" || row.verdict === "recovering", cause: row.fact };
  const drifted = row.evidence.find(({ verdict, drift }) => verdict === "fails" && drift);
  return drifted === undefined ? told : { ...told, drift: drifted.cause ?? drifted.what };
}
