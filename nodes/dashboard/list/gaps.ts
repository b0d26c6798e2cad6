import { basename } from "node:path";
import type { GapOverview } from "../../../runtime/describe/gap-overview.ts";
import type { Synchroniser } from "../../../runtime/describe/synchroniser.ts";
import type { GapsView, WayView } from "./gap-view.ts";

/**
 * The gap ledgers of all histories as one list, and the way of the samples to each history.
 * @param synchronisers those that are open, by their historian's file
 * @param nameOf the name of a source's node
 */
export function gapsView(
  overview: GapOverview,
  synchronisers: ReadonlyMap<string, Synchroniser>,
  nameOf: (source: string) => string,
): GapsView {
  const open = [...synchronisers.values()];
  const { lines, ...counts } = overview.of(open.map(({ gaps }) => gaps));
  const tagsOf = (source: string): number | null => {
    const counted = open.flatMap((synchroniser) => synchroniser.tagsOf(source) ?? []);
    return counted.length === 0 ? null : Math.max(...counted);
  };
  const gaps = lines.map((line) => ({
    ...line,
    sourceName: nameOf(line.source),
    ofTags: tagsOf(line.source),
  }));
  return { gaps, ...counts, ways: waysOf(synchronisers) };
}

function waysOf(synchronisers: ReadonlyMap<string, Synchroniser>): WayView[] {
  const ways = [...synchronisers].flatMap(([file, synchroniser]) =>
    synchroniser.sinks.map((sink) => ({ file, synchroniser, sink })),
  );
  return ways.map(({ file, synchroniser, sink }) => {
    const { dropped, ...counts } = synchroniser.totals(sink);
    const name = synchroniser.sinks.length === 1 ? basename(file) : `${basename(file)}, ${sink}`;
    return {
      name: ways.length === 1 ? null : name,
      ...counts,
      dropped: Object.values(dropped).reduce((sum, samples) => sum + samples, 0),
    };
  });
}
