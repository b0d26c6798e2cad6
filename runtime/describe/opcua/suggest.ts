import type { ClientSession } from "node-opcua";
import type { RuleTag } from "../binding-rules.ts";
import type { BindingRow } from "../binding-table.ts";
import { readTags, samplingIntervals, type TagReading } from "./browse.ts";
import { enumNames } from "./enum-names.ts";
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
  const named = await enumsAmong(session, readings);
  return readings.map((reading, i) => {
    const type = named.has(reading.nodeId) ? "enum" : reading.type;
    const own = { ...pace, serverSamplingMs: sampling[i] };
    return suggestRow({ ...reading, type }, twin, own, tags[i]!.path);
  });
}

/** Node ids of the integers whose codes the server has names for. */
async function enumsAmong(session: ClientSession, readings: readonly TagReading[]): Promise<Set<string>> {
  const integers = readings.filter(({ type }) => type === "integer").map(({ nodeId }) => nodeId);
  const names = await enumNames(session, integers);
  return new Set(integers.filter((_, i) => names[i] !== undefined));
}
