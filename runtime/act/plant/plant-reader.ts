import { LiveClock, VirtualClock } from "../../core/clock.ts";
import { RungError } from "../../core/errors.ts";
import { monotonicMs, type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { Envelope, EnvelopeTarget } from "../envelope.ts";
import type { PlantView, Reading, TargetView } from "../plant-view.ts";
import { ClockStepWatch } from "./clock-step-watch.ts";

/** The reading half of a plant session. */
export interface ReadingPort {
  read(nodeIds: readonly string[]): Promise<Reading[]>;
}

export interface PlantClockNodes {
  readonly reality: "live" | "virtual";
  readonly clockNode: string;
  readonly speedNode?: string;
}

/** Members of a request block that are read, in the order of `viewOf`. */
const BLOCK = ["Low", "High", "Sequence", "EchoSequence", "Result"] as const;

/** Reads by itself all that an envelope needs, in one request per poll, and keeps the plant's clock. */
export class PlantReader {
  readonly #port: ReadingPort;
  readonly #nodes: PlantClockNodes;
  readonly #virtual: VirtualClock | undefined;
  readonly #live: LiveClock | undefined;
  readonly #steps = new ClockStepWatch();
  #view: PlantView | undefined;

  constructor(port: ReadingPort, nodes: PlantClockNodes) {
    this.#port = port;
    this.#nodes = nodes;
    if (nodes.reality === "virtual") this.#virtual = new VirtualClock();
    else this.#live = new LiveClock();
  }

  /** The newest view; it ages by its own plant time. */
  get view(): PlantView | undefined {
    return this.#view;
  }

  /** Plant seconds per wall second. */
  get speed(): number {
    return this.#virtual?.speed ?? 1;
  }

  /** The plant's clock less this machine's, µs; 0 on a virtual plant, which has a time of its own. */
  get skewUs(): number {
    return this.#live?.skewUs ?? 0;
  }

  nowUs(): TimeUs {
    return (this.#virtual ?? this.#live!).nowUs();
  }

  /** A step of the plant's clock or of this machine's since the last call, in words. */
  takeClockStep(): string | undefined {
    return this.#steps.take();
  }

  /** Reads everything anew. @throws RungError `link-lost`, `bad-canary` */
  async refresh(envelopes: readonly Envelope[]): Promise<PlantView> {
    const targets = new Map(envelopes.flatMap((envelope) => envelope.targets).map((t) => [t.address, t]));
    const clockIds = [this.#nodes.clockNode, ...(this.#nodes.speedNode ? [this.#nodes.speedNode] : [])];
    const projected = envelopes.flatMap(({ projections }) => projections ?? []);
    const ids = [
      ...clockIds,
      ...[...targets.values()].flatMap(nodeIdsOf),
      ...projected.map(({ nodeId }) => nodeId),
    ];
    const askedAtMs = monotonicMs();
    const readings = await this.#port.read(ids);
    const [time, speed] = readings as [Reading, Reading | undefined];
    if (!time.good || !Number.isFinite(time.value)) {
      throw new RungError({
        code: "bad-canary",
        where: this.#nodes.clockNode,
        what: "is not the time of the plant",
        advice: "correct clockNode in the actuator's settings",
      });
    }
    this.#observe(time.value, this.#nodes.speedNode && speed?.good ? speed.value : 1);
    let next = clockIds.length;
    const views = new Map<string, TargetView>();
    for (const target of targets.values()) {
      const count = nodeIdsOf(target).length;
      views.set(target.address, viewOf(target, readings.slice(next, next + count)));
      next += count;
    }
    const measurements = new Map(projected.map(({ nodeId }, i) => [nodeId, readings[next + i]!]));
    this.#view = { plantTimeUs: time.value, askedAtMs, targets: views, measurements };
    return this.#view;
  }

  #observe(plantTimeUs: TimeUs, speed: number): void {
    const atMs = monotonicMs();
    this.#steps.observe(plantTimeUs, speed, wallTimeUs(), atMs);
    // A plant that stands still tells the time it stopped at again and again: taken for news, it would never grow old.
    if (plantTimeUs === this.#view?.plantTimeUs && speed === this.speed) return;
    this.#virtual?.observe(plantTimeUs, speed, atMs);
    this.#live?.observe(plantTimeUs);
  }
}

function nodeIdsOf({ nodeIds, interlocks, safety, effect }: EnvelopeTarget): string[] {
  return [
    nodeIds.setpoint,
    nodeIds.local,
    nodeIds.state,
    ...(nodeIds.request === undefined ? [] : BLOCK.map((member) => `${nodeIds.request}.${member}`)),
    ...nodeIds.inputs,
    ...interlocks.flatMap(({ nodeId, minus }) => (minus === undefined ? [nodeId] : [nodeId, minus])),
    ...[safety?.nodeId, safety?.emergencyStop, safety?.protectiveStop, effect?.nodeId].filter(
      (nodeId) => nodeId !== undefined,
    ),
  ];
}

/** @param r in the order of `nodeIdsOf` */
function viewOf({ nodeIds, interlocks, safety, effect }: EnvelopeTarget, r: readonly Reading[]): TargetView {
  const [low, high, sequence, echoSequence, result] = nodeIds.request === undefined ? [] : r.slice(3);
  let next = nodeIds.request === undefined ? 3 : 3 + BLOCK.length;
  const take = (): Reading => r[next++]!;
  const takeIf = (nodeId: string | undefined) => (nodeId === undefined ? undefined : take());
  const inputs = nodeIds.inputs.map(take);
  const locks = interlocks.map(({ minus }) => ({ reading: take(), minus: takeIf(minus) }));
  const parts = {
    safety: takeIf(safety?.nodeId),
    emergencyStop: takeIf(safety?.emergencyStop),
    protectiveStop: takeIf(safety?.protectiveStop),
    effect: takeIf(effect?.nodeId),
  };
  return {
    setpoint: r[0]!,
    local: r[1]!,
    state: r[2]!,
    low,
    high,
    sequence,
    echoSequence,
    result,
    inputs,
    interlocks: locks.map(({ reading }) => reading),
    minus: locks.map(({ minus }) => minus),
    ...parts,
  };
}
