import { setTimeout as pause } from "node:timers/promises";
import type { ClientSession, ClientSubscription, DataValue, NotificationMessage } from "node-opcua";
import { LiveClock, VirtualClock } from "../../core/clock.ts";
import { Dictionary } from "../../core/dictionary.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import { type Frame, FrameBuilder } from "../../core/frame.ts";
import { BAD_INVALID_TIMESTAMP, hasOverflow, isBad } from "../../core/quality.ts";
import { type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { Binding } from "../binding-table.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import { GapWatch } from "../gap-watch.ts";
import type { LinkState } from "../link-state.ts";
import { implausible, MOST_AHEAD_US } from "../message-clock.ts";
import type { GapFilling, PastReader, PastSample } from "../past-reader.ts";
import { RateMeter } from "../rate-meter.ts";
import { type SampleFault, sampleFault } from "../sample-fault.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { serverLimit } from "./connection-error.ts";
import { EventItems, type EventNotification } from "./event-items.ts";
import { LINK_DEFAULTS } from "./link-options.ts";
import { MethodCalls } from "./method-calls.ts";
import { NotificationSequence } from "./notification-sequence.ts";
import type { OpcuaLink, OpcuaLinkUser } from "./opcua-link.ts";
import { OpcuaPast } from "./opcua-past.ts";
import { outageLimits } from "./outage-limits.ts";
import { PublishCycle } from "./publish-cycle.ts";
import { newReading, type ReadingDepth, readInto } from "./sample-value.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { type ItemNotification, inSourceOrder } from "./source-order.ts";
import { handleOfMethod, SourceReach } from "./source-reach.ts";
import { StructureTypes } from "./structure-types.ts";
import {
  CANARY,
  type MonitoredTag,
  PLANT_SPEED,
  PLANT_TIME,
  readPlantClock,
  type Subscribed,
  subscribe,
} from "./subscribe.ts";

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
 * One subscription on one link; emits one frame per publish response.
 *
 * Besides its tags it carries a canary (the server's clock, or the virtual plant's), which proves that the server
 * samples and feeds the link's clock. A silent canary makes the subscription anew, and then the session.
 */
export class OpcuaSource implements OpcuaLinkUser {
  /** Identity in frames and clocks: `opcua:<link>:<node>`, stable over restarts. */
  readonly source: string;
  readonly counters: SourceCounters = { received: 0, emitted: 0, dropped: {}, frames: 0, gaps: 0 };
  readonly #options: OpcuaSourceOptions;
  readonly #gaps: GapWatch;
  /** Structures are decoded by node-opcua after it has told of a response, those of unknown types at least. */
  readonly #hasStructures: boolean;
  /** Methods are called beside the subscription: their samples say nothing about its gaps. */
  readonly #methodGaps: GapWatch;
  readonly #reach: SourceReach;
  readonly #structures: StructureTypes;
  readonly #events: EventItems;
  readonly #methods: MethodCalls;
  /** By tag: how to look into a value. */
  readonly #depths: readonly ReadingDepth[];
  #dictionary: Dictionary;
  readonly #reading = newReading();
  readonly #rate = new RateMeter();
  #epoch = 0;
  #sequence = 0;
  #release: (() => Promise<void>) | undefined;
  #subscription: ClientSubscription | undefined;
  /** Client handle -> property, or one of CANARY, PLANT_TIME, PLANT_SPEED. */
  #tagOfHandle = new Map<number, number>();
  readonly #notifications = new NotificationSequence();
  readonly #cycle = new PublishCycle((items) => this.#emit(items));
  readonly #watch: SilenceWatch;
  /** A server without a readable clock proves its life by any publish response. */
  #hasCanary = true;
  #unboundCount = 0;
  /** The session whose subscription is complete. */
  #subscribed: ClientSession | undefined;
  #filling: GapFilling | undefined;
  /** Source time of the first sample of each tag since the subscription was made. */
  readonly #firstUs: Float64Array;
  #linkState: LinkState = { phase: "idle", sinceMs: 0 };

  constructor(options: OpcuaSourceOptions) {
    this.#options = options;
    this.source = `opcua:${options.link.options.id}:${options.id}`;
    this.#dictionary = new Dictionary(options.bindings.map((binding) => binding.property));
    const newGaps = () =>
      new GapWatch(
        this.source,
        options.bindings.map((binding) => binding.property.address),
        options.bindings.map(({ property }) =>
          property.update.mode === "cyclic" ? property.update.periodMs : 0,
        ),
      );
    this.#gaps = newGaps();
    this.#methodGaps = newGaps();
    this.#firstUs = new Float64Array(options.bindings.length).fill(Number.NaN);
    const { link, name, listener } = options;
    const problem = (error: RungError) => listener.problem(error);
    this.#reach = new SourceReach(options.bindings);
    this.#hasStructures = this.#reach.structureNodes().length > 0;
    this.#structures = new StructureTypes(name, problem);
    this.#events = new EventItems(name, this.#structures, problem);
    this.#methods = new MethodCalls({
      where: name,
      structures: this.#structures,
      speed: () => link.clock.speed,
      sample: (tag, value) => this.#receiveAnswer(tag, value),
      problem,
    });
    this.#depths = options.bindings.map(({ reach }) => ({
      structures: this.#structures,
      field: reach?.field,
    }));
    this.#watch = new SilenceWatch({
      silentAfterMs: Math.max(
        options.silentAfterMs ?? SOURCE_DEFAULTS.silentAfterMs,
        5 * (options.publishingIntervalMs ?? SOURCE_DEFAULTS.publishingIntervalMs),
      ),
      surviveMs: link.options.surviveMs ?? LINK_DEFAULTS.surviveMs,
      session: () => (this.#linkState.phase === "connected" ? link.session : undefined),
      silent: (part, silentMs, session) => this.#makeAnew(part, silentMs, session),
    });
  }

  /** Grows when the server tells the names of an enum's codes. */
  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /** Registers with the link, which connects at its first user. Returns at once; frames follow. */
  start(): void {
    this.#rebirth();
    this.#options.clocks.set(this.source, this.#options.link.clock);
    this.#watch.start();
    this.#filling = this.#options.fillsGaps?.(
      new OpcuaPast({
        source: this.source,
        dictionary: this.dictionary,
        bindings: this.#options.bindings,
        depths: this.#depths,
        session: () => (this.#linkState.phase === "connected" ? this.#subscribed : undefined),
        isFirst: (index, timeUs) => this.#firstUs[index] === timeUs,
        send: (samples) => this.#sendPast(samples),
      }),
    );
    this.#release = this.#options.link.use(this);
  }

  /** Ends the subscription; the link disconnects with its last user. */
  async stop(): Promise<void> {
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
    const newestUs = this.#gaps.newestUs;
    return {
      tags: this.#options.bindings.length - this.#unboundCount,
      unbound: this.#unboundCount,
      perSecond: this.#rate.perSecond(),
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
    this.#cycle.flush();
    this.#methods.close();
    this.#subscription = undefined;
    this.#subscribed = undefined;
    this.#gaps.interrupt("session-restored");
  }

  broken(): void {
    this.#cycle.flush();
    this.#gaps.interrupt("connection-lost");
  }

  repaired(): void {
    this.#watch.patience();
    this.#filling?.wake();
    void this.#events.refresh();
  }

  #rebirth(): void {
    this.#epoch = this.#options.epochs.next(this.source);
    this.#sequence = 0;
    this.#firstUs.fill(Number.NaN);
  }

  async #subscribe(session: ClientSession): Promise<void> {
    const { link, bindings } = this.#options;
    this.#subscribed = undefined;
    try {
      if (this.counters.frames > 0) this.#rebirth();
      this.#notifications.reset();
      this.#methods.close();
      this.#tagOfHandle = this.#reach.handlesOfMethods();
      this.#watch.patience();
      if (link.clock instanceof VirtualClock) await this.#readPlantClock(session, link.clock);
      await this.#structures.open(session, this.#reach.structureNodes());
      await this.#learnEnums(session);
      const tags: MonitoredTag[] = this.#reach.values();
      const surviveMs = link.options.surviveMs ?? LINK_DEFAULTS.surviveMs;
      const result = await subscribe(session, tags, {
        publishingIntervalMs: this.#options.publishingIntervalMs ?? SOURCE_DEFAULTS.publishingIntervalMs,
        samplingIntervalMs: this.#options.samplingIntervalMs ?? SOURCE_DEFAULTS.samplingIntervalMs,
        surviveMs,
        virtual: link.clock instanceof VirtualClock,
        speed: link.clock.speed,
        created: (subscription) => this.#attach(subscription),
        added: (handle, tag) => this.#tagOfHandle.set(handle, tag),
      });
      this.#tellLimits(result, surviveMs);
      const refused = [...result.refused, ...(await this.#subscribeToEvents(session))];
      const uncalled = await this.#methods.open(session, this.#reach.methods());
      this.#unboundCount = uncalled.length;
      this.#hasCanary = !result.refused.some(({ tag }) => tag === CANARY);
      for (const { tag, status } of refused) {
        if (tag < 0) continue;
        this.#unboundCount++;
        const where = `${this.#options.name}, ${bindings[tag]!.property.address}`;
        this.#options.listener.problem(
          serverLimit(where, status) ??
            new RungError({
              code: "unknown-node-id",
              where,
              what: `the server refuses ${bindings[tag]!.tag}: ${status}`,
              advice: "correct the node id in the table; the other tags go on",
            }),
        );
      }
      await this.#awaitFirstValues(session);
    } catch (thrown) {
      // The session may have gone while it was being subscribed to; the link comes back with another.
      if (!this.#release || link.session !== session) return;
      this.#options.listener.problem(
        serverLimit(this.#options.name, messageOf(thrown)) ??
          new RungError({
            code: "subscription-failed",
            where: this.#options.name,
            what: messageOf(thrown).split("\n")[0]!,
            advice: "the session is made anew",
            cause: thrown,
          }),
      );
      setTimeout(() => link.reconnect(), 1000).unref();
    }
  }

  /** Every item sends its present value with the next publish responses; gaps are filled in after that. */
  async #awaitFirstValues(session: ClientSession): Promise<void> {
    const subscription = this.#subscription;
    await pause(2 * (this.#options.publishingIntervalMs ?? SOURCE_DEFAULTS.publishingIntervalMs), undefined, {
      ref: false,
    });
    if (subscription === undefined || this.#subscription !== subscription) return;
    this.#subscribed = session;
    this.#filling?.connected();
  }

  #limitsTold = "";
  /** Told once, and again where it has changed: a session may be made anew every few seconds. */
  #tellLimits(result: Subscribed, surviveMs: number): void {
    const limits = outageLimits(this.#options.name, result, this.#options.bindings, surviveMs);
    const text = limits.map(messageOf).join();
    if (text !== this.#limitsTold) for (const limit of limits) this.#options.listener.problem(limit);
    this.#limitsTold = text;
  }

  async #subscribeToEvents(session: ClientSession): Promise<{ tag: number; status: string }[]> {
    const bindings = this.#reach.events();
    const subscription = this.#subscription;
    if (bindings.length === 0 || subscription === undefined) return [];
    return this.#events.monitor(session, subscription, bindings, (handle, tag) =>
      this.#tagOfHandle.set(handle, tag),
    );
  }

  /** Names are a comfort: a server that cannot tell them is read all the same. */
  async #learnEnums(session: ClientSession): Promise<void> {
    try {
      const named = await this.#reach.namedEnums(session);
      if (named === undefined || JSON.stringify(named) === JSON.stringify(this.#dictionary.properties))
        return;
      this.#dictionary = new Dictionary(named, this.#dictionary.version + 1);
    } catch (thrown) {
      this.#options.listener.problem(
        new RungError({
          code: "no-enum-names",
          where: this.#options.name,
          what: `the server does not tell the names of its enums: ${messageOf(thrown).split("\n")[0]}`,
          advice: "their codes are read all the same",
          cause: thrown,
        }),
      );
    }
  }

  async #readPlantClock(session: ClientSession, clock: VirtualClock): Promise<void> {
    const now = await readPlantClock(session);
    if (now !== undefined) clock.observe(now.timeUs, now.speed);
    else {
      this.#options.listener.problem(
        new RungError({
          code: "no-plant-clock",
          where: this.#options.name,
          what: "the server publishes no Plant.Time, which a virtual link takes its time from",
          advice: "set the link's reality to live, or connect it to the virtual plant",
        }),
      );
    }
  }

  #attach(subscription: ClientSubscription): void {
    this.#subscription = subscription;
    const whileCurrent =
      <T>(react: (detail: T) => void) =>
      (detail: T) => {
        if (this.#subscription === subscription) react(detail);
      };
    // Told just before the notification of the same response.
    const announced = (response: { subscriptionId?: number; moreNotifications?: boolean }): void => {
      const { subscriptionId, moreNotifications } = response;
      if (moreNotifications !== undefined && subscriptionId === subscription.subscriptionId) {
        this.#cycle.announce(moreNotifications);
      }
    };
    const { client } = this.#options.link;
    client?.on("receive_response", announced as (response: object) => void);
    subscription.on("terminated", () => {
      client?.removeListener("receive_response", announced as (response: object) => void);
    });
    subscription.on(
      "terminated",
      whileCurrent(() => this.#endedByServer()),
    );
    subscription.on(
      "raw_notification",
      whileCurrent((message) => this.#receive(message)),
    );
    subscription.on(
      "subscriptionId_changed",
      whileCurrent(() => {
        this.#cycle.flush();
        this.#notifications.reset();
        this.#rebirth();
        this.#gaps.interrupt("subscription-recreated");
        void this.#events.refresh();
      }),
    );
    const failed = whileCurrent((error: Error) => this.#subscriptionFailed(error));
    subscription.on("error", failed);
    subscription.on("internal_error", failed);
  }

  /** The server says that it has ended the subscription (OPC 10000-4, 5.14.1.1: its lifetime is over). */
  #endedByServer(): void {
    this.#cycle.flush();
    this.#subscription = undefined;
    this.#gaps.interrupt("subscription-recreated");
    const { session } = this.#options.link;
    if (session !== undefined && this.#linkState.phase === "connected") void this.#subscribe(session);
  }

  #subscriptionFailed(error: Error): void {
    this.#options.listener.problem(
      new RungError({
        code: "subscription-failed",
        where: this.#options.name,
        what: messageOf(error).split("\n")[0]!,
        advice: "it is made anew when it stays silent",
        cause: error,
      }),
    );
  }

  /** node-opcua swallows what a listener throws, so nothing may leave here. */
  #receive(message: NotificationMessage): void {
    this.#passOn("a publish response", () => this.#accept(message));
  }

  #receiveAnswer(tag: number, value: DataValue): void {
    const item = { clientHandle: handleOfMethod(tag), value };
    this.#passOn("the answer of a method", () => this.#emit([item], this.#methodGaps));
  }

  #passOn(what: string, act: () => void): void {
    try {
      act();
    } catch (thrown) {
      this.#options.listener.problem(
        new RungError({
          code: "frame-failed",
          where: this.#options.name,
          what: `${what} could not be passed on: ${messageOf(thrown)}`,
          cause: thrown,
        }),
      );
    }
  }

  #accept(message: NotificationMessage): void {
    if (!this.#hasCanary) this.#watch.sign();
    const items: ItemNotification[] = [];
    for (const data of message.notificationData ?? []) {
      const notification = data as {
        monitoredItems?: ItemNotification[] | null;
        events?: EventNotification[] | null;
      } | null;
      for (const event of notification?.events ?? []) {
        const item = this.#events.notification(event);
        if (item !== undefined) items.push(item);
      }
      const changes = notification?.monitoredItems;
      if (changes) for (const change of changes) items.push(change);
      // node-opcua would go through them all once more, for listeners of single items that nobody has registered.
      if (changes && !this.#hasStructures) notification.monitoredItems = [];
    }
    // A keep-alive has the number of the next notification; everything else has one of its own.
    if (!message.notificationData?.length) {
      this.#emitSignOfLife();
      return;
    }
    const arrival = this.#notifications.accept(message.sequenceNumber);
    if (arrival === "repeated") {
      this.counters.received += items.length;
      this.#drop("repeated-notification", items.length);
      return;
    }
    if (arrival === "next") this.#gaps.continues();
    if (arrival === "jump") this.#gaps.interrupt("notification-missing");
    if (items.length > 0) this.#cycle.add(items);
    else this.#emitSignOfLife();
  }

  /** One frame: of a publishing cycle, or of a method's answer. */
  #emit(items: readonly ItemNotification[], gaps = this.#gaps): void {
    const receiveTimeUs = wallTimeUs();
    const { link, bindings } = this.#options;
    const builder = new FrameBuilder(
      { source: this.source, reality: link.options.reality, dictionary: this.dictionary },
      items.length,
    );
    const reading = this.#reading;
    // The canary first: it tells what time it is at the plant, and so which source times can be none.
    for (const { clientHandle, value } of items) {
      const tag = this.#tagOfHandle.get(clientHandle);
      if (tag !== undefined && tag < 0) this.#observe(tag, value, receiveTimeUs);
    }
    const nowUs = link.clock.nowUs();
    for (const { clientHandle, value } of inSourceOrder(items)) {
      const tag = this.#tagOfHandle.get(clientHandle);
      if (tag === undefined || tag < 0) continue;
      const { property, toProperty } = bindings[tag]!;
      readInto(reading, value, property.type, toProperty, this.#depths[tag]);
      if (reading.issue !== undefined) this.#issue(property.address, reading.issue);
      // A server that gives no source time leaves that of the arrival.
      if (Number.isNaN(reading.sourceTimeUs)) reading.sourceTimeUs = nowUs;
      const fault = implausible(reading.sourceTimeUs, nowUs + MOST_AHEAD_US);
      if (fault === undefined) {
        if (Number.isNaN(this.#firstUs[tag]!)) this.#firstUs[tag] = reading.sourceTimeUs;
        gaps.sample(tag, reading.sourceTimeUs, hasOverflow(reading.quality));
      } else {
        this.#issue(property.address, fault);
        reading.sourceTimeUs = nowUs;
        if (!isBad(reading.quality)) reading.quality = BAD_INVALID_TIMESTAMP;
      }
      builder.add(tag, reading.value, reading.sourceTimeUs, reading.quality, reading.other);
    }
    // Before the frame: who finds the same gap by the frame's epoch then knows already what it is.
    for (const gap of gaps.take()) {
      this.counters.gaps++;
      this.#options.listener.gap(gap);
    }
    const rows = builder.length;
    this.counters.received += rows;
    if (rows > 0) {
      // Samples prove that the server samples as well as the canary does, which may queue behind them.
      if (gaps === this.#gaps) this.#watch.sign();
      const frame = builder.build({ epoch: this.#epoch, first: this.#sequence, receiveTimeUs });
      this.#sequence += rows;
      this.#rate.add(rows);
      this.counters.frames++;
      this.counters.emitted += rows;
      for (const issue of frame.issues) this.#issue(issue.address, issue.reason);
      this.#options.listener.frame(frame);
    } else this.#emitSignOfLife();
  }

  /** Rows of the past take their numbers among those of now, so that none is ever missing in the sequence. */
  #sendPast(samples: readonly PastSample[]): Frame {
    const head = {
      source: this.source,
      reality: this.#options.link.options.reality,
      dictionary: this.dictionary,
    };
    const builder = new FrameBuilder(head, samples.length);
    for (const { index, value, sourceTimeUs, quality, other } of samples) {
      builder.add(index, value, sourceTimeUs, quality, other);
    }
    const frame = builder.build({
      epoch: this.#epoch,
      first: this.#sequence,
      receiveTimeUs: wallTimeUs(),
      historical: true,
    });
    this.#sequence += frame.length;
    this.counters.received += frame.length;
    this.counters.emitted += frame.length;
    this.counters.frames++;
    this.#options.listener.frame(frame);
    return frame;
  }

  /** A frame without rows: the channel lives, and what is on change has not changed. */
  #emitSignOfLife(): void {
    const head = {
      source: this.source,
      reality: this.#options.link.options.reality,
      dictionary: this.dictionary,
    };
    const now = { epoch: this.#epoch, first: this.#sequence, receiveTimeUs: wallTimeUs() };
    this.#options.listener.frame(new FrameBuilder(head, 0).build(now));
  }

  readonly #issuesTold = new Set<string>();
  /** Told once per property and reason: a sensor that sends NaN sends it ten times a second. */
  #issue(address: string, reason: SampleFault): void {
    const key = `${address} ${reason}`;
    if (this.#issuesTold.has(key)) return;
    this.#issuesTold.add(key);
    this.#options.listener.problem(sampleFault(address, reason));
  }

  #observe(tag: number, data: DataValue, receiveTimeUs: TimeUs): void {
    this.#watch.sign();
    const { clock } = this.#options.link;
    const value: unknown = data.value?.value;
    if (tag === CANARY && clock instanceof LiveClock && value instanceof Date) {
      clock.observe(value.getTime() * 1000, receiveTimeUs);
    }
    if (!(clock instanceof VirtualClock)) return;
    if (tag === PLANT_TIME && value instanceof Date) clock.observe(value.getTime() * 1000);
    if (tag === PLANT_SPEED && typeof value === "number") clock.observe(clock.nowUs(), value);
  }

  #drop(reason: string, count: number): void {
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + count;
  }

  async #makeAnew(part: "subscription" | "session", silentMs: number, session: ClientSession): Promise<void> {
    this.#gaps.interrupt("silent");
    this.#options.listener.problem(
      new RungError({
        code: "silent-subscription",
        where: this.#options.name,
        what: `nothing has arrived for ${Math.round(silentMs / 1000)} s although the session is said to be fine`,
        advice: `the ${part} is made anew`,
      }),
    );
    if (part === "session") {
      this.#options.link.reconnect();
      return;
    }
    await this.#endSubscription();
    await this.#subscribe(session);
  }

  async #endSubscription(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    if (subscription === undefined || !subscription.hasSession) return;
    const gone = subscription.terminate().catch((error: Error) => {
      // A server that is away cannot be told; its subscription ends by its own lifetime.
      if (this.#linkState.phase === "connected") this.#subscriptionFailed(error);
    });
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
  }
}
