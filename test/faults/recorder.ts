/**
 * Rung in a process of its own, as small as it can be: one link, one source, the synchroniser and the historian of the
 * product, joined as the nodes join them. It looks at its counters all the time and tells what it sees.
 */
import { readBindings } from "../../runtime/describe/binding-table.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { HistorianCounts } from "../../runtime/describe/historian/history-types.ts";
import { type Conservation, unaccounted } from "../../runtime/describe/ledger.ts";
import type { LinkState } from "../../runtime/describe/link-state.ts";
import { MqttLink } from "../../runtime/describe/mqtt/mqtt-link.ts";
import { MqttSource } from "../../runtime/describe/mqtt/mqtt-source.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import type { SourceCounters, SourceListener } from "../../runtime/describe/source-signal.ts";
import { HostPresence } from "../../runtime/describe/sparkplug/host-state.ts";
import { SparkplugSource } from "../../runtime/describe/sparkplug/sparkplug-source.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { Services } from "../../runtime/host/services.ts";
import { answer, givenOptions, tell } from "./child-side.ts";
import { ProcessSink } from "./process-sink.ts";
import { TWIN, tagName } from "./production.ts";

export type Wire =
  | { readonly kind: "opcua"; readonly endpoint: string; readonly isSecure?: boolean }
  | { readonly kind: "mqtt"; readonly url: string }
  | { readonly kind: "sparkplug"; readonly url: string; readonly edge: string; readonly reorderMs?: number };

export interface RecorderOptions {
  readonly home: string;
  readonly wire: Wire;
  readonly tags: number;
  readonly periodMs: number;
  /** Of the OPC UA link and its watchdog, ms. */
  readonly surviveMs?: number;
  readonly silentAfterMs?: number;
  /** False leaves everything in the spool. */
  readonly isStoring?: boolean;
  /** A second sink, in another process. */
  readonly sinkUrl?: string;
}

/** What the recorder tells several times a second. */
export interface RecorderView {
  readonly phase: LinkState["phase"];
  /** Code of what keeps the link from being connected. */
  readonly linkError: string | undefined;
  /** Newest source time that came; 0 before the first. */
  readonly newestUs: number;
  /** When every tag had been seen, in source time; 0 before. */
  readonly completeUs: number;
  readonly counters: SourceCounters;
  readonly spool: Conservation;
  readonly sinks: Readonly<Record<string, Conservation & { readonly late: number }>>;
  /** Times the law of conservation was looked at, and times it did not hold. */
  readonly looks: number;
  readonly violations: number;
  /** Codes of what it complained about. */
  readonly problems: readonly string[];
  readonly gapsTold: number;
  /** Samples that came from the server's history. */
  readonly filledIn: number;
  readonly trouble: string | undefined;
  readonly sparkplug?: SparkplugSource["sparkplug"];
}

/** Source times of the plant's last values, which are waited for. */
export interface FinishRequest {
  readonly lastUs: readonly number[];
  readonly waitMs: number;
}

/** What it says when it ends. */
export interface RecorderReport {
  readonly source: string;
  readonly view: RecorderView;
  /** The newest value of the plant has come. */
  readonly isCurrent: boolean;
  /** Nothing waits any more. */
  readonly isDrained: boolean;
  readonly historian: HistorianCounts | null;
}

const VIEW_MS = 150;
const DRAIN_MS = 30_000;
const FILL_MS = 15_000;
const TIMES_KEPT = 2000;

const options = givenOptions<RecorderOptions>();
const services = new Services(options.home);
const historian = services.historian();
const isStoring = options.isStoring ?? true;
const synchroniser = isStoring
  ? await services.synchroniser(historian)
  : await Synchroniser.open({ folder: `${historian.file}.sync` });
if (options.sinkUrl !== undefined) await synchroniser.attach(new ProcessSink(options.sinkUrl));

const nothing: Conservation = { received: 0, stored: 0, queued: 0, deduplicated: 0, dropped: {} };
const problems = new Set<string>();
const seen = new Set<number>();
/** Samples of the last source times that came: time -> samples. */
const arrivals = new Map<number, number>();
let newestUs = 0;
let completeUs = 0;
let gapsTold = 0;
let filledIn = 0;
let looks = 0;
let violations = 0;

const listener: SourceListener = {
  frame(frame) {
    if (frame.historical) filledIn += frame.length;
    for (let row = 0; row < frame.length; row++) {
      const timeUs = frame.sourceTimeUsAt(row);
      newestUs = Math.max(newestUs, timeUs);
      arrivals.set(timeUs, (arrivals.get(timeUs) ?? 0) + 1);
      seen.add(frame.indexAt(row));
    }
    for (const timeUs of arrivals.keys()) {
      if (arrivals.size <= TIMES_KEPT) break;
      arrivals.delete(timeUs);
    }
    if (completeUs === 0 && seen.size === options.tags) completeUs = newestUs;
    synchroniser
      .accept(frame)
      .catch((error: Error & { code?: string }) => problems.add(error.code ?? error.message));
  },
  gap(gap) {
    gapsTold++;
    if (isStoring) services.noteGap(gap);
    else synchroniser.noteGap(gap);
  },
  problem: (error) => void problems.add(error.code),
};

const common = {
  id: "source1",
  name: "source",
  clocks: services.clocks,
  epochs: new EpochCounter(services.home),
  listener,
};
const rows = (nodeId: (tag: number) => string) => {
  const { bindings, problems: wrong } = readBindings(
    Array.from({ length: options.tags }, (_, tag) => ({
      nodeId: nodeId(tag),
      path: tagName(tag),
      periodMs: options.periodMs,
    })),
    TWIN,
  );
  if (wrong.length > 0) throw wrong[0]!;
  return bindings;
};

let opcuaLink: OpcuaLink | undefined;

function makeSource(): OpcuaSource | MqttSource | SparkplugSource {
  const { wire } = options;
  const link = { id: "link1", name: "link", reality: "live" as const, home: options.home };
  if (wire.kind === "opcua") {
    opcuaLink = new OpcuaLink({
      ...link,
      endpoint: wire.endpoint,
      ...(wire.isSecure ? {} : { securityMode: "None" as const, securityPolicy: "None" as const }),
      ...(options.surviveMs === undefined ? {} : { surviveMs: options.surviveMs }),
    });
    return new OpcuaSource({
      ...common,
      link: opcuaLink,
      bindings: rows((tag) => `ns=1;s=${tagName(tag)}`),
      publishingIntervalMs: 100,
      fillsGaps: (past) => services.backfill(past, listener.problem),
      ...(options.silentAfterMs === undefined ? {} : { silentAfterMs: options.silentAfterMs }),
    });
  }
  if (wire.kind === "mqtt") {
    return new MqttSource({
      ...common,
      link: new MqttLink({ ...link, url: wire.url }),
      bindings: rows((tag) => `faults/${tagName(tag)}`),
    });
  }
  return new SparkplugSource({
    ...common,
    link: new MqttLink({ ...link, url: wire.url, presence: new HostPresence("rung") }),
    twin: TWIN,
    bindings: rows((tag) => `${wire.edge}#${tagName(tag)}`),
    ...(wire.reorderMs === undefined ? {} : { reorderMs: wire.reorderMs }),
  });
}

const source = makeSource();
source.start();

function view(): RecorderView {
  const conservation = synchroniser.conservation().find((one) => one.source === source.source);
  const { counters } = source;
  const dropped = Object.values(counters.dropped).reduce((sum, count) => sum + count, 0);
  const laws = [conservation?.spool ?? nothing, ...(conservation?.sinks ?? [])].map(unaccounted);
  // A frame that is being built has been received and not emitted yet: only OPC UA has none at this moment.
  if (options.wire.kind === "opcua") laws.push(counters.received - counters.emitted - dropped);
  if (conservation !== undefined) laws.push(counters.emitted - conservation.spool.received);
  looks++;
  if (laws.some((difference) => difference !== 0)) violations++;
  return {
    phase: source.linkState.phase,
    linkError: source.linkState.error?.code,
    newestUs,
    completeUs,
    counters,
    spool: conservation?.spool ?? nothing,
    sinks: Object.fromEntries((conservation?.sinks ?? []).map((one) => [one.sink, one])),
    looks,
    violations,
    problems: [...problems],
    gapsTold,
    filledIn,
    trouble: synchroniser.trouble?.message,
    ...(source instanceof SparkplugSource ? { sparkplug: source.sparkplug } : {}),
  };
}

setInterval(() => tell("view", view()), VIEW_MS);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function waitFor(condition: () => boolean, mostMs: number): Promise<boolean> {
  const endMs = performance.now() + mostMs;
  while (!condition()) {
    if (performance.now() > endMs) return false;
    await pause(20);
  }
  return true;
}

answer({
  /** A person trusts the server. */
  async trust() {
    await waitFor(() => opcuaLink?.state.phase === "waits-for-trust", 15_000);
    await opcuaLink?.trust(opcuaLink.peerCertificate()!.fingerprint, "the harness");
  },
  /** The plant has stopped: takes what is still on its way, stores everything and ends. */
  async finish({ lastUs, waitMs }: FinishRequest): Promise<RecorderReport> {
    const hasCome = (timeUs: number): boolean => (arrivals.get(timeUs) ?? 0) >= options.tags;
    const isCurrent = await waitFor(() => lastUs.every(hasCome), waitMs);
    // What stays open with a reason will not be filled in.
    const isFilled = () =>
      synchroniser.gaps.query({ source: source.source, state: "open" }).every((gap) => gap.backfillProblem);
    if (source instanceof OpcuaSource && isStoring) await waitFor(isFilled, FILL_MS);
    await source.stop();
    const queued = (): number => {
      const { spool, sinks } = view();
      return Object.values(sinks).reduce((sum, sink) => sum + sink.queued, spool.queued);
    };
    const isDrained = await waitFor(() => queued() === 0, DRAIN_MS);
    const report = {
      source: source.source,
      view: view(),
      isCurrent,
      isDrained,
      historian: historian.countsBySource().get(source.source) ?? null,
    };
    if (isStoring) await services.close();
    else await synchroniser.close();
    setTimeout(() => process.exit(0), 10);
    return report;
  },
});
