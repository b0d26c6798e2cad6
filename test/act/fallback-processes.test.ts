import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ActingProcesses } from "./acting-processes.ts";

/** Longer than the PLC's time-out and the host's silence. */
const LONG_MS = 2_000;

describe("the fallbacks, by killing, stopping and cutting real processes", function () {
  this.timeout(60_000);
  const rig = new ActingProcesses();

  before(async () => {
    await rig.start();
    await rig.arm();
  });
  after(() => rig.close());

  /** Nothing is asked for from now on, for longer than anything could take that was under way. */
  async function writesNothing(): Promise<void> {
    const { length } = rig.asked;
    await sleep(LONG_MS);
    assert.equal(rig.asked.length, length, rig.mode);
  }

  it("killed host: holds, and a new one resumes by itself", async () => {
    await rig.kill(rig.host);
    await rig.until("hold", () => /^hold: no heartbeat from the host/.test(rig.mode));
    await writesNothing();
    rig.startHost();
    await rig.writes();
    assert.equal(rig.mode, "act");
  });

  it("cut link: holds, writes nothing that was asked for meanwhile, and resumes by itself", async () => {
    rig.wire.cut();
    await rig.until("hold", () => /^hold: the plant is not read/.test(rig.mode));
    await writesNothing();
    rig.wire.restore();
    await rig.writes();
    assert.equal(rig.mode, "act");
  });

  it("hanging link: the same, once a request has taken too long", async () => {
    rig.wire.hang();
    await rig.until("hold", () => /^hold: /.test(rig.mode));
    await writesNothing();
    rig.wire.restore();
    await rig.until("no hold", () => rig.mode === "act");
    await rig.writes();
  });

  it("frozen plant: holds, and resumes by itself when it goes on", async () => {
    rig.plant.kill("SIGSTOP");
    await rig.until("hold", () => /^hold: /.test(rig.mode));
    await sleep(LONG_MS);
    const { length } = rig.asked;
    rig.plant.kill("SIGCONT");
    // One write may have been under way when it stopped; the PLC takes it from the wire now, and times it out.
    await rig.until("it is read again", () => rig.watch.status?.plant.problem === null);
    assert.ok(rig.asked.length <= length + 1, `${rig.asked.length - length} writes waited on the wire`);
    await rig.until("no hold", () => rig.mode === "act");
    await rig.writes();
  });

  it("killed actuator: nothing is written; the PLC falls back; a new one is disarmed until people arm it", async () => {
    await rig.kill(rig.actuator);
    await writesNothing();
    const before = rig.watch.status?.pid;
    await rig.startActuator();
    await rig.until("seen again", () => rig.watch.status !== undefined && rig.watch.status.pid !== before);
    await rig.until("disarmed", () => /^disarmed: the actuator was restarted/.test(rig.mode));
    await rig.until("the plant is read", () => rig.watch.status?.plant.problem === null);
    // It goes back to what was safe without anybody writing it.
    await rig.until("fallen back", () => rig.envelope!.targets[0]!.setpoint === 180);
    await writesNothing();
    await rig.arm();
    assert.equal(rig.mode, "act");
  });
});
