import assert from "node:assert/strict";
import type { Fault } from "../fault.ts";
import { pause, Rig } from "../rig.ts";

/** Nothing passes and nobody is told; then it goes on where it was, or the old connection stays dead for ever. */
const hang: Fault = {
  name: "hang without RST",
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.start();
    // To notice a dead connection takes the link a request's timeout: only where there is time for it.
    const staysDead = !context.isShort && context.seed % 2 === 0;
    const emitted = rig.view()!.counters.emitted;
    rig.proxy.hang();
    await pause(context.isShort ? 4000 : 10_000);
    const during = rig.view()!.counters.emitted;
    // What was on its way may still arrive, a whole publishing interval does not.
    assert.ok(during - emitted <= 50, `${during - emitted} samples came through a wire that hangs`);
    if (staysDead) rig.proxy.abandon();
    rig.proxy.restore();
    await rig.flowing();
    return rig.finish();
  },
};

const delay: Fault = {
  name: "+200 ms",
  losesNothing: true,
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.start();
    rig.proxy.delayMs = 200;
    await pause(context.isShort ? 3000 : 20_000);
    await rig.flowing();
    rig.proxy.restore();
    await rig.flowing();
    return rig.finish();
  },
};

/** Ten tags every 100 ms are more than 1 kB/s: what does not get through waits in the server's queues. */
const throttle: Fault = {
  name: "1 kB/s",
  losesNothing: true,
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.start();
    rig.proxy.bytesPerS = 1000;
    await pause(context.isShort ? 5000 : 30_000);
    rig.proxy.restore();
    await rig.flowing();
    return rig.finish();
  },
};

export const SLOW_WIRES: readonly Fault[] = [hang, delay, throttle];
