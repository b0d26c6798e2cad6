import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ASSEMBLY_TAGS } from "../../plant/assembly/assembly-tags.ts";
import { STATION_TAGS } from "../../plant/body/station-tags.ts";
import { resumePlant } from "../../plant/run/plant-clock.ts";
import { writePrehistory } from "../../plant/run/prehistory.ts";
import { TAGS } from "../../plant/tags.ts";
import { loginsOf, temporaryHome, until } from "./plant-home.ts";

const MAIN = fileURLToPath(new URL("../../plant/main.ts", import.meta.url));

interface Run {
  pid: number;
  port: number;
  endpoint: string;
  controlPort: number;
}

describe("plant/main: the process", function () {
  this.timeout(40_000);
  const { home, remove } = temporaryHome();
  const ownFolder = join(home, "user");
  const children: ChildProcess[] = [];
  let lastWords = "";

  before(() => mkdirSync(ownFolder));
  after(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    remove();
  });

  function start(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env.PATH, HOME: ownFolder, RUNG_HOME: home },
      stdio: ["ignore", "inherit", "pipe"],
    });
    lastWords = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      lastWords += text;
    });
    children.push(child);
    return child;
  }

  const runFile = join(home, "run", "plant.json");
  const announced = async (child: ChildProcess): Promise<Run> => {
    const read = (): Run | undefined =>
      existsSync(runFile) ? (JSON.parse(readFileSync(runFile, "utf8")) as Run) : undefined;
    await until(
      "the run file",
      () => read()?.pid === child.pid,
      () => lastWords,
    );
    return read()!;
  };

  async function control(
    run: Run,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ timeUs: number }> {
    const token = readFileSync(join(home, "plant", "control-token"), "utf8").trim();
    const response = await fetch(`http://127.0.0.1:${run.controlPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as { timeUs: number };
  }

  const opens = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });

  let endOfPastUs = 0;

  it("writes 8 hours of the paint shop's past and a day of the others' as CSV, with one logger ride an hour before the end", async () => {
    const file = join(home, "past.csv");
    const [code] = await once(start("--prehistory", file), "exit");
    assert.equal(code, 0, lastWords);
    const [header, ...rows] = readFileSync(file, "utf8").trimEnd().split("\n");
    const ofLine = ASSEMBLY_TAGS.filter(({ cyclic }) => cyclic);
    const ofBody = STATION_TAGS.filter(({ path }) => /motorLoad$|motorTemperature$|\/weld\//.test(path));
    assert.equal(ofBody.length, 56);
    assert.deepEqual(header!.split(","), [
      "timeUs",
      ...TAGS.map(({ path }) => `paint/${path}`),
      ...ofLine.map(({ path }) => `assembly/line1/${path}`),
      ...ofBody.map(({ path }) => `body/station120/${path}`),
    ]);
    const cells = rows.map((row) => row.split(","));
    const ofPaint = cells.filter((row) => row[1] !== "");
    assert.equal(ofPaint.length, 5760);
    for (const [i, row] of cells.entries()) {
      assert.equal(row.length, TAGS.length + ofLine.length + ofBody.length + 1);
      assert.ok(i === 0 || Number(row[0]) > Number(cells[i - 1]![0]), "in order of time");
    }
    for (const [i, row] of ofPaint.entries()) assert.equal(Number(row[0]) - Number(ofPaint[0]![0]), i * 5e6);
    assert.equal(cells.at(-1), ofPaint.at(-1));
    for (const [i, tag] of TAGS.entries()) {
      const filled = cells.filter((row) => row[i + 1] !== "").length;
      if (tag.cyclic) assert.equal(filled, 5760, tag.path);
      else if (tag.duringRide) assert.ok(filled === 360 || filled === 361, `${tag.path}: ${filled}`);
      else if (tag.path.includes("exit/") || tag.path.includes("entry/")) {
        assert.ok(filled > 290 && filled < 325, `${tag.path}: ${filled}`);
      } else assert.equal(filled, 1, tag.path);
    }
    for (const [i, { path }] of ofLine.entries()) {
      const column = 1 + TAGS.length + i;
      assert.equal(cells.filter((row) => row[column] !== "").length, 2880, path);
    }
    for (const [i, { path }] of ofBody.entries()) {
      const column = 1 + TAGS.length + ofLine.length + i;
      const filled = cells.filter((row) => row[column] !== "").length;
      assert.ok(filled > 1400 && filled < 1800, `${path}: ${filled} bodies`);
    }
    const logger = 1 + TAGS.findIndex((tag) => tag.path === "oven1/logger/roof");
    const begin = ofPaint.findIndex((row) => row[logger] !== "");
    assert.ok(begin >= 5040 && begin < 5100, `the ride begins in row ${begin}`);
    endOfPastUs = Number(cells.at(-1)![0]);
  });

  it("writes its past into no file that a link at that place leads to", () => {
    const other = temporaryHome();
    try {
      const key = join(other.home, "key");
      const past = join(other.home, "past.csv");
      writeFileSync(key, "a key", { mode: 0o600 });
      symlinkSync(key, past);
      assert.ok(writePrehistory(other.home, 1, past) > 5760);
      assert.equal(readFileSync(key, "utf8"), "a key");
      assert.ok(lstatSync(past).isFile());
    } finally {
      other.remove();
    }
  });

  it("goes on where the past ended, without a jump in time or in what it measures", () => {
    const plant = resumePlant(home, 1);
    assert.equal(plant.timeUs, endOfPastUs);
    const last = readFileSync(join(home, "past.csv"), "utf8").trimEnd().split("\n").at(-1)!.split(",");
    const before = TAGS.map((_, i) => Number(last[i + 1]));
    plant.step(5);
    for (const [i, tag] of TAGS.entries()) {
      if (tag.path.endsWith("airTemperature"))
        assert.ok(Math.abs(plant.values[i]! - before[i]!) < 2, tag.path);
      if (tag.path === "oven1/gas/total") assert.ok(plant.values[i]! - before[i]! < 1);
    }
  });

  it("starts, announces itself, is cut off and comes back, ends on SIGTERM, and never goes back in time", async () => {
    const first = start("--speed", "60");
    const run = await announced(first);
    assert.equal(run.endpoint, `opc.tcp://127.0.0.1:${run.port}`);
    assert.equal(loginsOf(home).opcua.length, 2);
    const begun = await control(run, "GET", "/status");
    assert.ok(begun.timeUs >= endOfPastUs);
    await until(
      "a plant minute",
      async () => (await control(run, "GET", "/status")).timeUs > begun.timeUs + 60e6,
    );
    assert.equal(await opens(run.port), true);
    await control(run, "POST", "/faults", { fault: "network-cut", durationS: 1 });
    await until("the cut", async () => !(await opens(run.port)));
    await until(
      "the end of the cut",
      () => opens(run.port),
      () => lastWords,
    );
    const { timeUs } = await control(run, "GET", "/status");
    first.kill("SIGTERM");
    assert.deepEqual(await once(first, "exit"), [0, null], lastWords);
    assert.equal(existsSync(runFile), false);

    const second = start("--speed", "60");
    const again = await announced(second);
    const resumed = await control(again, "GET", "/status");
    assert.ok(resumed.timeUs >= timeUs && resumed.timeUs < timeUs + 600e6);
    await until(
      "two saves",
      async () => (await control(again, "GET", "/status")).timeUs > resumed.timeUs + 90e6,
    );
    const beforeKill = await control(again, "GET", "/status");
    second.kill("SIGKILL");
    await once(second, "exit");
    assert.ok(resumePlant(home, 1).timeUs >= beforeKill.timeUs);
    assert.ok(resumePlant(home, 2).timeUs >= beforeKill.timeUs);
    assert.deepEqual(readdirSync(ownFolder), [], "it writes nowhere but into RUNG_HOME");
  });

  const wrong: [string[], RegExp][] = [
    [["--speed", "0"], /--speed: expected a number from 0.1 to 600, got "0"/],
    [["--seed", "1.5"], /--seed: expected a whole number/],
    [["--fast"], /Unknown option '--fast'/],
    [["--schedule", "{"], /--schedule: is no JSON/],
    [["--schedule", '[{"fault":"fire","at":1}]'], /--schedule, entry 1: fault: expected one of/],
    [["--schedule", '[{"fault":"fan-loss"}]'], /--schedule, entry 1: expected one of at .* and atWall/],
  ];
  it("ends with status 2 and says which argument is wrong", async () => {
    for (const [args, words] of wrong) {
      const [code] = await once(start(...args), "exit");
      assert.equal(code, 2, args.join(" "));
      assert.match(lastWords, words);
    }
  });
});
