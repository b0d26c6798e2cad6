import assert from "node:assert/strict";
import { Child } from "../child.ts";
import type { Fault } from "../fault.ts";
import { MOSQUITTO } from "../mosquitto.ts";
import type { FloodOptions, FloodStep } from "../mqtt-flood.ts";
import { pause, Rig } from "../rig.ts";

/** Tags that there are: with all of them at work 15,000 values a second. */
const MOST_TAGS = 300;
const FIRST_TAGS = 10;
const FLOOD_MS = 20;
/** Messages on their way when a step ends. */
const SETTLE_MS = 400;
/**
 * One message at a time is what keeps the order (MQTT 3.1.1, 4.6), and what waits for a slow subscriber is bounded:
 * the broker acknowledges everything to the publisher, drops what is beyond, and tells nobody.
 */
const BROKER = "max_inflight_messages 1\nmax_queued_messages 1000\n";

/** More and more values until some are lost; then twice the highest rate at which none was. */
export const overload: Fault = {
  name: "2x overload 60 s",
  missing: () => (MOSQUITTO === undefined ? "mosquitto is not installed (Debian: mosquitto)" : undefined),
  async run(context) {
    const rig = await Rig.mqtt(context, {
      tags: MOST_TAGS,
      periodMs: FLOOD_MS,
      brokerConfig: BROKER,
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
      const { lost } = await flood({ tags, rounds: context.isShort ? 40 : 150, periodMs: FLOOD_MS });
      if (lost > 0) break;
      highest = tags;
    }
    assert.ok(highest > 0, "some rate loses nothing");
    const { lost } = await flood({
      tags: 2 * highest,
      rounds: (context.isShort ? 3000 : 60_000) / FLOOD_MS,
      periodMs: FLOOD_MS,
    });
    // Slowly again, so that what is lost lies between samples that are there.
    await flood(all);
    await flood(all);
    const outcome = await rig.finish();
    return { ...outcome, note: `${(highest * 1000) / FLOOD_MS}/s without loss, ${lost} lost at twice that` };
  },
};
