import assert from "node:assert/strict";
import { DrivenActuator, ENVELOPE, zoneAddress } from "./driven-actuator.ts";

/** One row of the table of fallbacks in docs/operating.md. */
interface Row {
  readonly fault: string;
  readonly strike: (rig: DrivenActuator) => void;
  /** Ends the fault; absent: it leaves nothing to be ended. */
  readonly end?: (rig: DrivenActuator) => void;
  /** After the fault no write lies later than this. */
  readonly boundMs: number;
  /** What it comes to, and why, in words. */
  readonly comesTo: RegExp;
  /** Longer than the bound where it takes so long until that is seen. */
  readonly seenAfterMs?: number;
  /** A hold ends by itself within this time after the fault has ended; absent: it is a disarm. */
  readonly resumesWithinMs?: number;
}

const POLL_MS = 200;
/** One poll, and the requests under way. */
const AT_ONCE_MS = POLL_MS + 100;
const HEARTBEAT_MS = 1_000;
const INPUT_AGE_MS = 2_000;
const HYSTERESIS_MS = 10_000;
/** The hysteresis, a proposal, and what it takes to see that all is well. */
const RESUMES_MS = HYSTERESIS_MS + 3_000;

const ROWS: readonly Row[] = [
  {
    fault: "stale input",
    strike: ({ plant }) => {
      plant.isStale = true;
    },
    end: ({ plant }) => {
      plant.isStale = false;
    },
    boundMs: INPUT_AGE_MS + AT_ONCE_MS,
    comesTo: /^hold: .*AirTemp is \d+\.\d s old/,
    resumesWithinMs: RESUMES_MS,
  },
  {
    fault: "quality not good",
    strike: ({ plant }) => {
      plant.isBad = true;
    },
    end: ({ plant }) => {
      plant.isBad = false;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^hold: .*quality of .* is not good/,
    resumesWithinMs: RESUMES_MS,
  },
  {
    fault: "frozen PLC",
    strike: ({ plant }) => {
      plant.isFrozen = true;
    },
    end: ({ plant }) => {
      plant.isFrozen = false;
    },
    // What is asked of it before it is seen to stand it does not answer, and that locks out.
    boundMs: INPUT_AGE_MS + AT_ONCE_MS,
    seenAfterMs: 10_000,
    comesTo: /^disarmed: read-back lock-out: .*the PLC did not answer/,
  },
  {
    fault: "frozen PLC, with nothing under way",
    strike: (rig) => {
      rig.plant.isFrozen = true;
      rig.next = () => undefined;
    },
    end: (rig) => {
      rig.plant.isFrozen = false;
      rig.next = rig.upAndDown;
    },
    boundMs: 0,
    comesTo: /^hold: .*the plant has been silent for/,
    resumesWithinMs: RESUMES_MS,
  },
  {
    fault: "killed host",
    strike: (rig) => {
      rig.rowFour = undefined;
    },
    end: (rig) => {
      rig.rowFour = { holds: true, cause: "" };
    },
    boundMs: 5_000 + AT_ONCE_MS,
    comesTo: /^hold: no heartbeat from the host/,
    resumesWithinMs: HEARTBEAT_MS + RESUMES_MS,
  },
  {
    fault: "row 4 lost",
    strike: (rig) => {
      rig.rowFour = { holds: false, cause: "the compute process is dead" };
    },
    end: (rig) => {
      rig.rowFour = { holds: true, cause: "" };
    },
    boundMs: HEARTBEAT_MS + AT_ONCE_MS,
    comesTo: /^hold: rung 4 of .* does not hold: the compute process is dead/,
    resumesWithinMs: HEARTBEAT_MS + RESUMES_MS,
  },
  {
    fault: "drift",
    strike: (rig) => {
      rig.rowFour = { holds: false, cause: "misses the exit", drift: "misses the exit by 6 K" };
    },
    end: (rig) => {
      rig.rowFour = { holds: true, cause: "" };
    },
    boundMs: HEARTBEAT_MS + AT_ONCE_MS,
    comesTo: /^disarmed: drift: misses the exit by 6 K/,
  },
  {
    fault: "comms loss, short",
    strike: ({ plant }) => {
      plant.isCut = true;
    },
    end: ({ plant }) => {
      plant.isCut = false;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^hold: the plant is not read/,
    resumesWithinMs: RESUMES_MS,
  },
  {
    fault: "comms loss of more than 10 min",
    strike: ({ plant }) => {
      plant.isCut = true;
    },
    end: ({ plant }) => {
      plant.isCut = false;
    },
    boundMs: AT_ONCE_MS,
    seenAfterMs: 601_000,
    comesTo: /^disarmed: on hold for more than 10 min: the plant is not read/,
  },
  {
    fault: "read-back mismatch",
    strike: ({ plant }) => {
      plant.isDeaf = true;
    },
    end: ({ plant }) => {
      plant.isDeaf = false;
    },
    // At most a second until something is proposed, then one retry: asked twice within two times the read-back.
    boundMs: 1_000 + 3_000 + AT_ONCE_MS,
    seenAfterMs: 1_000 + 2 * 3_000 + 1_000,
    comesTo: /^disarmed: read-back lock-out: .*the PLC did not answer/,
  },
  {
    fault: "changed by hand",
    strike: ({ plant }) => plant.setByHand(1, 172),
    boundMs: AT_ONCE_MS,
    comesTo: /^hold: .*taken over by an operator/,
    resumesWithinMs: 120_000 + RESUMES_MS,
  },
  {
    fault: "the plant's clock is set back",
    strike: ({ plant }) => {
      plant.stepUs = -3600e6;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^disarmed: the plant's clock went back by 3600 s/,
  },
  {
    fault: "the plant's clock is set ahead",
    strike: ({ plant }) => {
      plant.stepUs = 3600e6;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^disarmed: the plant's clock jumped ahead by 3600 s/,
  },
  {
    fault: "this machine's clock is set",
    strike: ({ clock }) => {
      clock.wallOffsetMs += 3600e3;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^disarmed: this machine's clock was set by 3600 s/,
  },
  {
    fault: "restart of the actuator",
    strike: (rig) => rig.restart(),
    boundMs: 0,
    comesTo: /^disarmed: the actuator was restarted/,
  },
  {
    fault: "emergency stop",
    strike: ({ plant }) => {
      plant.isStopped = true;
    },
    end: ({ plant }) => {
      plant.isStopped = false;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^disarmed: .*emergency stop is active/,
  },
  {
    fault: "key on local",
    strike: ({ plant }) => plant.turnKey(true),
    end: ({ plant }) => plant.turnKey(false),
    boundMs: AT_ONCE_MS,
    comesTo: /^hold: .*the key is on local/,
    resumesWithinMs: RESUMES_MS,
  },
  {
    fault: "machine not in Execute",
    strike: ({ plant }) => {
      plant.state = 5;
    },
    end: ({ plant }) => {
      plant.state = 6;
    },
    boundMs: AT_ONCE_MS,
    comesTo: /^hold: .*machine state 5, permitted 6/,
    resumesWithinMs: RESUMES_MS,
  },
];

const SAFETY = { nodeId: "ns=1;s=Oven1.Mode", permitted: [3], emergencyStop: "ns=1;s=Oven1.EStop" };

describe("the fallbacks, on a clock that is turned", function () {
  this.timeout(20_000);
  let rig: DrivenActuator;

  afterEach(() => rig.close());

  for (const row of ROWS) {
    const kind = row.resumesWithinMs === undefined ? "is left to people" : "resumes by itself";
    it(`${row.fault}: the last write lies within ${row.boundMs / 1000} s, and it ${kind}`, async () => {
      rig = new DrivenActuator({ safety: SAFETY });
      await rig.ready();
      await rig.run(5_000);
      assert.ok(rig.plant.asked.length >= 4, `wrote ${rig.plant.asked.length} times in 5 s`);
      const struckMs = rig.clock.ms;
      row.strike(rig);
      await rig.run(Math.max(row.seenAfterMs ?? 0, row.boundMs + 2_000));
      assert.match(rig.mode, row.comesTo);
      const seenMs = rig.clock.ms;
      // Longer than the PLC keeps a value without a heartbeat.
      await rig.run(12_000);
      assert.equal(rig.askedAfter(struckMs + row.boundMs), 0, "wrote after the bound");
      const endedMs = rig.clock.ms;
      row.end?.(rig);
      await rig.run(row.resumesWithinMs ?? 2 * HYSTERESIS_MS);
      if (row.resumesWithinMs !== undefined) {
        assert.equal(rig.mode, "act");
        await rig.run(2_000);
        assert.ok(rig.askedAfter(endedMs) > 0, "never resumed");
        return;
      }
      assert.match(rig.mode, row.comesTo);
      assert.equal(rig.askedAfter(struckMs + row.boundMs), 0, "wrote without people");
      const beats = rig.plant.beats.filter((atMs) => atMs > seenMs);
      assert.deepEqual([beats, rig.plant.zones[0]!.inForce], [[], false], "kept a value in force");
      rig.arm();
      await rig.run(3_000);
      assert.ok(rig.askedAfter(endedMs) > 0, "people could not arm it again");
    });
  }

  it("disk full: what cannot be recorded is not done, and people arm it again", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    await rig.run(10_000);
    const struckMs = rig.clock.ms;
    const asked = rig.plant.asked.length;
    rig.isDiskFull = true;
    await rig.run(30_000);
    assert.match(rig.mode, /^disarmed: the audit cannot be written: ENOSPC/);
    // The first line that could not be written is that of a decision, so that nothing was written after it.
    assert.equal(rig.plant.asked.length, asked);
    assert.equal(rig.plant.beats.filter((atMs) => atMs > struckMs + 1_000 + AT_ONCE_MS).length, 0);
    assert.equal(rig.plant.zones[0]!.inForce, false, "the PLC did not fall back");
    assert.match(rig.faults[0]!, /the audit cannot be written: ENOSPC.*free the disk/);
    assert.throws(() => rig.arm(), /cannot be written/);
    assert.match(rig.mode, /^disarmed/);
    const { audit } = rig.actuator.status();
    assert.equal(audit.whole, false);
    rig.isDiskFull = false;
    await rig.run(60_000);
    assert.equal(rig.askedAfter(struckMs), 0, "wrote without people");
    assert.match(rig.mode, /^disarmed: the audit cannot be written/);
    assert.match(String(rig.audited("audit-resumed")[0]!.cause), /ENOSPC/);
    rig.arm();
    await rig.run(3_000);
    assert.ok(rig.askedAfter(struckMs) > 0);
  });

  it("a fault of its own: every arm ends, and it goes on looking until people arm it again", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    await rig.run(3_000);
    const told: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = (text) => told.push(String(text)) > 0;
    try {
      rig.fault = new TypeError("cannot read the group of undefined");
      await rig.run(31_000);
    } finally {
      process.stderr.write = write;
    }
    assert.equal(rig.mode, "disarmed: cannot read the group of undefined");
    assert.ok(told.length > 0, "not logged");
    assert.match(told[0]!, /^actuator: TypeError: cannot read the group of undefined\n/);
    assert.deepEqual(rig.audited("disarm").at(-1), { envelope: ENVELOPE, cause: rig.fault.message });
    rig.fault = undefined;
    await rig.run(3_000);
    const atMs = rig.clock.ms;
    rig.arm();
    await rig.run(3_000);
    assert.ok(rig.askedAfter(atMs) > 0);
  });

  it("a stop of the actuator: a write under way is read back first", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    const written = rig.propose({ target: zoneAddress(1), value: 185 });
    await rig.actuator.close();
    assert.equal((await written)!.state, "verified");
    assert.deepEqual(rig.faults, []);
  });

  it("comms loss: nothing that was asked for during it is written after it", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    rig.plant.isCut = true;
    await rig.run(1_000);
    const until = rig.plant.nowUs() + 3600e6;
    const during = await rig.propose({ target: zoneAddress(2), value: 190, expiresUs: until });
    assert.equal(during!.state, "refused");
    rig.plant.isCut = false;
    await rig.run(60_000);
    assert.equal(rig.mode, "act");
    assert.deepEqual(
      rig.plant.asked.filter(({ zone }) => zone === 2),
      [],
    );
  });

  it("changed by hand: left alone, then gone on with from what the person set", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    await rig.run(3_000);
    rig.plant.setByHand(1, 172);
    const before = rig.plant.asked.length;
    await rig.run(120_000);
    assert.deepEqual([rig.plant.zones[0]!.setpoint, rig.plant.asked.length], [172, before]);
    await rig.run(RESUMES_MS);
    assert.equal(rig.plant.asked[before]!.expected, 172);
    assert.equal(rig.results.at(-1)!.state, "verified");
  });

  it("changed by hand during a comms loss, after the PLC fell back: left alone as any change by hand", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    await rig.run(3_000);
    rig.plant.isCut = true;
    // Longer than the PLC keeps a value without a heartbeat.
    await rig.run(15_000);
    const { setpoint, result } = rig.plant.zones[0]!;
    assert.deepEqual([setpoint, result], [180, 6]);
    rig.plant.setByHand(1, 172);
    rig.plant.isCut = false;
    const before = rig.plant.asked.length;
    await rig.run(120_000);
    assert.deepEqual([rig.plant.zones[0]!.setpoint, rig.plant.asked.length], [172, before]);
    const told = ["taken-over", "fell-back"].map((event) => rig.audited(event).map(({ now }) => now));
    assert.deepEqual(told, [[172], []]);
    await rig.run(RESUMES_MS);
    assert.equal(rig.plant.asked[before]!.expected, 172);
  });

  for (const [what, result, comesTo] of [
    ["an emergency stop", 7, /^disarmed: .*zone1.*: the PLC tells of an emergency stop/],
    ["a time-out", 6, /^act$/],
  ] as const) {
    it(`${what} that the request block alone tells of is seen where the safe setpoint is the one in force`, async () => {
      rig = new DrivenActuator();
      await rig.ready();
      rig.next = () => undefined;
      for (const value of [185, 180]) await rig.propose({ target: zoneAddress(1), value });
      await rig.run(1_000);
      assert.equal(rig.status.targets[0]!.inForce, 180);
      Object.assign(rig.plant.zones[0]!, { result, inForce: false });
      await rig.run(AT_ONCE_MS);
      assert.match(rig.mode, comesTo);
      assert.equal(rig.status.targets[0]!.inForce, null);
      const told = ["taken-over", "fell-back"].map((event) => rig.audited(event).map(({ now }) => now));
      assert.deepEqual(told, [[], [180]]);
    });
  }

  it("solver timeout: an answer that comes after its time lapses, and the next one is judged anew", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    rig.next = () => undefined;
    const late = await rig.propose({ target: zoneAddress(1), value: 185, expiresUs: rig.plant.nowUs() - 1 });
    assert.deepEqual([late!.state, /expired/.test(late!.reason)], ["refused", true]);
    assert.deepEqual(rig.plant.asked, []);
    assert.equal((await rig.propose({ target: zoneAddress(1), value: 185 }))!.state, "verified");
  });

  it("a hold keeps what is in force, a disarm lets the PLC fall back; neither writes", async () => {
    rig = new DrivenActuator();
    await rig.ready();
    rig.next = () => undefined;
    await rig.propose({ target: zoneAddress(1), value: 185 });
    rig.rowFour = undefined;
    await rig.run(60_000);
    assert.match(rig.mode, /^hold/);
    assert.equal(rig.plant.zones[0]!.setpoint, 185);
    rig.actuator.disarm("envelope-oven1", "anna");
    await rig.run(11_000);
    assert.equal(rig.plant.zones[0]!.setpoint, 180);
    assert.equal(rig.plant.asked.length, 1);
  });
});
