import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/jobshop.ts";
import { scheduleFaults } from "../../runtime/prescribe/jobshop/check-schedule.ts";
import { readJss } from "../../runtime/prescribe/jobshop/read-job-shop.ts";
import { caughtOutput } from "./caught-output.ts";

const TWO = "# two jobs\n2 2\n0 3 1 2\n0 4 1 1\n";
const caught = (...args: string[]) => caughtOutput(() => run(args));

describe("rung jobshop", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-jobshop-"));
    file = join(folder, "two.jss");
    writeFileSync(file, TWO);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints makespan, bound, proof and a schedule as JSON", async () => {
    const { code, out } = await caught(file, "--time", "5", "--json");
    assert.equal(code, 0);
    const answer = JSON.parse(out);
    assert.deepEqual([answer.makespan, answer.bound, answer.proven, answer.endedBy], [8, 8, true, "proof"]);
    assert.deepEqual(scheduleFaults(readJss(TWO, "two"), answer.schedule), []);
  });

  it("prints a table by machine", async () => {
    const { out } = await caught(file, "--moves", "10");
    assert.match(
      out,
      /^makespan 8, proved the least; \d+ moves, ended by proof\nmachine +job +operation +start +end\n +0 /,
    );
    assert.equal(out.trimEnd().split("\n").length, 2 + 4);
  });

  it("reads a choice of machines by the file's name, or where it is said", async () => {
    const flexible = "1 2\n1 2 1 5 2 4\n";
    for (const [name, args] of [
      ["one.fjs", []],
      ["one.txt", ["--flexible"]],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, flexible);
      const { out } = await caught(path, ...args, "--json");
      const { makespan, schedule } = JSON.parse(out);
      assert.deepEqual([makespan, schedule[0].machine], [4, 1]);
    }
  });

  it("names the fault of the input", async () => {
    const wrong = join(folder, "wrong.jss");
    writeFileSync(wrong, "2 2\n0 3 1 2\n");
    for (const [args, said] of [
      [[], /rung jobshop: expected one file, got 0/],
      [[wrong], /wrong\.jss: announces 2 jobs and has 1/],
      [[join(folder, "none.jss")], /none\.jss: ENOENT/],
      [[file, "--time", "0"], /--time must be seconds above 0, got 0/],
      [[file, "--moves", "1.5"], /--moves must be a whole number from 1 on, got 1\.5/],
      [[file, "--seed", "x"], /--seed must be a whole number from 0 on, got x/],
      [[file, "--speed"], /rung jobshop: .*speed/],
    ] as const)
      await assert.rejects(run([...args]), said);
  });
});
