import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
