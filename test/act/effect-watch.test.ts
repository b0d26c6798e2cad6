import assert from "node:assert/strict";
import type { EnvelopeTarget } from "../../runtime/act/envelope.ts";
import { DrivenActuator, zoneAddress } from "./driven-actuator.ts";

const ZONE1 = zoneAddress(1);
const WITHIN_MS = 30_000;
/** Of 5 K the air has gone 4.75 K after 30 s of a lag of 10 s. */
const EFFECT: NonNullable<EnvelopeTarget["effect"]> = {
  nodeId: "ns=1;s=Oven1.Zone1.Exit",
  direction: "same",
  leastChange: 0.5,
  withinMs: WITHIN_MS,
};
/** Three polls after the time is over, and one more in which it is judged. */
const JUDGED_MS = WITHIN_MS + 1_000;

describe("the effect of a write on the plant, by the actuator's own reading", function () {
  this.timeout(20_000);
  let rig: DrivenActuator;

  const start = async (effect: Partial<typeof EFFECT> = {}) => {
    rig = new DrivenActuator({ effect: { ...EFFECT, ...effect } });
    rig.next = () => undefined;
    await rig.ready();
  };
  const write = async (value: number, zone = 1) => {
    const result = await rig.propose({ target: zoneAddress(zone), value });
    assert.equal(result!.state, "verified", result!.reason);
  };
  const effects = () => rig.audited("effect").map(({ target, verdict }) => [target, verdict]);

  afterEach(() => rig.close());

  it("is seen as soon as three readings say so, and told with the write", async () => {
    await start();
    await write(185);
    assert.equal(rig.status.writes[0]!.effect, "pending");
    // Half of 5 K has gone after 7 s.
    await rig.run(6_000);
    assert.deepEqual(effects(), []);
    await rig.run(4_000);
    const [effect] = rig.audited("effect");
    assert.deepEqual(
      [effect!.verdict, effect!.id, effect!.expected, effect!.within, effect!.envelope],
      ["seen", "p1", 2.5, WITHIN_MS, "envelope-oven1"],
    );
    assert.ok((effect!.found as number) >= 2.5 && (effect!.found as number) < 3.5, String(effect!.found));
    assert.equal(rig.status.writes[0]!.effect, "seen");
    await rig.run(60_000);
    assert.equal(rig.mode, "act");
  });

  for (const [what, gain] of [
    ["does not move", 0],
    ["moves the other way", -1],
    ["moves too little", 0.3],
  ] as const) {
    it(`a plant that ${what}: disarmed within T, the prior value proposed to people and never written`, async () => {
      await start();
      rig.plant.gain = gain;
      await write(185);
      await rig.run(WITHIN_MS - 1_000);
      assert.equal(rig.mode, "act");
      await rig.run(JUDGED_MS - WITHIN_MS + 1_000);
      assert.match(
        rig.mode,
        /^disarmed: wrong physical effect: .*zone1.* moved by -?\d.*, expected at least 2\.5 within 30\.0 s/,
      );
      assert.deepEqual(effects(), [[ZONE1, "wrong"]]);
      assert.equal(rig.status.writes[0]!.effect, "wrong");
      const [prior] = rig.audited("prior-proposed");
      assert.deepEqual([prior!.target, prior!.value, prior!.unit], [ZONE1, 180, "°C"]);
      assert.equal(rig.status.targets[0]!.proposedBack, 180);
      const disarmedMs = rig.clock.ms;
      // The PLC falls back by its own time-out of 10 s.
      await rig.run(15_000);
      assert.deepEqual([rig.plant.zones[0]!.setpoint, rig.plant.zones[0]!.inForce], [180, false]);
      assert.equal(rig.plant.asked.length, 1, "wrote it back by itself");
      assert.equal(rig.plant.beats.filter((atMs) => atMs > disarmedMs).length, 0);
      const refused = await rig.propose({ target: ZONE1, value: 185 });
      assert.equal(refused!.state, "refused");
      await rig.run(3_600_000 / 60);
      assert.match(rig.mode, /^disarmed: wrong physical effect/);
      rig.arm();
      assert.equal(rig.status.targets[0]!.proposedBack, undefined);
    });
  }

  it("against the setpoint where the envelope says so, down as well as up", async () => {
    await start({ direction: "opposite" });
    rig.plant.gain = -1;
    await write(185);
    await rig.run(JUDGED_MS);
    await write(178);
    await rig.run(JUDGED_MS);
    assert.deepEqual(
      rig.audited("effect").map(({ verdict, expected }) => [verdict, expected]),
      [
        ["seen", -2.5],
        ["seen", 3.5],
      ],
    );
  });

  it("one wild reading proves nothing, neither that it came nor that it did not", async () => {
    await start();
    rig.plant.gain = 0;
    rig.plant.noise = (n) => (n % 7 === 0 ? 40 : 0);
    await write(185);
    await rig.run(JUDGED_MS);
    assert.deepEqual(effects(), [[ZONE1, "wrong"]]);
    assert.match(rig.mode, /wrong physical effect/);
    await rig.close();
    await start();
    // Wild before the write and after it.
    rig.plant.noise = (n) => (n % 7 === 0 ? -40 : 0);
    await rig.run(3_000);
    await write(185);
    await rig.run(JUDGED_MS);
    assert.deepEqual([effects(), rig.mode], [[[ZONE1, "seen"]], "act"]);
  });

  it("writes one after another in one direction are each looked for", async () => {
    await start();
    await write(182);
    await rig.run(5_000);
    await write(186);
    await rig.run(JUDGED_MS);
    assert.deepEqual(
      rig.audited("effect").map(({ id, verdict }) => [id, verdict]),
      [
        ["p1", "seen"],
        ["p2", "seen"],
      ],
    );
  });

  it("of two setpoints only the one without effect disarms; what waited with it is not judged", async () => {
    rig = new DrivenActuator({ effect: EFFECT });
    rig.next = () => undefined;
    await rig.ready();
    rig.plant.gain = 0;
    await write(185);
    await rig.run(10_000);
    await write(185, 2);
    await rig.run(JUDGED_MS);
    assert.deepEqual(effects(), [
      [ZONE1, "wrong"],
      [zoneAddress(2), "not judged"],
    ]);
    // What was in force besides goes back to before the arm, by the PLC's own time-out.
    assert.deepEqual(
      rig.audited("prior-proposed").map(({ target, value }) => [target, value]),
      [
        [ZONE1, 180],
        [zoneAddress(2), 180],
      ],
    );
  });

  it("a write that goes back is judged together with the one it takes back", async () => {
    await start();
    await write(190);
    await rig.run(2_000);
    await write(184);
    await rig.run(JUDGED_MS);
    assert.deepEqual(
      rig.audited("effect").map(({ id, verdict, expected }) => [id, verdict, expected]),
      [
        ["p1", "not judged", 5],
        ["p2", "seen", 2],
      ],
    );
    await write(190);
    await write(184.2);
    await rig.run(JUDGED_MS);
    assert.deepEqual(
      effects()
        .slice(2)
        .map(([, verdict]) => verdict),
      ["not judged", "not judged"],
    );
    assert.equal(rig.mode, "act");
  });

  for (const [what, meanwhile] of [
    ["a person took over", () => rig.plant.setByHand(1, 170)],
    ["the key was turned", () => rig.plant.turnKey(true)],
    ["a person disarmed it", () => rig.actuator.disarm("envelope-oven1", "anna")],
  ] as const) {
    it(`is not judged where ${what} meanwhile`, async () => {
      await start();
      rig.plant.gain = 0;
      await write(185);
      await rig.run(5_000);
      meanwhile();
      await rig.run(JUDGED_MS);
      assert.deepEqual(effects(), [[ZONE1, "not judged"]]);
      assert.doesNotMatch(rig.mode, /wrong physical effect/);
      assert.equal(rig.plant.asked.length, 1);
    });
  }

  it("a plant that stands still is not judged; when it goes on, it is", async () => {
    await start();
    await write(185);
    await rig.run(5_000);
    rig.plant.isFrozen = true;
    await rig.run(2 * WITHIN_MS);
    assert.match(rig.mode, /^hold: .*silent/);
    assert.deepEqual(effects(), []);
    rig.plant.isFrozen = false;
    await rig.run(JUDGED_MS);
    assert.deepEqual([effects(), rig.mode], [[[ZONE1, "seen"]], "act"]);
  });

  it("a measurement that comes no more holds, and is judged when it comes again", async () => {
    await start();
    rig.plant.gain = 0;
    await write(185);
    await rig.run(5_000);
    rig.plant.isExitStale = true;
    await rig.run(WITHIN_MS + 5_000);
    assert.match(rig.mode, /^hold: .*zone1.*: the effect of 185 is not seen: no reading for \d/);
    assert.equal((await rig.propose({ target: ZONE1, value: 186 }))!.state, "refused");
    rig.plant.isExitStale = false;
    await rig.run(2_000);
    assert.match(rig.mode, /^disarmed: wrong physical effect/);
  });

  it("a measurement of bad quality holds before anything is written", async () => {
    await start();
    rig.plant.isBad = true;
    await rig.run(400);
    assert.match(rig.mode, /^hold: .*quality/);
    assert.equal((await rig.propose({ target: ZONE1, value: 185 }))!.state, "refused");
    assert.deepEqual(rig.plant.asked, []);
  });
});
