import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Child } from "./child.ts";
import type { FaultContext, Outcome } from "./fault.ts";
import { accountOf } from "./history-account.ts";
import { freePort, Mosquitto } from "./mosquitto.ts";
import type { MqttProducerOptions } from "./mqtt-producer.ts";
import type { OpcuaProducerOptions } from "./opcua-producer.ts";
import type { FinishRequest, RecorderOptions, RecorderReport, RecorderView, Wire } from "./recorder.ts";
import type { SparkplugProducerOptions } from "./sparkplug-producer.ts";
import { TcpProxy } from "./tcp-proxy.ts";

export const TAGS = 10;
export const PERIOD_MS = 100;
/** Processes are waited for so long to come up, which says nothing of what is under test. */
const START_MS = 180_000;
/** The plant's last value is waited for so long after a fault. */
const SETTLE_MS = 60_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @throws Error naming what was waited for */
export async function until(condition: () => boolean, what: string, withinMs = START_MS): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited ${withinMs / 1000} s for ${what}`);
    await pause(20);
  }
}

type RecorderPlan = Omit<RecorderOptions, "home" | "wire" | "tags" | "periodMs">;

interface MqttPlan extends RecorderPlan {
  readonly tags?: number;
  readonly periodMs?: number;
  /** Lines of its configuration. */
  readonly brokerConfig?: string;
  /** Instead of the ordinary publisher. */
  readonly makeProducer?: (log: string, url: string) => Child;
}

type MakeProducer = (log: string, run: number, change: Partial<OpcuaProducerOptions>) => Child;

/** A producer, a wire that can be disturbed, and a recorder: each a process of its own. */
export class Rig {
  readonly context: FaultContext;
  readonly home: string;
  readonly proxy: TcpProxy;
  readonly broker: Mosquitto | undefined;
  producer: Child | undefined;
  recorder: Child | undefined;
  readonly #wire: Wire;
  readonly #plan: RecorderPlan;
  readonly #makeProducer: MakeProducer;
  readonly #tags: number;
  readonly #periodMs: number;
  /** Where the producers note what they make, one file each. */
  readonly logs: string[] = [];
  readonly #endedViews: RecorderView[] = [];
  /** What the recorder saw last before it ended in good order. */
  finalView: RecorderView | undefined;
  #completeUs = 0;
  #runs = 0;
  /** Given to the next recorder, such as a clock that is not the machine's. */
  recorderEnvironment: Readonly<Record<string, string>> = {};

  private constructor(parts: {
    context: FaultContext;
    proxy: TcpProxy;
    wire: Wire;
    plan: RecorderPlan;
    broker?: Mosquitto;
    tags?: number;
    periodMs?: number;
    makeProducer: MakeProducer;
  }) {
    this.#tags = parts.tags ?? TAGS;
    this.#periodMs = parts.periodMs ?? PERIOD_MS;
    this.context = parts.context;
    this.home = join(parts.context.folder, "home");
    this.proxy = parts.proxy;
    this.broker = parts.broker;
    this.#wire = parts.wire;
    this.#plan = parts.plan;
    this.#makeProducer = parts.makeProducer;
  }

  /** An OPC UA server behind the proxy. `pki` is shared by servers that are to have one certificate. */
  static async opcua(
    context: FaultContext,
    plan: RecorderPlan & {
      readonly isSecure?: boolean;
      readonly producer?: Partial<OpcuaProducerOptions>;
      readonly producerEnvironment?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Rig> {
    const { isSecure, producer, producerEnvironment, ...recorder } = plan;
    const port = await freePort();
    const proxy = await TcpProxy.listen(port);
    context.atEnd(() => proxy.close());
    return new Rig({
      context,
      proxy,
      plan: recorder,
      wire: { kind: "opcua", endpoint: `opc.tcp://127.0.0.1:${proxy.port}`, isSecure: isSecure ?? false },
      makeProducer: (log, run, change) =>
        new Child(
          "./opcua-producer.ts",
          {
            log,
            pki: join(context.folder, "server-pki"),
            port,
            tags: TAGS,
            periodMs: PERIOD_MS,
            firstValue: run * 1e6,
            ...producer,
            ...change,
          } satisfies OpcuaProducerOptions,
          producerEnvironment,
        ),
    });
  }

  /** Mosquitto; the recorder reaches it through the proxy, the producer directly. */
  static async mqtt(context: FaultContext, plan: MqttPlan = {}): Promise<Rig> {
    const { tags = TAGS, periodMs = PERIOD_MS, brokerConfig, makeProducer, ...recorder } = plan;
    const { broker, proxy } = await Rig.#broker(context, brokerConfig);
    return new Rig({
      context,
      broker,
      proxy,
      tags,
      periodMs,
      plan: recorder,
      wire: { kind: "mqtt", url: `mqtt://127.0.0.1:${proxy.port}` },
      makeProducer: (log) =>
        makeProducer?.(log, broker.url) ??
        new Child("./mqtt-producer.ts", {
          log,
          url: broker.url,
          tags,
          periodMs,
          seed: context.seed,
        } satisfies MqttProducerOptions),
    });
  }

  /** Mosquitto; the edge node reaches it through the proxy, the recorder directly. */
  static async sparkplug(
    context: FaultContext,
    plan: RecorderPlan & {
      readonly reorderMs?: number;
      readonly producer?: Partial<SparkplugProducerOptions>;
    } = {},
  ): Promise<Rig> {
    const { reorderMs, producer, ...recorder } = plan;
    const { broker, proxy } = await Rig.#broker(context);
    return new Rig({
      context,
      broker,
      proxy,
      plan: recorder,
      wire: {
        kind: "sparkplug",
        url: broker.url,
        edge: "acme-test/line1",
        ...(reorderMs === undefined ? {} : { reorderMs }),
      },
      makeProducer: (log, run) =>
        new Child("./sparkplug-producer.ts", {
          log,
          url: `mqtt://127.0.0.1:${proxy.port}`,
          tags: TAGS,
          periodMs: PERIOD_MS,
          clientId: `edge${run}`,
          firstValue: run * 1e6,
          ...producer,
        } satisfies SparkplugProducerOptions),
    });
  }

  static async #broker(context: FaultContext, config = ""): Promise<{ broker: Mosquitto; proxy: TcpProxy }> {
    const broker = await Mosquitto.start(join(context.folder, "broker"), config);
    context.atEnd(() => broker.kill());
    const proxy = await TcpProxy.listen(broker.port);
    context.atEnd(() => proxy.close());
    return { broker, proxy };
  }

  /** Starts producer and recorder, and waits until every tag has come. */
  async start(): Promise<void> {
    await this.startProducer();
    await this.startRecorder();
    await this.flowing();
  }

  /** A producer with a log of its own; a second one where the first still runs. */
  async startProducer(change: Partial<OpcuaProducerOptions> = {}): Promise<Child> {
    const run = this.#runs++;
    const log = join(this.context.folder, `produced-${run}`);
    this.logs.push(log);
    const producer = this.#makeProducer(log, run, change);
    this.context.atEnd(() => producer.kill());
    this.producer = producer;
    await until(() => producer.latest("ready") !== undefined || !producer.isRunning, "the producer");
    if (!producer.isRunning) throw new Error(`the producer ended:\n${producer.said}`);
    if (this.#wire.kind === "mqtt") await producer.ask("start");
    return producer;
  }

  /** @param change of the plan, for this start */
  async startRecorder(change: Partial<RecorderPlan> = {}): Promise<Child> {
    mkdirSync(this.home, { recursive: true, mode: 0o700 });
    const recorder = new Child(
      "./recorder.ts",
      {
        home: this.home,
        wire: this.#wire,
        tags: this.#tags,
        periodMs: this.#periodMs,
        ...this.#plan,
        ...change,
      } satisfies RecorderOptions,
      this.recorderEnvironment,
    );
    this.context.atEnd(() => recorder.kill());
    this.recorder = recorder;
    await until(() => this.view() !== undefined || !recorder.isRunning, "the recorder");
    if (!recorder.isRunning) throw new Error(`the recorder ended:\n${recorder.said}`);
    return recorder;
  }

  /** SIGKILL. What it had counted is kept for the account. */
  async killRecorder(): Promise<void> {
    const view = this.view();
    if (view !== undefined) this.#endedViews.push(view);
    this.#noteComplete();
    await this.recorder?.kill();
    this.recorder = undefined;
  }

  /** What the recorder told last. */
  view(): RecorderView | undefined {
    return this.recorder?.latest<RecorderView>("view");
  }

  /** Waits until the recorder tells something. @throws Error with what it told last */
  async until(condition: (view: RecorderView) => boolean, what: string): Promise<void> {
    const endMs = performance.now() + START_MS;
    for (;;) {
      const view = this.view();
      if (view !== undefined && condition(view)) return;
      if (this.recorder?.isRunning === false) throw new Error(`the recorder ended:\n${this.recorder.said}`);
      if (performance.now() > endMs) {
        throw new Error(`waited ${START_MS / 1000} s for ${what}; the recorder says ${JSON.stringify(view)}`);
      }
      await pause(20);
    }
  }

  /** Waits until samples come and all tags have come once. */
  async flowing(before = this.view()?.counters.emitted ?? 0): Promise<void> {
    await this.until(
      (view) =>
        view.phase === "connected" && view.completeUs > 0 && view.counters.emitted >= before + 2 * TAGS,
      "samples to flow",
    );
    this.#noteComplete();
  }

  #noteComplete(): void {
    if (this.#completeUs === 0) this.#completeUs = this.view()?.completeUs ?? 0;
  }

  /** Stops the plant, has everything stored, ends the recorder, and accounts. */
  async finish(others: readonly Child[] = []): Promise<Outcome> {
    const lastUs: number[] = [];
    for (const producer of [...others, this.producer!]) {
      lastUs.push((await producer.ask<{ lastUs: number }>("stop")).lastUs);
    }
    const request: FinishRequest = { lastUs, waitMs: SETTLE_MS };
    const report = await this.recorder!.ask<RecorderReport>("finish", request);
    await this.recorder!.ended();
    this.finalView = report.view;
    return this.#outcome(report);
  }

  async #outcome(report: RecorderReport): Promise<Outcome> {
    const file = join(this.home, "history", "rung.duckdb");
    const account = await accountOf(file, report.source, this.logs, this.#completeUs, this.#tags);
    const views = [...this.#endedViews, report.view];
    const dropped: Record<string, number> = {};
    let deduplicated = report.historian?.deduplicated ?? 0;
    for (const { counters, spool, sinks } of views) {
      const historian = sinks.historian;
      deduplicated += historian?.deduplicated ?? 0;
      for (const counted of [counters.dropped, spool.dropped, historian?.dropped ?? {}]) {
        for (const [reason, samples] of Object.entries(counted)) {
          dropped[reason] = (dropped[reason] ?? 0) + samples;
        }
      }
    }
    return {
      ...account,
      deduplicated,
      dropped,
      filledIn: views.reduce((sum, view) => sum + view.filledIn, 0),
      looks: views.reduce((sum, { looks }) => sum + looks, 0),
      violations: views.reduce((sum, { violations }) => sum + violations, 0) + violationsAtEnd(report),
      problems: [...new Set(views.flatMap(({ problems }) => problems))].sort(),
    };
  }
}

/** At the end nothing is on its way any more, so that the counters of all stages must meet. */
function violationsAtEnd({ view, isDrained, historian }: RecorderReport): number {
  const { counters, spool, sinks } = view;
  const droppedBySource = Object.values(counters.dropped).reduce((sum, count) => sum + count, 0);
  const laws = [
    counters.received === counters.emitted + droppedBySource,
    counters.emitted === spool.received,
    isDrained,
    historian === null ||
      sinks.historian === undefined ||
      historian.stored + historian.deduplicated === sinks.historian.stored,
  ];
  return laws.filter((holds) => !holds).length;
}
