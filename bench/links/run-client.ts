import { join } from "node:path";
import type { PlantCounts, PlantOptions, PlantTicks } from "../opcua-plant.ts";
import { Speaker } from "../speaker.ts";
import type { ClientFacts, MemoryFacts } from "./client.ts";

/** Tags that change every `periodMs`, and for how long they are read. */
export interface Shape {
  readonly tags: number;
  readonly periodMs: number;
  readonly warmUpS: number;
  readonly seconds: number;
  /** The plant never writes the ticks that it is too late for. */
  readonly skips?: boolean;
}

export interface RunFacts extends ClientFacts {
  /** Values the plant wrote, of tags × ticks. */
  readonly published: number;
  readonly due: number;
}

/**
 * One client against a plant of its own, both in processes that end with the run.
 * @param watch is called every ten seconds of the measurement with the client's memory
 */
export async function runClient(
  client: string,
  shape: Shape,
  watch?: (memory: MemoryFacts) => void,
): Promise<RunFacts> {
  const { tags, periodMs, warmUpS, seconds, skips = false } = shape;
  const plant = new Speaker(join(import.meta.dirname, "..", "opcua-plant.ts"), [
    JSON.stringify({ tags, periodMs, skips, values: "ticks" } satisfies PlantOptions),
  ]);
  let reader: Speaker | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const { endpoint } = await plant.hear<{ endpoint: string }>();
    reader = new Speaker(join(import.meta.dirname, "client.ts"), [
      JSON.stringify({ client, endpoint, tags, periodMs }),
    ]);
    await reader.hear();
    plant.say({
      warmUp: Math.round((warmUpS * 1000) / periodMs),
      measured: Math.round((seconds * 1000) / periodMs),
    });
    const ticks = await plant.hear<PlantTicks>();
    reader.say(ticks);
    const counting = plant.hear<PlantCounts>();
    // Where the plant ends early, that is said below.
    counting.then(
      () => reader!.say({ ended: true }),
      () => reader!.end(),
    );
    if (watch !== undefined) timer = setInterval(() => reader!.say({ sample: true }), 10_000);
    let facts = await reader.hear<ClientFacts | MemoryFacts>();
    while (!("wallMs" in facts)) {
      if (facts.received > 0) watch?.(facts);
      facts = await reader.hear<ClientFacts | MemoryFacts>();
    }
    const { measured } = await counting;
    return { ...facts, published: measured, due: (ticks.to - ticks.from) * tags };
  } finally {
    clearInterval(timer);
    await reader?.end();
    await plant.end();
  }
}
