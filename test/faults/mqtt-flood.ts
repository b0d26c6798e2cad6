/** A publisher in a process of its own that sends as many values a second as it is told, QoS 1, come what may. */
import { connectAsync } from "mqtt";
import { answer, givenOptions, tell } from "./child-side.ts";
import { ProductionLog, tagName } from "./production.ts";

export interface FloodOptions {
  readonly log: string;
  readonly url: string;
  readonly tags: number;
}

/** So many rounds of the first so many tags, one every period. */
export interface FloodStep {
  readonly tags: number;
  readonly rounds: number;
  readonly periodMs: number;
}

/** A round leaves in parts, spread over its period. */
const PARTS = 10;

const options = givenOptions<FloodOptions>();
const log = new ProductionLog(options.log);
const topics = Array.from({ length: options.tags }, (_, tag) => `faults/${tagName(tag)}`);
const client = await connectAsync(options.url, { clientId: "flood" });
let count = 0;
let lastUs = 0;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

tell("ready", {});
answer({
  start: () => undefined,
  /** @returns when everything has left this process */
  async flood({ tags, rounds, periodMs }: FloodStep) {
    const beganMs = performance.now();
    const fromMs = Date.now();
    for (let round = 0; round < rounds; round++) {
      count++;
      const timeUs = (fromMs + round * periodMs) * 1000;
      log.note(timeUs, count, 0, tags);
      for (let part = 0; part < PARTS; part++) {
        const dueMs = beganMs + (round + part / PARTS) * periodMs;
        if (dueMs > performance.now()) await pause(dueMs - performance.now());
        const payload = JSON.stringify({ value: count, timeUs, quality: 0 });
        for (
          let tag = Math.floor((part * tags) / PARTS);
          tag < Math.floor(((part + 1) * tags) / PARTS);
          tag++
        ) {
          client.publish(topics[tag]!, payload, { qos: 1 });
        }
        // What the broker does not take stays here: memory is no part of this fault.
        while (client.stream.writableNeedDrain) await pause(1);
      }
      lastUs = timeUs;
    }
    return { published: rounds * tags, tookMs: performance.now() - beganMs };
  },
  stop: () => ({ lastUs, count }),
});
