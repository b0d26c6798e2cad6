import { setTimeout as pause } from "node:timers/promises";
import type { ClientSession } from "node-opcua";
import { VirtualClock } from "../../core/clock.ts";
import { Dictionary } from "../../core/dictionary.ts";
import type { RungError } from "../../core/errors.ts";
import type { Binding } from "../binding-table.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import type { LinkState } from "../link-state.ts";
import type { GapFilling, PastReader } from "../past-reader.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { CANARY, readPlantClock } from "./clock-items.ts";
import { EventItems } from "./event-items.ts";
import { ItemFrames } from "./item-frames.ts";
import { LINK_DEFAULTS } from "./link-options.ts";
import { MethodCalls } from "./method-calls.ts";
import type { OpcuaLink, OpcuaLinkUser } from "./opcua-link.ts";
import { OpcuaPast } from "./opcua-past.ts";
import { OutageLimits } from "./outage-limits.ts";
import { PublishStream } from "./publish-stream.ts";
import type { ReadingDepth } from "./sample-value.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { sourceProblems } from "./source-problems.ts";
import { SourceReach } from "./source-reach.ts";
import { StructureTypes } from "./structure-types.ts";
import { type SubscribeOptions, subscribe } from "./subscribe.ts";

export interface OpcuaSourceOptions {
  /** Id of the node; with the link's id it names the source. */
  readonly id: string;
  readonly name: string;
  readonly link: OpcuaLink;
  readonly bindings: readonly Binding[];
  readonly clocks: ClockRegistry;
  readonly epochs: EpochCounter;
  readonly listener: SourceListener;
  /** Between two publish responses, ms of wall time. */
  readonly publishingIntervalMs?: number;
  /** 0 = as the server has it; timer sampling of thousands of items brings servers down. */
  readonly samplingIntervalMs?: number;
  /** Fills in gaps from what the server kept; without it they stay open. */
  readonly fillsGaps?: (past: PastReader) => GapFilling;
  /** The subscription is made anew when its canary has been silent for so long, ms of wall time. */
  readonly silentAfterMs?: number;
}

export const SOURCE_DEFAULTS = { publishingIntervalMs: 200, samplingIntervalMs: 0, silentAfterMs: 10_000 };

/**
 * One subscription on one link; emits one frame per publishing cycle.
 *
 * Besides its tags it carries a canary (the server's clock, or the virtual plant's), which proves that the server
 * samples and feeds the link's clock. A silent canary makes the subscription anew, and then the session.
 */
export class OpcuaSource implements OpcuaLinkUser {
  /** Identity in frames and clocks: `opcua:<link>:<node>`, stable over restarts. */
  readonly source: string;
  readonly counters: SourceCounters = { received: 0, emitted: 0, dropped: {}, frames: 0, gaps: 0 };
  readonly #options: OpcuaSourceOptions;
  readonly #publishingIntervalMs: number;
  readonly #surviveMs: number;
  readonly #problem: (error: RungError) => void;
  readonly #reach: SourceReach;
  readonly #structures: StructureTypes;
  readonly #events: EventItems;
  readonly #methods: MethodCalls;
  readonly #depths: readonly ReadingDepth[];
  readonly #frames: ItemFrames;
  readonly #stream: PublishStream;
  readonly #watch: SilenceWatch;
  readonly #limits: OutageLimits;
  #filling: GapFilling | undefined;
  #release: (() => Promise<void>) | undefined;
  #linkState: LinkState = { phase: "idle", sinceMs: 0 };
  #isStopped = false;
  /** Counts the attempts to subscribe: one that another has followed, or the end of the session, goes no further. */
  #attempt = 0;
  /** The session whose subscription is complete. */
  #subscribed: ClientSession | undefined;
  /** A server without a readable clock proves its life by any publish response. */
  #hasCanary = true;
  #unboundCount = 0;

  constructor(options: OpcuaSourceOptions) {
    const { bindings, link, listener, name } = options;
    this.#options = options;
    this.source = `opcua:${link.options.id}:${options.id}`;
    this.#publishingIntervalMs = options.publishingIntervalMs ?? SOURCE_DEFAULTS.publishingIntervalMs;
    this.#surviveMs = link.options.surviveMs ?? LINK_DEFAULTS.surviveMs;
    const problem = (error: RungError) => listener.problem(error);
    this.#problem = problem;
    this.#reach = new SourceReach(bindings);
    this.#structures = new StructureTypes(name, problem);
    this.#events = new EventItems(name, this.#structures, problem);
    this.#limits = new OutageLimits(name, bindings, problem);
    this.#depths = bindings.map(({ reach }) => ({ structures: this.#structures, field: reach?.field }));
    this.#watch = new SilenceWatch({
      silentAfterMs: Math.max(
        options.silentAfterMs ?? SOURCE_DEFAULTS.silentAfterMs,
        5 * this.#publishingIntervalMs,
      ),
      surviveMs: this.#surviveMs,
      session: () => this.#sessionNow(),
      silent: (part, silentMs, session) => this.#makeAnew(part, silentMs, session),
    });
    this.#frames = new ItemFrames({
      source: this.source,
      link,
      bindings,
      depths: this.#depths,
      dictionary: new Dictionary(bindings.map(({ property }) => property)),
      counters: this.counters,
      listener,
      sampled: () => this.#watch.sign(),
    });
    this.#methods = new MethodCalls({
      where: name,
      structures: this.#structures,
      speed: () => link.clock.speed,
      sample: (tag, value) => {
        try {
          this.#frames.sendAnswer(tag, value);
        } catch (thrown) {
          problem(sourceProblems.frameFailed(name, "the answer of a method", thrown));
        }
      },
      problem,
    });
    this.#stream = new PublishStream({
      gaps: this.#frames.gaps,
      events: this.#events,
      hasStructures: this.#reach.structureNodes().length > 0,
      responded: () => {
        if (!this.#hasCanary) this.#watch.sign();
      },
      items: (items) => this.#frames.send(items),
      alive: () => this.#frames.showLife(),
      repeated: (count) => this.#drop("repeated-notification", count),
      recreated: () => {
        this.#rebirth();
        void this.#events.refresh();
      },
      ended: () => {
        const session = this.#sessionNow();
        if (session !== undefined) void this.#subscribe(session);
      },
      failed: (error) => problem(sourceProblems.subscriptionBroke(name, error)),
      unread: (thrown) => problem(sourceProblems.frameFailed(name, "a publish response", thrown)),
    });
  }

  /** Grows when the server tells the names of an enum's codes. */
  get dictionary(): Dictionary {
    return this.#frames.dictionary;
  }

  /** Registers with the link, which connects at its first user. Returns at once; frames follow. */
  start(): void {
    this.#isStopped = false;
    this.#rebirth();
    this.#options.clocks.set(this.source, this.#options.link.clock);
    this.#watch.start();
    this.#filling = this.#options.fillsGaps?.(
      new OpcuaPast({
        frames: this.#frames,
        bindings: this.#options.bindings,
        depths: this.#depths,
        session: () => (this.#linkState.phase === "connected" ? this.#subscribed : undefined),
      }),
    );
    this.#release = this.#options.link.use(this);
  }

  /** Ends the subscription; the link disconnects with its last user. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#watch.stop();
    await this.#filling?.stop();
    const release = this.#release;
    this.#release = undefined;
    this.#methods.close();
    await this.#endSubscription();
    await release?.();
    this.#options.clocks.delete(this.source);
  }

  get linkState(): LinkState {
    return this.#linkState;
  }

  /** For the status line. `ageUs` is that of the newest sample on the link's clock. */
  summary(): { tags: number; unbound: number; perSecond: number; ageUs: number | undefined } {
    const { newestUs } = this.#frames;
    return {
      tags: this.#options.bindings.length - this.#unboundCount,
      unbound: this.#unboundCount,
      perSecond: this.#frames.perSecond(),
      ageUs: Number.isNaN(newestUs) ? undefined : Math.max(0, this.#options.link.clock.nowUs() - newestUs),
    };
  }

  state(state: LinkState): void {
    this.#linkState = state;
  }

  opened(session: ClientSession): void {
    void this.#subscribe(session);
  }

  closed(): void {
    this.#attempt++;
    this.#stream.drop();
    this.#methods.close();
    this.#subscribed = undefined;
    this.#frames.gaps.interrupt("session-restored");
  }

  broken(): void {
    this.#stream.flush();
    this.#frames.gaps.interrupt("connection-lost");
  }

  repaired(): void {
    this.#watch.patience();
    this.#filling?.wake();
    void this.#events.refresh();
  }

  /** While the source runs and the link says that all is fine. */
  #sessionNow(): ClientSession | undefined {
    const isFine = !this.#isStopped && this.#linkState.phase === "connected";
    return isFine ? this.#options.link.session : undefined;
  }

  #rebirth(): void {
    this.#frames.begin(this.#options.epochs.next(this.source));
  }

  async #subscribe(session: ClientSession): Promise<void> {
    const { link, name } = this.#options;
    const attempt = ++this.#attempt;
    const isOver = () => this.#isStopped || attempt !== this.#attempt;
    this.#subscribed = undefined;
    try {
      if (this.counters.frames > 0) this.#rebirth();
      this.#methods.close();
      this.#frames.forgetItems();
      this.#watch.patience();
      if (link.clock instanceof VirtualClock) await this.#readPlantClock(session, link.clock);
      await this.#structures.open(session, this.#reach.structureNodes());
      await this.#learnEnums(session);
      if (isOver()) return;
      const result = await subscribe(session, this.#reach.values(), this.#subscription());
      if (isOver()) return;
      this.#limits.tell(result, this.#surviveMs);
      this.#hasCanary = !result.refused.some(({ tag }) => tag === CANARY);
      const refused = [...result.refused, ...(await this.#subscribeToEvents(session))];
      if (isOver()) return;
      const uncalled = await this.#methods.open(session, this.#reach.methods());
      if (isOver()) return;
      this.#tellRefused(
        refused.filter(({ tag }) => tag >= 0),
        uncalled.length,
      );
      // Every item sends its present value with the next publish responses; gaps are filled in after that.
      await pause(2 * this.#publishingIntervalMs, undefined, { ref: false });
      if (isOver() || this.#stream.subscription === undefined) return;
      this.#subscribed = session;
      this.#filling?.connected();
    } catch (thrown) {
      // The session may have gone while it was being subscribed to; the link comes back with another.
      if (isOver() || link.session !== session) return;
      this.#problem(sourceProblems.notSubscribed(name, thrown));
      setTimeout(() => {
        if (!isOver()) link.reconnect();
      }, 1000).unref();
    }
  }

  #subscription(): SubscribeOptions {
    const { link, samplingIntervalMs } = this.#options;
    return {
      publishingIntervalMs: this.#publishingIntervalMs,
      samplingIntervalMs: samplingIntervalMs ?? SOURCE_DEFAULTS.samplingIntervalMs,
      surviveMs: this.#surviveMs,
      virtual: link.clock instanceof VirtualClock,
      speed: link.clock.speed,
      created: (subscription) => this.#stream.attach(subscription, link.client),
      added: (handle, tag) => this.#frames.addItem(handle, tag),
    };
  }

  async #subscribeToEvents(session: ClientSession): Promise<{ tag: number; status: string }[]> {
    const bindings = this.#reach.events();
    const { subscription } = this.#stream;
    if (bindings.length === 0 || subscription === undefined) return [];
    return this.#events.monitor(session, subscription, bindings, (handle, tag) =>
      this.#frames.addItem(handle, tag),
    );
  }

  /** @param uncalledCount methods, which have been told */
  #tellRefused(refused: readonly { tag: number; status: string }[], uncalledCount: number): void {
    this.#unboundCount = refused.length + uncalledCount;
    const { bindings, name } = this.#options;
    for (const { tag, status } of refused) {
      this.#problem(sourceProblems.refusedTag(name, bindings[tag]!, status));
    }
  }

  /** Names are a comfort: a server that cannot tell them is read all the same. */
  async #learnEnums(session: ClientSession): Promise<void> {
    const { dictionary } = this;
    try {
      const named = await this.#reach.namedEnums(session);
      if (named === undefined || JSON.stringify(named) === JSON.stringify(dictionary.properties)) return;
      this.#frames.use(new Dictionary(named, dictionary.version + 1));
    } catch (thrown) {
      this.#problem(sourceProblems.noEnumNames(this.#options.name, thrown));
    }
  }

  async #readPlantClock(session: ClientSession, clock: VirtualClock): Promise<void> {
    const now = await readPlantClock(session);
    if (now !== undefined) clock.observe(now.timeUs, now.speed);
    else this.#problem(sourceProblems.noPlantClock(this.#options.name));
  }

  #drop(reason: string, count: number): void {
    this.counters.received += count;
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + count;
  }

  async #makeAnew(part: "subscription" | "session", silentMs: number, session: ClientSession): Promise<void> {
    const { link, name } = this.#options;
    // What waits came before the silence.
    this.#stream.flush();
    this.#frames.gaps.interrupt("silent");
    this.#problem(sourceProblems.silent(name, part, silentMs));
    if (part === "session") {
      link.reconnect();
      return;
    }
    const attempt = ++this.#attempt;
    await this.#endSubscription();
    if (attempt === this.#attempt) await this.#subscribe(session);
  }

  async #endSubscription(): Promise<void> {
    try {
      await this.#stream.end();
    } catch (thrown) {
      // A server that is away cannot be told; its subscription ends by its own lifetime.
      if (this.#linkState.phase !== "connected") return;
      this.#problem(sourceProblems.subscriptionBroke(this.#options.name, thrown as Error));
    }
  }
}
