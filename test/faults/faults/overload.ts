import assert from "node:assert/strict";
import { Child } from "../child.ts";
import type { Fault } from "../fault.ts";
import { MOSQUITTO } from "../mosquitto.ts";
import type { FloodOptions, FloodStep } from "../mqtt-flood.ts";
import { pause, Rig } from "../rig.ts";

/** Tags that there are, each with a value every 100 ms when all are at work: 60,000 a second. */
const MOST_TAGS = 6000;
const FIRST_TAGS = 200;
/** Messages on their way when a step ends. */
const SETTLE_MS = 400;

/**
 * QoS 0 from a publisher that cares for nobody, more and more of it until some are lost; then twice the highest rate
 * at which none was. A broker drops what a slow subscriber does not take, and tells nobody.
 */
export const overload: Fault = {
  name: "2x overload 60 s",
  missing: () => (MOSQUITTO === undefined ? "mosquitto is not installed (Debian: mosquitto)" : undefined),
  async run(context) {
    const rig = await Rig.mqtt(context, {
      tags: MOST_TAGS,
      // What waits at the broker for a slow subscriber is little, as on a small gateway.
      brokerConfig: "max_queued_messages 1000\n",
      makeProducer: (log, url) =>
        new Child("./mqtt-flood.ts", { log, url, tags: MOST_TAGS } satisfies FloodOptions),
    });
    await rig.startProducer();
    await rig.startRecorder();
    await rig.until((view) => view.phase === "connected", "the link");
    const flood = async (step: FloodStep): Promise<{ lost: number }> => {
      const before = rig.view()!.counters.received;
      const { published } = await rig.producer!.ask<{ published: number }>("flood", step);
      // It may be behind; as long as something comes, it is waited for.
      for (let seen = -1; seen !== rig.view()!.counters.received; ) {
        seen = rig.view()!.counters.received;
        await pause(SETTLE_MS);
      }
      return { lost: published - (rig.view()!.counters.received - before) };
    };
    // Every tag once, slowly, so that each is known.
    const all: FloodStep = { tags: MOST_TAGS, rounds: 1, periodMs: 2000 };
    await flood(all);
    await rig.flowing(0);
    let highest = 0;
    for (let tags = FIRST_TAGS; tags <= MOST_TAGS / 2; tags = Math.round(tags * 1.5)) {
      const { lost } = await flood({ tags, rounds: context.isShort ? 8 : 20, periodMs: 100 });
      if (lost > 0) break;
      highest = tags;
    }
    assert.ok(highest > 0, "some rate loses nothing");
    const { lost } = await flood({ tags: 2 * highest, rounds: context.isShort ? 40 : 600, periodMs: 100 });
    // Slowly again, so that what is lost lies between samples that are there.
    await flood(all);
    await flood(all);
    const outcome = await rig.finish();
    assert.equal(outcome.inLedger, outcome.produced - outcome.stored);
    return { ...outcome, note: `${highest * 10}/s without loss, ${lost} lost at twice that` };
  },
};
