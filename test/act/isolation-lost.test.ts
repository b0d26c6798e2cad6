import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Actuator } from "../../runtime/act/actuator.ts";
import type { Isolation } from "../../runtime/act/isolation.ts";
import { VIRTUAL_SETTINGS } from "../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";
import { RequestBlockPlant } from "./request-block-plant.ts";

const ID = "envelope-oven1";
const ISOLATED: Isolation = { isolated: true, measured: true, reasons: [] };
const HOST_DOWN: Isolation = { isolated: false, measured: false, reasons: ["the host was not found"] };
const LOST: Isolation = { isolated: false, measured: true, reasons: ["/act/key.pem can be read by others"] };

describe("isolation of a live link's actuator, measured again", () => {
  const plant = new RequestBlockPlant();
  let home: string;
  let actuator: Actuator;
  let isolation = ISOLATED;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-isolation-lost-"));
    mkdirSync(join(home, "run"));
    await plant.start(home);
    // A live plant's clock is near this machine's, or nothing is written.
    plant.stepClock(Date.now() * 1000 - plant.nowUs());
    const directory = join(home, "actuator");
    actuator = new Actuator({
      directory,
      settings: { ...VIRTUAL_SETTINGS, reality: "live", pollMs: 50, hostSilenceMs: 60_000 },
      session: new PlantSession({
        endpoint: () => plant.endpoint,
        certificates: () => [join(home, "plant", "pki", "own", "certs", "certificate.pem")],
        login: () => ({ user: "actuator", password: plant.password }),
        directory,
      }),
      home,
      people: {
        find: (name) => ({ name, role: "engineer", scopes: [""], setBy: "os:rung-act", setAtMs: 0 }),
      },
      isolation: () => isolation,
      isolationEveryMs: 50,
    });
    actuator.start();
    const { hash } = actuator.want(ovenEnvelope({ maxInputAgeMs: 60_000 }));
    actuator.commission(ID, hash, "anna");
    actuator.heartbeat({ rowFour: { [TWIN]: { holds: true, cause: "" } }, envelopes: [ID] });
  });
  after(async () => {
    await actuator.close();
    await plant.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const arm = () => actuator.arm(ID, "act", 10, "anna");
  const arming = () => actuator.status().envelopes[0]!.arming;

  it("keeps the arm while the host is down, and ends it where the host reaches the key", async () => {
    while (!actuator.status().envelopes[0]!.checks.every(({ holds }) => holds)) await sleep(20);
    assert.equal(arm(), "armed");
    isolation = HOST_DOWN;
    assert.throws(arm, /not isolated from the host: the host was not found/);
    assert.equal(arming().mode, "act");
    isolation = LOST;
    assert.throws(arm, /not isolated from the host: \/act\/key\.pem can be read by others/);
    assert.deepEqual(
      [arming().mode, arming().disarmedBecause],
      ["observe", "no longer isolated: /act/key.pem can be read by others"],
    );
    isolation = ISOLATED;
    assert.equal(arming().mode, "observe", "nobody but a person arms it again");
  });

  it("ends the arm by itself, where nobody asks it to measure", async () => {
    assert.equal(arm(), "armed");
    isolation = LOST;
    const untilMs = Date.now() + 5_000;
    while (arming().mode === "act" && Date.now() < untilMs) await sleep(20);
    assert.deepEqual(
      [arming().mode, arming().disarmedBecause],
      ["observe", "no longer isolated: /act/key.pem can be read by others"],
    );
  });
});
