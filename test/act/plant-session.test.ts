import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OPCUAClient } from "node-opcua";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import { loadOpcua } from "../../runtime/describe/opcua/load-opcua.ts";

describe("the plant session at a server that stands", function () {
  this.timeout(20_000);
  let directory: string;
  let giveBack: () => void;
  let disconnects = 0;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "rung-session-"));
    const opcua = await loadOpcua();
    const { create } = opcua.OPCUAClient;
    giveBack = () => {
      opcua.OPCUAClient.create = create;
    };
    opcua.OPCUAClient.create = () =>
      ({
        on: () => undefined,
        connect: async () => undefined,
        createSession: async () => ({ read: () => Promise.reject(new Error("no answer in time")) }),
        disconnect: () => {
          disconnects++;
          return new Promise(() => undefined);
        },
      }) as unknown as OPCUAClient;
  });
  after(() => {
    giveBack();
    rmSync(directory, { recursive: true, force: true });
  });

  it("tells of the lost link although the old connection never closes", async () => {
    const session = new PlantSession({
      endpoint: () => "opc.tcp://127.0.0.1:1",
      certificates: () => [],
      login: () => ({ user: "actuator", password: "none" }),
      directory,
      requestMs: 50,
    });
    session.start();
    while (!session.connected) await sleep(20);
    await assert.rejects(session.read(["ns=1;s=Plant.Time"]), /no answer in time/);
    assert.equal(disconnects, 1);
    assert.equal(session.connected, false);
    await session.close();
  });
});
