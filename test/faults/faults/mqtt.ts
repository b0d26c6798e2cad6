import assert from "node:assert/strict";
import type { Fault } from "../fault.ts";
import { MOSQUITTO } from "../mosquitto.ts";
import { PERIOD_MS, pause, Rig } from "../rig.ts";

const missing = (): string | undefined =>
  MOSQUITTO === undefined ? "mosquitto is not installed (Debian: mosquitto)" : undefined;

interface Counts {
  readonly published: number;
  readonly acknowledged: number;
  readonly repeated: number;
}

/** The publisher sends some messages twice, and the broker sends again what was not acknowledged before a cut. */
const duplicates: Fault = {
  name: "duplicates",
  missing,
  async run(context) {
    const rig = await Rig.mqtt(context);
    await rig.start();
    await rig.producer!.ask("repeat", { probability: 0.2 });
    const cuts = context.isShort ? 2 : 6;
    for (let cut = 0; cut < cuts; cut++) {
      await pause(500 + context.random.integer(1000));
      rig.proxy.drop();
      await rig.flowing();
    }
    const { repeated } = await rig.producer!.ask<Counts>("counts");
    const outcome = await rig.finish();
    const leftOut = outcome.deduplicated + (outcome.dropped["repeated-message"] ?? 0);
    assert.ok(repeated > 0 && leftOut >= repeated, `${leftOut} of ${repeated} left out`);
    return outcome;
  },
};

/** Messages within some periods change places, in full up to beyond the reorder window of 500 ms. */
const shuffled: Fault = {
  name: "shuffled order",
  missing,
  async run(context) {
    const rig = await Rig.mqtt(context, { periodMs: PERIOD_MS / 2 });
    await rig.start();
    await rig.producer!.ask("shuffle", { periods: context.isShort ? 5 : 20 });
    await pause(context.isShort ? 3000 : 15_000);
    await rig.producer!.ask("shuffle", { periods: 0 });
    await rig.flowing();
    return rig.finish();
  },
};

/** The broker has acknowledged what the publisher sent, and dies with it before the subscriber has had it. */
const brokerKilled: Fault = {
  name: "broker killed just after PUBACK",
  missing,
  async run(context) {
    const rig = await Rig.mqtt(context);
    await rig.start();
    for (let kill = 0; kill < (context.isShort ? 1 : 3); kill++) {
      await pause(context.random.integer(1000));
      // Rung is away, so that the broker holds what is acknowledged meanwhile.
      rig.proxy.cut();
      const { acknowledged } = await rig.producer!.ask<Counts>("counts");
      let latest = acknowledged;
      while (latest < acknowledged + 20) latest = (await rig.producer!.ask<Counts>("counts")).acknowledged;
      await rig.broker!.kill();
      await pause(context.random.integer(500));
      await rig.broker!.start();
      rig.proxy.restore();
      await rig.flowing();
    }
    return rig.finish();
  },
};

/** The same for a link that is cut while the broker keeps its session: everything comes after all. */
const cutBroker: Fault = {
  name: "cut from the broker 3 s",
  missing,
  async run(context) {
    const rig = await Rig.mqtt(context);
    await rig.start();
    rig.proxy.cut();
    await rig.until((view) => view.phase !== "connected", "the link to notice");
    await pause(3000);
    rig.proxy.restore();
    await rig.flowing();
    return rig.finish();
  },
};

export const MQTT_FAULTS: readonly Fault[] = [duplicates, shuffled, brokerKilled, cutBroker];
