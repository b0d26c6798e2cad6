import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ControlApi, startControlApi } from "../../plant/control/control-api.ts";
import { Plant } from "../../plant/physics/plant.ts";
import { OvenPlc } from "../../plant/plc/oven-plc.ts";
import { PlantLoop } from "../../plant/run/plant-loop.ts";
import { temporaryHome } from "./plant-home.ts";

describe("plant/control: control API", () => {
  const { home, remove } = temporaryHome();
  const plant = new Plant({ seed: 1, startTimeUs: 1_790_000_000e6, warmUpS: 0 });
  const loop = new PlantLoop(plant, new OvenPlc(plant), 60);
  let api: ControlApi;
  let token = "";

  before(async () => {
    api = await startControlApi(home, loop);
    token = readFileSync(join(home, "plant", "control-token"), "utf8").trim();
  });
  after(async () => {
    await api.stop();
    remove();
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    bearer = token,
  ): Promise<{ status: number; content: Record<string, unknown> }> {
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
      method,
      headers: bearer === "" ? {} : { authorization: `Bearer ${bearer}` },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, content: (await response.json()) as Record<string, unknown> };
  }

  it("needs its token, which only the owner can read", async () => {
    assert.equal(statSync(join(home, "plant", "control-token")).mode & 0o777, 0o600);
    for (const bearer of ["", "wrong", `${token}x`, token.slice(1)]) {
      for (const [method, path] of [
        ["GET", "/truth"],
        ["POST", "/faults"],
        ["GET", "/nothing"],
      ] as const) {
        assert.equal((await call(method, path, undefined, bearer)).status, 401);
      }
    }
    assert.equal(plant.faults.length, 0);
  });

  it("plants faults and takes them away", async () => {
    assert.equal(
      (await call("POST", "/faults", { fault: "fouled-nozzle", zone: 4, severity: 0.5 })).status,
      200,
    );
    assert.deepEqual(
      plant.faults.map(({ fault, zone, severity, rampS }) => ({ fault, zone, severity, rampS })),
      [{ fault: "fouled-nozzle", zone: 4, severity: 0.5, rampS: 120 }],
    );
    assert.equal((await call("DELETE", "/faults")).status, 200);
    assert.equal(plant.faults.length, 0);
  });

  it("skews the physics of a panel", async () => {
    assert.equal((await call("POST", "/skew", { panel: "rocker", film: 0.75 })).status, 200);
    assert.deepEqual([...plant.bodies.panelFilm], [1, 1, 1, 1, 0.75]);
    await call("POST", "/skew", { panel: "rocker", film: 1 });
    assert.deepEqual([...plant.bodies.panelFilm], [1, 1, 1, 1, 1]);
  });

  it("turns keys, sets setpoints by hand, changes speed, pauses", async () => {
    await call("POST", "/key", { zone: 2, local: true });
    assert.equal(plant.local[1], 1);
    await call("POST", "/key", { zone: 2, local: false });
    assert.equal(plant.local[1], 0);
    const { content } = await call("POST", "/setpoint", { zone: 2, value: 185 });
    assert.deepEqual(content.setpoints, [140, 185, 195, 190, 185, 180]);
    await call("POST", "/speed", { speed: 10 });
    assert.equal(loop.speed, 10);
    await call("POST", "/pause", { paused: true });
    assert.equal(loop.paused, true);
  });

  it("tells the truth of finished bodies", async () => {
    plant.step(2000);
    const { content } = await call("GET", "/truth");
    const bodies = content.bodies as {
      id: number;
      e170: Record<string, number>;
      setpointsAtExit: number[];
    }[];
    assert.deepEqual(
      bodies.map((body) => body.id),
      plant.finished.map((body) => body.id),
    );
    assert.ok(bodies.length > 0);
    assert.deepEqual(bodies[0]!.e170, plant.finished[0]!.e170);
    assert.deepEqual(content.limits, { underBakeE170Min: 10, overBakeE170Min: 55, peakMetalC: 205 });
    const later = await call("GET", `/truth?after=${bodies[0]!.id}`);
    assert.equal((later.content.bodies as unknown[]).length, bodies.length - 1);
  });

  const wrong: [string, string, unknown, number, RegExp][] = [
    ["POST", "/faults", { fault: "fire" }, 400, /expected one of stuck-sensor/],
    ["POST", "/faults", "{", 400, /no JSON/],
    ["POST", "/faults", "[]", 400, /expected a JSON object/],
    ["POST", "/faults", "x".repeat(10_001), 413, /at most 10000 bytes/],
    ["POST", "/key", { zone: 7, local: true }, 400, /zone: expected 1 to 6, got 7/],
    ["POST", "/key", { zone: 1, local: "yes" }, 400, /local: expected true or false/],
    ["POST", "/setpoint", { zone: 1 }, 400, /value: expected a number, got undefined/],
    ["POST", "/speed", { speed: 1e9 }, 400, /speed: expected 0.1 to 600/],
    ["POST", "/skew", { panel: "bonnet", film: 1 }, 400, /panel: expected one of roof/],
    ["POST", "/skew", { panel: "roof", film: 9 }, 400, /film: expected 0.2 to 5/],
    ["GET", "/truth?after=x", undefined, 400, /after: expected/],
    ["GET", "/nothing", undefined, 404, /no such call/],
  ];
  for (const [method, path, body, status, words] of wrong) {
    it(`answers ${status} to ${method} ${path} with ${String(JSON.stringify(body)).slice(0, 40)}`, async () => {
      const answer = await call(method, path, body);
      assert.equal(answer.status, status);
      assert.match(String(answer.content.error), words);
    });
  }
});
