import { RungError } from "../../core/errors.ts";
import { type TimeUs, usFromMs } from "../../core/time.ts";
import type { HostListener, Origin } from "./host-signal.ts";
import type { WireMetric, WirePayload } from "./message-fields.ts";
import {
  type MetricSample,
  MetricTable,
  plausibleSentMs,
  sentMs,
  type TemplateTypes,
} from "./metric-table.ts";
import type { RebirthLimiter } from "./rebirth-limiter.ts";
import { nextSequence, SequenceOrder } from "./sequence-order.ts";
import { type DeviceMessage, descriptorOf, type EdgeNodeId, type NodeMessage } from "./topic.ts";
import { TwinPublishers } from "./twin-publishers.ts";

/** What time it is: on the monotonic clock, and on the clock by which samples are dated. */
export interface Moment {
  readonly nowMs: number;
  readonly timeUs: TimeUs;
}

/** One message of an edge node, taken off the wire. */
export interface Received {
  readonly kind: Exclude<NodeMessage | DeviceMessage, "NCMD" | "DCMD">;
  readonly device: string | undefined;
  readonly payload: WirePayload;
  readonly sequence: number | undefined;
  /** Of the whole payload. */
  readonly checksum: number;
  readonly receivedUs: TimeUs;
}

interface Device {
  readonly table: MetricTable;
  isOnline: boolean;
}

const BDSEQ = "bdSeq";
const NEVER = Number.POSITIVE_INFINITY;
/** Messages before a birth that are kept for a moment. */
const EARLY_HELD = 256;

/** Follows one edge node and its devices: births, deaths, order, and what is missing. */
export class EdgeWatch {
  readonly #id: EdgeNodeId;
  readonly #name: string;
  readonly #reorderMs: number;
  readonly #limiter: RebirthLimiter;
  readonly #listener: HostListener;
  readonly #order = new SequenceOrder<Received>();
  readonly #twins = new TwinPublishers();
  /** What came before a birth and may belong to one that is on its way. */
  #early: Received[] = [];
  #isOnline = false;
  #bdSeq: number | undefined;
  #templates: TemplateTypes = new Map();
  #table = new MetricTable(this.#templates);
  #devices = new Map<string, Device>();
  /** Devices of the session before, until they are born again or declared stale. */
  #orphans = new Map<string, Device>();
  #orphansDueMs = NEVER;
  #reorderDueMs = NEVER;
  /** When the last message that was taken in order had been sent; undefined before the first birth. */
  #lastSentUs: TimeUs | undefined;

  constructor(
    id: EdgeNodeId,
    { reorderMs }: { readonly reorderMs: number },
    limiter: RebirthLimiter,
    listener: HostListener,
  ) {
    this.#id = id;
    this.#name = descriptorOf(id);
    this.#reorderMs = reorderMs;
    this.#limiter = limiter;
    this.#listener = listener;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  get held(): number {
    return this.#order.held + this.#early.length;
  }

  /** When `tick` has something to do. */
  get dueMs(): number {
    return Math.min(this.#reorderDueMs, this.#orphansDueMs);
  }

  /** The node is to be asked for its birth as soon as the limits allow. */
  want(): void {
    this.#limiter.want(this.#name);
  }

  /** @throws RungError for a message that cannot be taken at all */
  receive(message: Received, at: Moment): void {
    if (message.kind === "NDEATH") this.#death(message, at);
    else if (message.kind === "NBIRTH") this.#birth(message, at);
    else if (!this.#isOnline) {
      this.want();
      this.#keepEarly(message, at);
    } else if (message.sequence === undefined) {
      this.#problem(
        "no-sequence",
        "sends messages without a sequence number: their order cannot be proved",
        "",
      );
      this.#take(message, at);
    } else this.#offer(message, at);
  }

  tick(at: Moment): void {
    if (at.nowMs >= this.#reorderDueMs) {
      this.#reorderDueMs = NEVER;
      this.#dropEarly(at);
      if (this.#isOnline) this.#giveUp(at);
    }
    if (at.nowMs >= this.#orphansDueMs) this.#staleOrphans(at.timeUs);
  }

  linkDown(at: Moment): void {
    this.#reorderDueMs = NEVER;
    this.#takeHeld(this.#order.takeAll(), at);
    this.#dropEarly(at);
    if (this.#isOnline) this.#offline("link", at.timeUs);
  }

  /** tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline and its kin. */
  #death({ payload }: Received, at: Moment): void {
    const bdSeq = this.#bdSeqOf(payload.metrics);
    if (!this.#isOnline || bdSeq !== this.#bdSeq) {
      this.#listener.event({ kind: "late-death", edge: this.#name, bdSeq });
      return;
    }
    this.#twins.settle();
    this.#takeHeld(this.#order.takeAll(), at);
    this.#offline("death", at.timeUs);
    // The dead are not asked.
    this.#limiter.settle(this.#name);
  }

  #offline(cause: "death" | "link", timeUs: TimeUs): void {
    this.#isOnline = false;
    this.#reorderDueMs = NEVER;
    this.#samples({ ...this.#id }, this.#table.stale(timeUs));
    this.#staleOrphans(timeUs);
    for (const [name, device] of this.#devices) this.#deviceOffline(name, device, timeUs);
    this.#listener.event({ kind: "node-offline", edge: this.#name, cause });
  }

  #birth(message: Received, at: Moment): void {
    const { payload, receivedUs } = message;
    const bornMs = plausibleSentMs(payload.timestamp, receivedUs);
    const bdSeq = this.#bdSeqOf(payload.metrics);
    if (bdSeq === undefined) {
      this.#problem("no-bdseq", "was born without a bdSeq: its death cannot be told from an old one", "");
    }
    // What was sent after this birth overtook it; the rest belongs to the session before.
    const isNewer = ({ payload: { timestamp }, receivedUs: us }: Received) =>
      plausibleSentMs(timestamp, us) >= bornMs;
    const held = this.#order.takeAll();
    const overtook = [...this.#early, ...held].filter(isNewer);
    this.#early = this.#early.filter((each) => !isNewer(each));
    this.#dropEarly(at);
    this.#takeHeld(
      held.filter((each) => !isNewer(each)),
      at,
    );

    const wasOnline = this.#isOnline;
    const isRebirth = wasOnline && bdSeq === this.#bdSeq;
    if (this.#twins.born(bdSeq, at.nowMs)) this.#tellTwins();
    if (wasOnline && !isRebirth) {
      this.#listener.event({ kind: "node-offline", edge: this.#name, cause: "replaced" });
    }
    if (this.#lastSentUs !== undefined && !isRebirth) this.#gap("connection-lost", usFromMs(bornMs));

    const before = this.#table;
    this.#templates = new Map();
    this.#table = new MetricTable(this.#templates);
    // A device has to be born again; until then, and only for a moment, its last values stand as they are.
    for (const [name, device] of this.#devices) if (device.isOnline) this.#orphans.set(name, device);
    this.#devices = new Map();
    this.#orphansDueMs = this.#orphans.size > 0 ? at.nowMs + this.#reorderMs : NEVER;
    this.#isOnline = true;
    this.#bdSeq = bdSeq;
    this.#reorderDueMs = NEVER;
    this.#lastSentUs = usFromMs(bornMs);
    this.#order.restart(message.sequence ?? 0, message.checksum);
    this.#limiter.settle(this.#name);
    this.#listener.event({
      kind: "node-online",
      edge: this.#name,
      bdSeq: bdSeq ?? Number.NaN,
      isRebirth,
    });
    this.#define({ ...this.#id }, this.#table, before, message, at);
    for (const each of overtook) this.receive(each, at);
  }

  #define(
    origin: Origin,
    table: MetricTable,
    before: MetricTable | undefined,
    message: Received,
    at: Moment,
  ): void {
    const { payload, receivedUs } = message;
    const payloadMs = sentMs(payload.timestamp, receivedUs);
    const where = this.#where(origin.device);
    const samples: MetricSample[] = [];
    for (const [i, wire] of (payload.metrics ?? []).entries()) {
      this.#trying(() => {
        const sample = table.define(wire, i, where, payloadMs);
        if (sample !== undefined) samples.push(sample);
      });
    }
    const shared = table.sharedAliases();
    if (shared.length > 0) {
      this.#problem(
        "ambiguous-alias",
        `${shared.slice(0, 5).join(", ")} share an alias: values under it are refused`,
        "give every metric an alias of its own",
        origin.device,
      );
    }
    this.#listener.born(origin, table.definitions);
    const gone = before?.staleBeside(table, at.timeUs) ?? [];
    this.#samples(origin, [...gone, ...samples]);
  }

  #offer(message: Received, at: Moment): void {
    const { verdict, ready } = this.#order.offer(message.sequence!, message.checksum, message);
    if (verdict === "duplicate") this.#drop("duplicate", [message]);
    // Its number has been: it may follow a birth that is still on its way.
    else if (verdict === "collision") this.#keepEarly(message, at);
    else if (verdict === "late") this.#listener.event({ kind: "late-message", edge: this.#name });
    for (const each of ready) this.#take(each, at);
    if (this.#order.held === 0 && this.#early.length === 0) this.#reorderDueMs = NEVER;
    // One timer for what is missing now; with progress it begins anew for what is missing then.
    else if (this.#reorderDueMs === NEVER || (verdict === "in-order" && this.#early.length === 0)) {
      this.#reorderDueMs = at.nowMs + this.#reorderMs;
    }
  }

  /** tck-id-operational-behavior-host-reordering-rebirth. */
  #giveUp(at: Moment): void {
    const hole = this.#order.giveUp();
    if (hole === undefined) return;
    const { timestamp } = hole.before.payload;
    this.#gap("notification-missing", usFromMs(plausibleSentMs(timestamp, hole.before.receivedUs)));
    this.#listener.event({ kind: "sequence-gap", edge: this.#name, missing: hole.missing });
    for (const each of this.#order.takeReady()) this.#take(each, at);
    if (this.#order.held > 0) this.#reorderDueMs = at.nowMs + this.#reorderMs;
    this.want();
  }

  /** Takes messages that waited for others which will not come any more; each hole before one is a gap. */
  #takeHeld(messages: readonly Received[], at: Moment): void {
    let { expected } = this.#order;
    for (const message of messages) {
      if (message.sequence !== expected) {
        const { timestamp } = message.payload;
        this.#gap("notification-missing", usFromMs(plausibleSentMs(timestamp, message.receivedUs)));
      }
      this.#take(message, at);
      expected = nextSequence(message.sequence!);
    }
  }

  #take(message: Received, at: Moment): void {
    const { kind, device, payload, receivedUs } = message;
    const payloadMs = plausibleSentMs(payload.timestamp, receivedUs);
    this.#lastSentUs = Math.max(this.#lastSentUs ?? 0, usFromMs(payloadMs));
    if (kind === "DBIRTH") this.#deviceBirth(device!, message, at);
    else if (kind === "NDATA") this.#data({ ...this.#id }, this.#table, message);
    else if (kind === "DDEATH") {
      const known = this.#devices.get(device!);
      // tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale: by its own time.
      if (known?.isOnline) this.#deviceOffline(device!, known, usFromMs(payloadMs));
    } else {
      const known = this.#devices.get(device!);
      if (known?.isOnline) this.#data({ ...this.#id, device }, known.table, message);
      else {
        this.#drop("before-birth", [message]);
        this.#gapAround(message);
        this.want();
      }
    }
  }

  #deviceBirth(name: string, message: Received, at: Moment): void {
    const before = (this.#devices.get(name) ?? this.#orphans.get(name))?.table;
    this.#orphans.delete(name);
    if (this.#orphans.size === 0) this.#orphansDueMs = NEVER;
    const table = new MetricTable(this.#templates);
    this.#devices.set(name, { table, isOnline: true });
    this.#listener.event({ kind: "device-online", edge: this.#name, device: name });
    this.#define({ ...this.#id, device: name }, table, before, message, at);
  }

  #data(origin: Origin, table: MetricTable, { payload, receivedUs }: Received): void {
    const payloadMs = sentMs(payload.timestamp, receivedUs);
    const where = this.#where(origin.device);
    const samples: MetricSample[] = [];
    for (const [i, wire] of (payload.metrics ?? []).entries()) {
      const error = this.#trying(() => samples.push(table.read(wire, i, where, payloadMs)));
      if (error?.code === "unknown-alias" || error?.code === "unknown-metric") this.want();
    }
    this.#samples(origin, samples);
  }

  #deviceOffline(name: string, device: Device, timeUs: TimeUs): void {
    if (!device.isOnline) return;
    device.isOnline = false;
    this.#samples({ ...this.#id, device: name }, device.table.stale(timeUs));
    this.#listener.event({ kind: "device-offline", edge: this.#name, device: name });
  }

  #staleOrphans(timeUs: TimeUs): void {
    this.#orphansDueMs = NEVER;
    for (const [name, device] of this.#orphans) this.#deviceOffline(name, device, timeUs);
    this.#orphans.clear();
  }

  #keepEarly(message: Received, at: Moment): void {
    if (this.#early.length >= EARLY_HELD) this.#dropOneEarly(this.#early.shift()!, at);
    this.#early.push(message);
    if (this.#reorderDueMs === NEVER) this.#reorderDueMs = at.nowMs + this.#reorderMs;
  }

  #dropEarly(at: Moment): void {
    for (const message of this.#early.splice(0)) this.#dropOneEarly(message, at);
  }

  /** No birth came for it: in a session it is of somebody else, without one nobody can read it. */
  #dropOneEarly(message: Received, at: Moment): void {
    this.#drop(this.#isOnline ? "sequence-collision" : "before-birth", [message]);
    this.#gapAround(message);
    if (this.#isOnline && this.#twins.collided(at.nowMs)) this.#tellTwins();
  }

  #drop(reason: string, messages: readonly Received[]): void {
    let count = 0;
    for (const { payload } of messages) count += payload.metrics?.length ?? 0;
    if (count > 0) this.#listener.dropped(reason, count);
  }

  #samples(origin: Origin, samples: readonly MetricSample[]): void {
    if (samples.length > 0) this.#listener.samples(origin, samples);
  }

  #gap(cause: "connection-lost" | "notification-missing", toUs: TimeUs): void {
    const fromUs = this.#lastSentUs;
    if (fromUs === undefined) return;
    // Milliseconds are coarse: what is missing may lie between two messages of the same one.
    this.#listener.gap({ ...this.#id, cause, fromUs, toUs: Math.max(fromUs, toUs) });
  }

  /** A message that is not taken leaves a gap, from the last one that was or from its own oldest value. */
  #gapAround({ payload, receivedUs }: Received): void {
    if (this.#lastSentUs === undefined) return;
    const times = [payload, ...(payload.metrics ?? [])].map(({ timestamp }) =>
      usFromMs(sentMs(timestamp ?? payload.timestamp, receivedUs)),
    );
    // What is missing lies between the ends of a gap, and these are the times of what is missing.
    const fromUs = Math.min(this.#lastSentUs, ...times) - 1;
    const toUs = Math.max(...times) + 1;
    this.#listener.gap({ ...this.#id, cause: "notification-missing", fromUs, toUs });
  }

  #bdSeqOf(metrics: readonly WireMetric[] | undefined): number | undefined {
    const metric = metrics?.find(({ name }) => name === BDSEQ);
    // Int64 in one chapter of the specification, UInt64 in another: the number is small.
    const value = metric?.longValue ?? metric?.intValue;
    return value === undefined ? undefined : Number(value);
  }

  /** Runs a reading of one metric; its failure is told and counted, and returned. */
  #trying(read: () => void): RungError | undefined {
    try {
      read();
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      this.#listener.dropped(thrown.code, 1);
      this.#listener.problem(thrown);
      return thrown;
    }
  }

  #tellTwins(): void {
    this.#listener.event({ kind: "two-nodes", edge: this.#name });
    this.#problem(
      "two-edge-nodes",
      "two publishers use this group and edge node id: their values cannot be told apart",
      "give each edge node an id of its own",
    );
  }

  #problem(code: string, what: string, advice: string, device?: string): void {
    this.#listener.problem(new RungError({ code, where: this.#where(device), what, advice }));
  }

  #where(device: string | undefined): string {
    return device === undefined ? this.#name : `${this.#name}/${device}`;
  }
}
