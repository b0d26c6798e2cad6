import type { ClientSession } from "node-opcua";
import type { RuleTag } from "../binding-rules.ts";
import type { BindingRow } from "../binding-table.ts";
import { readTags, samplingIntervals } from "./browse.ts";
import { type SuggestedPace, suggestRow } from "./preview.ts";

/** First rows for tags, from their names and what the server says of them, in the order asked. */
export async function suggestRows(
  session: ClientSession,
  tags: readonly RuleTag[],
  twin: string,
  pace: Omit<SuggestedPace, "serverSamplingMs">,
): Promise<BindingRow[]> {
  const nodeIds = tags.map(({ nodeId }) => nodeId);
  const readings = await readTags(session, nodeIds);
  const sampling = await samplingIntervals(session, nodeIds);
  return readings.map((reading, i) =>
    suggestRow(reading, twin, { ...pace, serverSamplingMs: sampling[i] }, tags[i]!.path),
  );
}
