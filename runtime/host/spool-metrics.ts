import { basename } from "node:path";
import { type Conservation, unaccounted } from "../describe/ledger.ts";
import type { Synchroniser } from "../describe/synchroniser.ts";
import { type Figure, figures } from "./metrics.ts";

/** One way of samples: a source up to the disk, or from the disk to a sink. */
interface Way {
  readonly labels: { readonly history: string; readonly source: string; readonly to: string };
  readonly counts: Conservation;
}

/**
 * Tells `/metrics` where the samples of every source are: received = stored + queued + deduplicated + dropped, up to
 * the spool and from there to each sink, and how many of them are in none of these places, which is always 0.
 * @param synchronisers those that are open, by their historian's file
 */
export function tellSpools(synchronisers: () => ReadonlyMap<string, Synchroniser>): void {
  const names = ["history", "source", "to"];
  figures(
    "rung_samples",
    "Samples by source and by what became of them since the start",
    "gauge",
    [...names, "state", "reason"],
    function* () {
      for (const { labels, counts } of ways(synchronisers())) {
        for (const state of ["received", "stored", "queued", "deduplicated"] as const) {
          yield [{ ...labels, state, reason: "" }, counts[state]];
        }
        for (const [reason, value] of Object.entries(counts.dropped)) {
          yield [{ ...labels, state: "dropped", reason }, value];
        }
      }
    },
  );
  figures(
    "rung_samples_unaccounted",
    "Samples that were received and are in none of the states: a fault of Rung where it is not 0",
    "gauge",
    names,
    function* () {
      for (const { labels, counts } of ways(synchronisers())) yield [labels, unaccounted(counts)];
    },
  );
  figures(
    "rung_open_gaps",
    "Gaps that have not been filled in",
    "gauge",
    ["history", "source"],
    function* () {
      for (const [file, synchroniser] of synchronisers()) yield* openGaps(basename(file), synchroniser);
    },
  );
  figures(
    "rung_samples_backfilled_total",
    "Samples that were filled into gaps from what the source's server kept",
    "counter",
    ["history", "source"],
    function* () {
      for (const [file, { gaps }] of synchronisers()) {
        for (const [source, samples] of gaps.backfilledSamples) {
          yield [{ history: basename(file), source }, samples];
        }
      }
    },
  );
  figures(
    "rung_samples_missing_at_server_total",
    "Samples that were due in gaps and that the source's server does not have either",
    "counter",
    ["history", "source"],
    function* () {
      for (const [file, { gaps }] of synchronisers()) {
        for (const [source, samples] of gaps.missingSamples) {
          yield [{ history: basename(file), source }, samples];
        }
      }
    },
  );
  figures("rung_spool_bytes", "Bytes of the spool on disk", "gauge", ["history"], function* () {
    for (const [file, { bytes }] of synchronisers()) {
      yield [{ history: basename(file) }, bytes];
    }
  });
}

function* ways(synchronisers: ReadonlyMap<string, Synchroniser>): Generator<Way> {
  for (const [file, synchroniser] of synchronisers) {
    for (const { source, spool, sinks } of synchroniser.conservation()) {
      const labels = { history: basename(file), source };
      yield { labels: { ...labels, to: "spool" }, counts: spool };
      for (const sink of sinks) yield { labels: { ...labels, to: sink.sink }, counts: sink };
    }
  }
}

function* openGaps(history: string, synchroniser: Synchroniser): Generator<Figure> {
  for (const { source, openGaps: value } of synchroniser.conservation()) {
    yield [{ history, source }, value];
  }
}
