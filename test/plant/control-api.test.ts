import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AssemblyLine } from "../../plant/assembly/assembly-line.ts";
import { type ControlApi, startControlApi } from "../../plant/control/control-api.ts";
import { Plant } from "../../plant/physics/plant.ts";
import { OvenPlc } from "../../plant/plc/oven-plc.ts";
import { PlantLoop } from "../../plant/run/plant-loop.ts";
import { temporaryHome } from "./plant-home.ts";

describe("plant/control: control API", () => {
  const { home, remove } = temporaryHome();
  const plant = new Plant({ seed: 1, startTimeUs: 1_790_000_000e6, warmUpS: 0 });
  const loop = new PlantLoop(plant, new OvenPlc(plant), 60);
  const assembly = new AssemblyLine(1, plant.timeUs);
  let api: ControlApi;
  let token = "";

  before(async () => {
    api = await startControlApi(home, loop, assembly);
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
        ["POST", "/fail", { station: "st13", seconds: 60 }, 400, /station: expected st01 to st12, got st13/],
        ["POST", "/fail", { station: "st03" }, 400, /seconds: expected a number, got undefined/],
        ["POST", "/slow", { station: "st03", factor: 9 }, 400, /factor: expected 0.5 to 3, got 9/],
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

  it("plants faults of other shops, and schedules of them, listed or drawn, whole or not at all", async () => {
    const slow = { fault: "slow-station", station: "st05", severity: 0.5 };
    assert.equal((await call("POST", "/faults", slow)).status, 200);
    assembly.stepTo(assembly.timeUs + 1e6);
    assert.deepEqual(
      assembly.faults.active.map(({ fault, at, severity }) => [fault, at, severity]),
      [["slow-station", 4, 0.5]],
    );
    const listed = [
      { inS: 1, fault: "sticking-valve", zone: 2 },
      { inS: 2, ...slow },
    ];
    assert.equal((await call("POST", "/schedule", { faults: listed })).status, 200);
    plant.step(1);
    assert.deepEqual(
      plant.faults.map(({ fault, zone }) => [fault, zone]),
      [["sticking-valve", 2]],
    );
    await call("DELETE", "/faults");
    assembly.stepTo(assembly.timeUs + 10e6);
    const { content } = await call("GET", "/faults");
    assert.deepEqual(content, { paint: [], body: [], assembly: [] });
    const wrong = await call("POST", "/schedule", { faults: [listed[0], { inS: 1, fault: "fire" }] });
    assert.equal(wrong.status, 400);
    // The body station does not run here.
    const starting = await call("POST", "/faults", { fault: "worn-cable", robot: "R1" });
    assert.deepEqual(
      [starting.status, starting.content.error],
      [400, "fault: the body station is still starting"],
    );
    plant.step(2);
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
    assert.equal((await call("POST", "/emergency-stop", { active: true })).content.emergencyStop, true);
    assert.equal(loop.plc.emergencyStop, true);
    assert.equal((await call("POST", "/emergency-stop", {})).status, 400);
    assert.equal((await call("POST", "/emergency-stop", { active: false })).content.emergencyStop, false);
    const { content } = await call("POST", "/setpoint", { zone: 2, value: 185 });
    assert.deepEqual(content.setpoints, [140, 185, 195, 190, 185, 180]);
    await call("POST", "/speed", { speed: 10 });
    assert.equal(loop.speed, 10);
    await call("POST", "/pause", { paused: true });
    assert.equal(loop.paused, true);
    const beforeUs = plant.timeUs;
    const stepped = await call("POST", "/step", { seconds: 30 });
    assert.deepEqual([plant.timeUs - beforeUs, stepped.content.timeUs], [30e6, plant.timeUs]);
    assert.equal((await call("POST", "/step", { seconds: 0.5 })).status, 400);
    loop.pause(false);
    const running = await call("POST", "/step", { seconds: 30 });
    assert.deepEqual(
      [running.status, running.content.error, plant.timeUs - beforeUs],
      [400, "step: the plant is not paused", 30e6],
    );
  });

  it("breaks a station of the assembly line", async () => {
    assembly.stepTo(Math.ceil(plant.timeUs / 28800e6) * 28800e6 - 3600e6);
    const { content } = await call("POST", "/fail", { station: "st03", seconds: 600 });
    const { name, state } = (content.stations as { name: string; state: string }[])[2]!;
    assert.deepEqual([name, state], ["st03", "Aborted"]);
    assert.deepEqual((await call("GET", "/assembly")).content, content);
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
    ["POST", "/faults", { fault: "worn-gearbox", robot: "R9" }, 400, /robot: expected R1 to R4, got R9/],
    ["POST", "/faults", { fault: "drifting-tool", station: "st01" }, 400, /st06, st07, st10, got st01/],
    ["POST", "/schedule", {}, 400, /seed: expected a number, got undefined/],
    ["POST", "/schedule", { seed: 1, hours: 1 }, 400, /faults: expected fewer in 1 h/],
    ["POST", "/schedule", { seed: 1, count: 1e9 }, 400, /count: expected 1 to 500 faults/],
    ["POST", "/schedule", { seed: 0.5 }, 400, /seed: expected a whole number/],
    ["POST", "/schedule", { faults: [{ fault: "fan-loss" }] }, 400, /inS: expected a number, got undefined/],
    ["POST", "/schedule", { faults: [7] }, 400, /entry 1: expected a JSON object/],
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
    ["POST", "/fail", { station: "st13", seconds: 60 }, 400, /station: expected st01 to st12, got st13/],
    ["POST", "/fail", { station: "st03" }, 400, /seconds: expected a number, got undefined/],
    ["POST", "/slow", { station: "st03", factor: 9 }, 400, /factor: expected 0.5 to 3, got 9/],
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
