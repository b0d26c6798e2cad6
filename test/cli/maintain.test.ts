import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/maintain.ts";
import { caughtOutput } from "./caught-output.ts";

const INSTANCE = {
  name: "two presses",
  setup_cost: 500,
  downtime_cost_rate: 100,
  repairmen: 1,
  components: [
    { id: "0", alpha: 5, beta: 16, duration_h: 1.108 },
    { id: "1", alpha: 5, beta: 6, duration_h: 3.849 },
  ],
  activities: [
    { id: 1, component: "0", time_h: 173.298 },
    { id: 5, component: "1", time_h: 179.545 },
  ],
};

describe("rung maintain", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-maintain-"));
    file = join(folder, "instance.json");
    writeFileSync(file, JSON.stringify(INSTANCE));
  });
  after(() => rmSync(folder, { recursive: true }));
  const ask = (...args: string[]) => caughtOutput(() => run(args));

  it("groups, says what it saves, and whether that is proved", async () => {
    const { code, out } = await ask(file);
    assert.equal(code, 0);
    assert.match(out, /two presses: 2 activities in 1 stop save 351\.33, proved the most/);
    assert.match(out, /1 \(0\), 5 \(1\) +174\.8 +4\.96 +351\.33/);
  });

  it("answers in JSON, with figures of the command line", async () => {
    const { code, out } = await ask(file, "--json", "--repairers", "2");
    assert.equal(code, 0);
    const { value, saved, proven, repairmen, groups } = JSON.parse(out);
    assert.deepEqual([proven, repairmen, groups.length, groups[0].activities], [true, 2, 1, [1, 5]]);
    assert.ok(Math.abs(value - 462.133) < 0.001 && saved === value);
  });

  it("tells work orders from the file that only grows", async () => {
    assert.deepEqual([(await ask("orders", "--home", folder)).code], [2], "there is none yet");
    const by = { name: "Ada", role: "operator" };
    const done = { timeUs: 1.79e15, at: "2026-11-23T00:00:00.000Z", order: "x press#1" };
    const opening = {
      twin: "x",
      component: "press",
      label: "press",
      asset: "acme/press",
      title: "press: new seal",
    };
    const lines = [
      {
        kind: "opened",
        ...done,
        ...opening,
        why: "",
        instruction: null,
        steps: 0,
        plannedUs: 1.79e15,
        mark: "",
      },
      { kind: "begun", ...done, by },
      { kind: "signed off", ...done, by, condition: "failed", found: "seal torn", isRenewed: true },
    ];
    mkdirSync(join(folder, "maintenance"));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    writeFileSync(join(folder, "maintenance", "work-orders.jsonl"), `${text}{"kind":`);
    const { code, out } = await ask("orders", "--home", folder, "--asset", "acme", "--state", "signed off");
    assert.equal(code, 0);
    assert.match(out, /press: new seal +signed off +\S+ +Ada +failed\. seal torn/);
    assert.match(out, /1 lines of the file could not be read/);
    const { out: json } = await ask("orders", "--home", folder, "--json");
    assert.deepEqual(JSON.parse(json).orders[0].signed.by, by);
    const { code: refused, err } = await ask("orders", "--home", folder, "--state", "lost");
    assert.equal(refused, 2);
    assert.match(err, /--state must be one of open, in work/);
  });

  it("says what is wrong, and ends with 2", async () => {
    for (const [args, message] of [
      [[], /expected one instance/],
      [[file, "--repairers", "x"], /--repairers must be a number, got x/],
      [[file, "--repairers", "0"], /repairmen: must be a whole number >= 1, got 0/],
      [[join(folder, "none.json")], /none\.json: ENOENT/],
      [[file, "--weeks", "3"], /Unknown option '--weeks'/],
    ] as const) {
      const { code, err } = await ask(...args);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    const { code, out } = await ask(file, "--json", "--setup-cost=-1");
    assert.equal(code, 2);
    assert.match(JSON.parse(out).errors[0].message, /setup_cost: must be >= 0, got -1/);
  });
});
