import { RungError } from "../../../runtime/core/errors.ts";
import type { Historian } from "../../../runtime/describe/historian/historian.ts";
import { HISTORIAN_SINK } from "../../../runtime/describe/historian/historian-sink.ts";
import type { History } from "../../../runtime/describe/historian/history.ts";
import { historyWords } from "../../../runtime/describe/historian/history-words.ts";
import { InfluxHistory } from "../../../runtime/describe/influx/influx-history.ts";
import type { InfluxSettings } from "../../../runtime/describe/influx/influx-settings.ts";
import { InfluxSink } from "../../../runtime/describe/influx/influx-sink.ts";
import { influxWords, type StoreWords, withMirror } from "../../../runtime/describe/influx/influx-words.ts";
import { openInflux } from "../../../runtime/describe/influx/open-influx.ts";
import type { Sink } from "../../../runtime/describe/sink.ts";
import type { Synchroniser } from "../../../runtime/describe/synchroniser.ts";
import { services } from "../../../runtime/host/services.ts";
import { linkIdOf } from "../../link-login.ts";

/** A store of samples as nodes use it: asked as a history, and fed through a synchroniser. */
export interface HistoryStore {
  readonly history: History;
  /** The synchroniser before the store; it feeds the store, and its mirror, from the first call on. */
  open(): Promise<Synchroniser>;
  words(synchroniser: Synchroniser): Promise<StoreWords>;
  /** What a sink last said of samples that it will never take. */
  refusal(synchroniser: Synchroniser): RungError | undefined;
  /** Stops feeding what settings may change; what waits stays in the spool. */
  close(): Promise<void>;
}

interface Parts {
  readonly history: History;
  readonly open: () => Promise<Synchroniser>;
  /** The cursor of the store itself. */
  readonly sink: string;
  readonly words: (synchroniser: Synchroniser) => Promise<StoreWords>;
  /** Sinks that come and go with the settings: an InfluxDB as the store, and the mirror. */
  readonly sinks: readonly Sink[];
  readonly mirror: Mirror;
}

/** What else gets the samples of a store: an InfluxDB, nothing, or why it cannot. The store itself goes on without it. */
export type Mirror = Sink | RungError | undefined;

class FedStore implements HistoryStore {
  readonly history: History;
  readonly #parts: Parts;
  #opening: Promise<Synchroniser> | undefined;

  constructor(parts: Parts) {
    this.history = parts.history;
    this.#parts = parts;
  }

  open(): Promise<Synchroniser> {
    this.#opening ??= this.#open().catch((thrown: unknown) => {
      this.#opening = undefined;
      throw thrown;
    });
    return this.#opening;
  }

  async words(synchroniser: Synchroniser): Promise<StoreWords> {
    const { mirror } = this.#parts;
    const words = await this.#parts.words(synchroniser);
    if (mirror === undefined) return words;
    if (mirror instanceof RungError)
      return { text: `${words.text} · no mirror: ${mirror.code}`, mark: "attention" };
    return withMirror(words, synchroniser.totals(mirror.name), synchroniser.troubleOf(mirror.name));
  }

  refusal(synchroniser: Synchroniser): RungError | undefined {
    const names = [this.#parts.sink, ...this.#parts.sinks.map(({ name }) => name)];
    return names.map((name) => synchroniser.refusalOf(name)).find((refusal) => refusal !== undefined);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    const synchroniser = await opening.catch(() => undefined);
    for (const { name } of this.#parts.sinks) await synchroniser?.detach(name);
  }

  async #open(): Promise<Synchroniser> {
    const synchroniser = await this.#parts.open();
    for (const sink of this.#parts.sinks) await synchroniser.attach(sink);
    return synchroniser;
  }
}

/** The name of a cursor of an InfluxDB, which stays the same while its configuration node does. */
const cursorName = (id: string): string => `influx-${linkIdOf(id)}`;

/** An InfluxDB as a mirror of another store. @param id of its configuration node */
export const influxMirror = (id: string, settings: InfluxSettings): Sink =>
  new InfluxSink(cursorName(id), openInflux(settings), settings, true);

const sinksOf = (mirror: Mirror): Sink[] =>
  mirror === undefined || mirror instanceof RungError ? [] : [mirror];

/** Rung's own historian, and what else gets its samples. */
export function embeddedStore(historian: Historian, mirror?: Mirror): HistoryStore {
  return new FedStore({
    history: historian,
    open: () => services().synchroniser(historian),
    sink: HISTORIAN_SINK,
    words: async (synchroniser) =>
      historyWords(
        await historian.facts(),
        synchroniser.totals(HISTORIAN_SINK),
        synchroniser.troubleOf(HISTORIAN_SINK),
      ),
    sinks: sinksOf(mirror),
    mirror,
  });
}

/**
 * An InfluxDB as the store.
 * @param id of its configuration node
 * @param readOnly nothing is ever written there, and no spool is made
 */
export function influxStore(
  id: string,
  settings: InfluxSettings,
  readOnly: boolean,
  mirror?: Mirror,
): HistoryStore {
  const server = openInflux(settings);
  const sink = new InfluxSink(cursorName(id), server, settings);
  return new FedStore({
    history: new InfluxHistory(server, settings),
    open: async () => {
      if (!readOnly) return services().synchroniserFor(linkIdOf(id));
      throw new RungError({
        code: "history-read-only",
        where: server.where,
        what: "is only read",
        advice: "wire the history node to another historian, or clear the mark in this one",
      });
    },
    sink: sink.name,
    words: async (synchroniser) =>
      influxWords(synchroniser.totals(sink.name), synchroniser.troubleOf(sink.name)),
    sinks: [sink, ...sinksOf(mirror)],
    mirror,
  });
}
