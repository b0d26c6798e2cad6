import assert from "node:assert/strict";
import type { Fault } from "../fault.ts";
import { MOSQUITTO } from "../mosquitto.ts";
import { PERIOD_MS, pause, Rig } from "../rig.ts";

const missing = (): string | undefined =>
  MOSQUITTO === undefined ? "mosquitto is not installed (Debian: mosquitto)" : undefined;

interface Counts {
  readonly messages: number;
}

/** Data messages are lost and doubled on both sides of the wrap of the sequence number. */
const wrap: Fault = {
  name: "sequence wrap 255 to 0",
  missing,
  async run(context) {
    const rig = await Rig.sparkplug(context, { reorderMs: 500, producer: { periodMs: PERIOD_MS / 4 } });
    await rig.start();
    const producer = rig.producer!;
    const turns = context.isShort ? 1 : 4;
    for (let turn = 0; turn < turns; turn++) {
      const { messages } = await producer.ask<Counts>("counts");
      const wrapAt = (Math.floor(messages / 256) + 1) * 256;
      // A birth begins the count anew, so that the wrap is only about here: losses lie on both sides of it.
      const at = wrapAt - 4 + context.random.integer(8);
      while ((await producer.ask<Counts>("counts")).messages < at) await pause(10);
      await producer.ask(context.random.integer(2) === 0 ? "lose" : "double", {
        messages: 1 + context.random.integer(4),
      });
      await pause(1500);
      await producer.ask("lose", { messages: 1 + context.random.integer(3) });
      await rig.flowing();
    }
    await rig.until((view) => (view.sparkplug?.sequenceGaps ?? 0) > 0, "the missing number to be noticed");
    await rig.flowing();
    return rig.finish();
  },
};

/** The edge node connects anew; the broker finds the old connection dead later, and publishes its will then. */
const lateDeath: Fault = {
  name: "late NDEATH",
  missing,
  async run(context) {
    const rig = await Rig.sparkplug(context);
    await rig.start();
    for (let time = 0; time < (context.isShort ? 1 : 3); time++) {
      await pause(context.random.integer(1000));
      const births = rig.view()!.sparkplug!.births;
      const late = rig.view()!.sparkplug!.lateDeaths;
      const old = rig.proxy.abandon();
      await rig.producer!.ask("reopen", { url: `mqtt://127.0.0.1:${rig.proxy.port}` });
      await rig.until((view) => view.sparkplug!.births > births, "the new birth");
      await pause(context.random.integer(1000));
      old.reset();
      await rig.until((view) => view.sparkplug!.lateDeaths > late, "the death of the old session");
      await rig.flowing();
    }
    const outcome = await rig.finish();
    assert.equal(rig.finalView!.sparkplug!.deaths, 0, "no late death counts as a death");
    return outcome;
  },
};

/** Two publishers call themselves the same, each with a count of its own. */
const twins: Fault = {
  name: "two nodes with one edge id",
  missing,
  async run(context) {
    const rig = await Rig.sparkplug(context, { reorderMs: 500 });
    await rig.start();
    await pause(context.random.integer(1000));
    const first = rig.producer!;
    const second = await rig.startProducer();
    await rig.until((view) => view.problems.includes("two-edge-nodes"), "the two to be noticed");
    await pause(context.isShort ? 1000 : 10_000);
    // One of them goes; the other is read as before.
    await second.ask("stop");
    await second.ask("leave");
    await pause(500);
    await rig.flowing();
    rig.producer = first;
    return rig.finish();
  },
};

export const SPARKPLUG_FAULTS: readonly Fault[] = [wrap, lateDeath, twins];
