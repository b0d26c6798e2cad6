import assert from "node:assert/strict";
import type { Fault } from "../fault.ts";
import { pause, Rig } from "../rig.ts";

/** The connection is reset, and for so long no new one is made. In short a cut that outlives the session is 6 s. */
const tcpCut = (seconds: number): Fault => ({
  name: `TCP cut ${seconds} s`,
  losesNothing: seconds <= 10,
  async run(context) {
    const isLong = seconds > 10;
    const cutMs = isLong && context.isShort ? 6000 : seconds * 1000;
    // The long cut outlives the session, the others do not.
    const rig = await Rig.opcua(context, { surviveMs: isLong ? cutMs * 0.6 : 30_000 });
    await rig.start();
    await pause(context.random.integer(300));
    const before = rig.proxy.accepted;
    rig.proxy.cut();
    await pause(cutMs);
    rig.proxy.restore();
    await rig.flowing();
    assert.ok(rig.proxy.accepted > before, "it connected again");
    return rig.finish();
  },
});

export const TCP_CUTS: readonly Fault[] = [tcpCut(0.5), tcpCut(3), tcpCut(30)];
