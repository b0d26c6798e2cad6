import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/oven.ts";
import { TOY_OVEN } from "../prescribe/toy-oven.ts";
import { caughtOutput } from "./caught-output.ts";

const caught = (args: readonly string[]) => caughtOutput(() => run(args));

describe("rung oven optimise", () => {
  let folder: string;
  let config: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-optimise-"));
    config = join(folder, "toy.json");
    writeFileSync(config, JSON.stringify(TOY_OVEN));
  });
  after(() => rmSync(folder, { recursive: true }));
  const loose = "peakMostC=198,underCureShare=0.01";

  it("prints nominal beside robust with the risk of each, the same for the same seed", async function () {
    this.timeout(60_000);
    const ask = ["optimise", config, "--window", loose, "--runs", "2000", "--seed", "3"];
    const { code, out } = await caught(ask);
    assert.equal(code, 0, out);
    assert.match(out, /^toy +base +nominal +robust$/m);
    assert.match(out, /^against base +0\.0 % +-18\.\d % +-\d+\.\d %$/m);
    assert.match(out, /^E170 below 10 min +.* +3\d\.\d % \(<= 3\d\.\d %\) .*%\)$/m);
    assert.match(out, /^robust is certified: look \d, 2,000 fresh scenarios, confidence 9\d\.\d\d %$/m);
    assert.equal((await caught(ask)).out, out);
  });

  it("exits 1 with the reason where the limits cannot be kept", async function () {
    this.timeout(60_000);
    const ask = ["optimise", config, "--window", "peakMostC=198,e170MostMin=40", "--runs", "7000", "--json"];
    const { code, out } = await caught(ask);
    assert.equal(code, 1);
    const { robust } = JSON.parse(out) as { robust: { certified: boolean; reason: string } };
    assert.equal(robust.certified, false);
    assert.match(robust.reason, /over-baked/);
  });

  it("balances the conveyor between its buffers with certified settings", async function () {
    this.timeout(60_000);
    const file = join(folder, "buffers.json");
    const takes = [18, 18, 21, 21];
    writeFileSync(
      file,
      JSON.stringify({
        slotMin: 30,
        bodiesPerSlot: [18, 20],
        arrivals: takes.map(() => 20),
        takes,
        before: { capacity: 60, level: 30 },
        after: { capacity: 60, level: 24 },
      }),
    );
    const { code, out } = await caught([
      ...["optimise", config, "--window", `${loose},e170MostMin=60`, "--runs", "1000", "--buffers", file],
      "--json",
    ]);
    assert.equal(code, 0, out);
    const { plans, balance } = JSON.parse(out) as {
      plans: { bodiesPerHour: number; gasKWh: number; certified: boolean }[];
      balance: { bodies: number[]; after: number[]; kWh: number };
    };
    assert.deepEqual(
      plans.map((plan) => [plan.bodiesPerHour, plan.certified]),
      [
        [36, true],
        [40, true],
      ],
    );
    assert.ok(balance.after.at(-1)! >= 24 && balance.bodies.every((n) => n === 18 || n === 20));
    const perSlot = new Map(plans.map((plan) => [plan.bodiesPerHour / 2, plan.gasKWh]));
    const kWh = balance.bodies.reduce((sum, bodies) => sum + bodies * perSlot.get(bodies)!, 0);
    assert.ok(Math.abs(balance.kWh - kWh) < 1e-6);
  });

  it("names what is wrong and exits 2", async () => {
    const short = join(folder, "short.json");
    writeFileSync(short, JSON.stringify({ slotMin: 30, bodiesPerSlot: [20], arrivals: [1, 2], takes: [1] }));
    for (const [args, said] of [
      [[], /expected one configuration/],
      [[config, "--window", "depth=3"], /depth is no limit, known are e170LeastMin/],
      [[config, "--runs", "many"], /--runs must be a number, got many/],
      [[config, "--runs", "100"], /certifyRuns must be a whole number from \d+/],
      [[config, "--spread=-1"], /nodeLn must lie between 0 and 1, got -1/],
      [[config, "--body", "van"], /--body van is none of body/],
      [[config, "--pareto", "--buffers", config], /--pareto and --buffers exclude each other/],
      [[config, "--buffers", config], /slotMin must be > 0, bodiesPerSlot 1 to 9 different whole/],
      [[config, "--buffers", short], /buffers: arrivals has 2 slots, takes 1/],
    ] as const) {
      const { code, err } = await caught(["optimise", ...args]);
      assert.equal(code, 2, `${args}`);
      assert.match(err, said);
    }
  });
});
