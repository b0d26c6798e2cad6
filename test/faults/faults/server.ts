import assert from "node:assert/strict";
import type { Fault } from "../fault.ts";
import { pause, Rig } from "../rig.ts";

/** The session stays as fine as ever, and nothing comes. */
const forgottenSubscription: Fault = {
  name: "subscription deleted by the server",
  async run(context) {
    const rig = await Rig.opcua(context, { silentAfterMs: context.isShort ? 1500 : 5000 });
    await rig.start();
    await pause(context.random.integer(1000));
    const { forgotten } = await rig.producer!.ask<{ forgotten: number }>("forgetSubscriptions");
    assert.equal(forgotten, 1);
    await rig.until((view) => view.problems.length > 0 || view.gapsTold > 0, "the silence to be noticed");
    await rig.flowing();
    const outcome = await rig.finish();
    assert.ok(outcome.inLedger + outcome.filledIn > 0, "what was produced meanwhile was missing");
    return outcome;
  },
};

/** A secure server comes back with a certificate that has expired: nothing is read until it has its own again. */
const expiredCertificate: Fault = {
  name: "expired certificate",
  async run(context) {
    const rig = await Rig.opcua(context, { isSecure: true, surviveMs: 2000 });
    await rig.startProducer();
    await rig.startRecorder();
    await rig.recorder!.ask("trust");
    await rig.flowing();
    await rig.producer!.kill();
    await rig.startProducer({ isExpired: true });
    // Even to trust it changes nothing: it is over.
    await rig.recorder!.ask("trust");
    await rig.until((view) => view.linkError === "certificate-expired", "the certificate to be refused");
    const emitted = rig.view()!.counters.emitted;
    await pause(context.isShort ? 1000 : 5000);
    assert.equal(rig.view()!.counters.emitted, emitted, "nothing is read from it");
    await rig.producer!.kill();
    await rig.startProducer();
    await rig.flowing();
    const outcome = await rig.finish();
    assert.ok(outcome.inLedger + outcome.filledIn > 0, "what it produced meanwhile was missing");
    return outcome;
  },
};

export const SERVER_FAULTS: readonly Fault[] = [forgottenSubscription, expiredCertificate];
