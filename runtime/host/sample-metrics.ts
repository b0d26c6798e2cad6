import { relative } from "node:path";
import { type Figure, figures } from "./metrics.ts";
import { type Services, services } from "./services.ts";

type Labels = Readonly<Record<string, string>>;

/** A figure for each reason why samples were dropped. */
function byReason(labels: Labels, dropped: Readonly<Record<string, number>>): Figure[] {
  return Object.entries(dropped).map(([reason, rows]) => [{ ...labels, reason }, rows]);
}

/**
 * What became of every sample, at each of the three places that count: a source receives, emits and drops; a twin's
 * state receives, accepts, leaves out repetitions and drops; a historian receives, stores, lets wait, leaves out
 * repetitions and drops. At each place, received is the sum of the others. What retention drops later was stored, and is
 * counted by itself. Beside it what the historian's database holds in memory.
 */
export function measureSamples(): void {
  const historians = ({ historians, home }: Services) =>
    historians.flatMap((historian) =>
      [...historian.countsBySource()].map(([source, counts]) => ({
        labels: { historian: relative(home, historian.file), source },
        counts,
      })),
    );
  const states = ({ twins }: Services) =>
    twins.list().map(({ state }) => ({ labels: { twin: state.address }, counts: state.counts }));
  const sources = ({ sourceCounters }: Services) =>
    [...sourceCounters].map(([source, counts]) => ({ labels: { source }, counts }));

  const atHistorian = (part: "received" | "stored" | "queued" | "deduplicated") => (): Figure[] =>
    historians(services()).map(({ labels, counts }) => [labels, counts[part]]);
  const ofHistorian = ["historian", "source"];
  figures(
    "rung_historian_samples_received_total",
    "Samples given to a historian",
    "counter",
    ofHistorian,
    atHistorian("received"),
  );
  figures(
    "rung_historian_samples_stored_total",
    "Samples on disk",
    "counter",
    ofHistorian,
    atHistorian("stored"),
  );
  figures(
    "rung_historian_samples_queued",
    "Samples that wait for the disk",
    "gauge",
    ofHistorian,
    atHistorian("queued"),
  );
  figures(
    "rung_historian_samples_deduplicated_total",
    "Samples that were on disk before",
    "counter",
    ofHistorian,
    atHistorian("deduplicated"),
  );
  figures(
    "rung_historian_samples_dropped_total",
    "Samples that did not get to the disk",
    "counter",
    [...ofHistorian, "reason"],
    () => historians(services()).flatMap(({ labels, counts }) => byReason(labels, counts.dropped)),
  );
  figures(
    "rung_historian_samples_expired_total",
    "Stored samples that retention dropped",
    "counter",
    ofHistorian,
    () =>
      services().historians.flatMap((historian) =>
        [...historian.expiredBySource()].map(
          ([source, rows]): Figure => [
            { historian: relative(services().home, historian.file), source },
            rows,
          ],
        ),
      ),
  );

  figures(
    "rung_historian_memory_bytes",
    "Memory a historian's database held at its last upkeep",
    "gauge",
    ["historian"],
    () =>
      services().historians.map(
        ({ file, memoryBytes }): Figure => [{ historian: relative(services().home, file) }, memoryBytes],
      ),
  );

  const atState = (part: "received" | "accepted" | "deduplicated") => (): Figure[] =>
    states(services()).map(({ labels, counts }) => [labels, counts[part]]);
  figures(
    "rung_twin_samples_received_total",
    "Samples given to a twin's state",
    "counter",
    ["twin"],
    atState("received"),
  );
  figures(
    "rung_twin_samples_accepted_total",
    "Samples the state took in",
    "counter",
    ["twin"],
    atState("accepted"),
  );
  figures(
    "rung_twin_samples_deduplicated_total",
    "Samples the state had before",
    "counter",
    ["twin"],
    atState("deduplicated"),
  );
  figures("rung_twin_samples_dropped_total", "Samples the state refused", "counter", ["twin", "reason"], () =>
    states(services()).flatMap(({ labels, counts }) => byReason(labels, counts.dropped)),
  );

  const atSource = (part: "received" | "emitted") => (): Figure[] =>
    sources(services()).map(({ labels, counts }) => [labels, counts[part]]);
  figures(
    "rung_source_samples_received_total",
    "Samples that came over a link",
    "counter",
    ["source"],
    atSource("received"),
  );
  figures(
    "rung_source_samples_emitted_total",
    "Samples a source sent on",
    "counter",
    ["source"],
    atSource("emitted"),
  );
  figures(
    "rung_source_samples_dropped_total",
    "Samples a source left out",
    "counter",
    ["source", "reason"],
    () => sources(services()).flatMap(({ labels, counts }) => byReason(labels, counts.dropped)),
  );
}
