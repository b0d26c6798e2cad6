import type { RungError } from "../../../runtime/core/errors.ts";
import { HostSession, type HostSessionOptions } from "../../../runtime/describe/sparkplug/host-session.ts";
import type {
  HostEvent,
  HostGap,
  HostListener,
  Origin,
} from "../../../runtime/describe/sparkplug/host-signal.ts";
import type { MetricDefinition, MetricSample } from "../../../runtime/describe/sparkplug/metric-table.ts";
import { decodePayload, encodePayload, type Metric } from "../../../runtime/describe/sparkplug/payload.ts";
import { RebirthLimiter } from "../../../runtime/describe/sparkplug/rebirth-limiter.ts";

/** UTC ms at which the tests' monotonic clock is 0. */
export const T0_MS = 1_790_000_000_000;
export const EDGE = "plant/edge1";

/** A host session on a clock of the test's, and everything it tells. */
export class HostBench implements HostListener {
  readonly session: HostSession;
  nowMs = 0;
  readonly births: { origin: Origin; names: string[] }[] = [];
  readonly values: (MetricSample & { device: string | undefined })[] = [];
  readonly drops: Record<string, number> = {};
  readonly gaps: HostGap[] = [];
  readonly events: HostEvent[] = [];
  readonly problems: RungError[] = [];
  readonly published: { topic: string; metrics: readonly Metric[]; atMs: number }[] = [];
  readonly sentUs: number[] = [];

  constructor(options: Partial<HostSessionOptions> = {}) {
    this.session = new HostSession({ limiter: new RebirthLimiter(), ...options, listener: this });
  }

  sent(timeUs: number): void {
    this.sentUs.push(timeUs);
  }
  born(origin: Origin, definitions: Iterable<MetricDefinition>): void {
    this.births.push({ origin, names: [...definitions].map(({ name }) => name) });
  }
  samples(origin: Origin, samples: readonly MetricSample[]): void {
    for (const sample of samples) this.values.push({ ...sample, device: origin.device });
  }
  dropped(reason: string, count: number): void {
    this.drops[reason] = (this.drops[reason] ?? 0) + count;
  }
  gap(gap: HostGap): void {
    this.gaps.push(gap);
  }
  event(event: HostEvent): void {
    this.events.push(event);
  }
  problem(error: RungError): void {
    this.problems.push(error);
  }
  publish(topic: string, payload: Uint8Array): void {
    this.published.push({ topic, metrics: decodePayload(payload).metrics, atMs: this.nowMs });
  }

  get at(): { nowMs: number; timeUs: number } {
    return { nowMs: this.nowMs, timeUs: (T0_MS + this.nowMs) * 1000 };
  }

  /** Time passes in steps, so that everything happens when it is due. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let due = this.session.nextDueMs(); due <= endMs; due = this.session.nextDueMs()) {
      this.nowMs = Math.max(this.nowMs, due);
      this.session.tick(this.at);
    }
    this.nowMs = endMs;
    this.session.tick(this.at);
  }

  receive(topic: string, payload: Uint8Array): void {
    this.session.receive(topic, payload, this.at);
  }

  /** A message of `plant/edge1`, sent now. */
  message(
    type: string,
    seq: number | undefined,
    metrics: readonly Metric[],
    device?: string,
    node = "edge1",
  ): void {
    this.receive(
      `spBv1.0/plant/${type}/${node}${device === undefined ? "" : `/${device}`}`,
      encodePayload({ timestampMs: T0_MS + this.nowMs, ...(seq === undefined ? {} : { seq }), metrics }),
    );
  }

  birth(bdSeq: number, metrics: readonly Metric[] = [level(0)], seq = 0, node = "edge1"): void {
    this.message("NBIRTH", seq, [bdSeqMetric(bdSeq), rebirth(false), ...metrics], undefined, node);
  }

  death(bdSeq: number, node = "edge1"): void {
    this.message("NDEATH", undefined, [bdSeqMetric(bdSeq)], undefined, node);
  }

  /** NDATA with the value of `level`, by its alias. */
  data(seq: number, value: number): void {
    this.message("NDATA", seq, [
      { alias: 1, timestampMs: T0_MS + this.nowMs, untyped: { doubleValue: value } },
    ]);
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  valuesOf(name: string): unknown[] {
    return this.values.filter((sample) => sample.name === name).map(({ value }) => value);
  }

  rebirthsAsked(): number[] {
    return this.published.filter(({ topic }) => topic === "spBv1.0/plant/NCMD/edge1").map(({ atMs }) => atMs);
  }
}

export const bdSeqMetric = (bdSeq: number): Metric => ({
  name: "bdSeq",
  timestampMs: T0_MS,
  type: "Int64",
  value: BigInt(bdSeq),
});
export const rebirth = (value: boolean): Metric => ({ name: "Node Control/Rebirth", type: "Boolean", value });
export const level = (value: number, alias = 1, name = "level"): Metric => ({
  name,
  alias,
  timestampMs: T0_MS,
  type: "Double",
  value,
});
