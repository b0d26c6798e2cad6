import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Actuator } from "../../../runtime/act/actuator.ts";
import { readAudit } from "../../../runtime/act/audit/audit-log.ts";
import {
  type ActuatorSettings,
  pinnedCertificates,
  plantEndpoint,
  VIRTUAL_SETTINGS,
} from "../../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../../runtime/act/plant/plant-session.ts";
import { ovenEnvelope, TWIN } from "../oven-envelope.ts";
import { RequestBlockPlant } from "../request-block-plant.ts";

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const HELD = { rowFour: { [TWIN]: { holds: true, cause: "" } } };

describe("the actuator whose audit cannot be written", function () {
  this.timeout(30_000);
  let home: string;
  let actuator: Actuator;
  let hostBeat: NodeJS.Timeout;
  let isFull = false;
  let next = 0;
  const plant = new RequestBlockPlant();
  const settings: ActuatorSettings = { ...VIRTUAL_SETTINGS, pollMs: 50, readBackWithinMs: 300 };
  const directory = () => join(home, "actuator");
  const status = () => actuator.status().envelopes[0]!;

  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 8_000;
    while (!holds()) {
      if (performance.now() > end)
        assert.fail(`never: ${what}; ${JSON.stringify(actuator.status(), null, 1)}`);
      await sleep(20);
    }
  }
  const propose = (value: number) =>
    actuator.propose([
      {
        kind: "proposal",
        id: `p${++next}`,
        target: ZONE1,
        value,
        unit: "°C",
        expiresUs: plant.nowUs() + 60e6,
        evidence: [],
        recommendation: `r${next}`,
      },
    ]);

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-act-"));
    mkdirSync(join(home, "run"));
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    await plant.start(home);
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
    actuator = new Actuator({
      directory: directory(),
      settings,
      session: new PlantSession({
        endpoint: () => plantEndpoint(settings, home),
        certificates: () => pinnedCertificates(settings, home),
        login: () => ({ user: "actuator", password: plant.password }),
        directory: directory(),
        retryMs: 100,
        requestMs: 1000,
      }),
      home,
      auditWrite: (fd, bytes, from) => {
        if (isFull)
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        return writeSync(fd, bytes, from);
      },
    });
    actuator.start();
    actuator.want(ovenEnvelope());
    actuator.heartbeat(HELD);
    hostBeat = setInterval(() => actuator.heartbeat(HELD), 100);
    await until("every check holds", () => status().checks.every((check) => check.holds));
    actuator.arm("envelope-oven1", "act", 10, "anna");
  });
  after(async () => {
    clearInterval(hostBeat);
    await actuator.close();
    await plant.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("writes nothing, disarms, says why, and cannot be armed", async () => {
    assert.equal((await propose(185))[0]!.state, "verified");
    assert.equal(plant.asked.length, 1);
    isFull = true;
    await assert.rejects(propose(187), /audit cannot be written: ENOSPC.*so "decision" is refused/);
    await until("disarmed", () => status().arming.mode === "observe");
    assert.match(status().arming.disarmedBecause!, /the audit cannot be written: ENOSPC/);
    assert.equal(actuator.status().audit.whole, false);
    assert.throws(
      () => actuator.arm("envelope-oven1", "act", 10, "anna"),
      /the audit cannot be written: ENOSPC/,
    );
    await assert.rejects(propose(188), /is refused/);
    assert.equal(plant.asked.length, 1, "the PLC was asked for what is in no audit");
    await until("the PLC fell back by itself", () => plant.zone("Oven1.Zone1").setpoint === 180);
  });

  it("commissions and approves nothing that is in no audit", async () => {
    const request = {
      id: "a1",
      title: "Zone 1 up",
      twin: TWIN,
      changes: [{ target: ZONE1, value: 186, unit: "°C" }],
      expiresUs: plant.nowUs() + 600e6,
    };
    isFull = false;
    const { hash } = actuator.requestApproval(request);
    const { wantedHash } = status();
    isFull = true;
    await assert.rejects(actuator.approve("a1", hash, "anna"), /so "approve" is refused/);
    assert.equal(actuator.status().approvals.find(({ id }) => id === "a1")!.state, "open");
    assert.throws(
      () => actuator.commission("envelope-oven1", wantedHash, "anna"),
      /so "commission" is refused/,
    );
    assert.match(status().commissionedHow!, /automatically/);
  });

  it("stays disarmed when the disk has room again, and its audit tells of the disarm", async () => {
    isFull = false;
    await until("whole again, with nobody asking", () => actuator.status().audit.whole);
    assert.equal(status().arming.mode, "observe");
    assert.equal(plant.asked.length, 1);
    const { records, breaks } = readAudit(directory());
    assert.deepEqual(breaks, []);
    const disarm = records.findLast(({ event }) => event === "disarm")!;
    assert.match(String(disarm.data.cause), /the audit cannot be written: ENOSPC/);
    const writes = records.filter(({ event }) => event === "write");
    assert.deepEqual(
      writes.map(({ data }) => data.value),
      [185],
    );
    actuator.arm("envelope-oven1", "act", 10, "anna");
    assert.equal(status().arming.mode, "act");
  });
});
