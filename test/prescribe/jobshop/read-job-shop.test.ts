import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isFlexible } from "../../../runtime/prescribe/jobshop/job-shop.ts";
import { readFjs, readJss } from "../../../runtime/prescribe/jobshop/read-job-shop.ts";
import { needsFile } from "../../needs.ts";

const SHOPS = join(import.meta.dirname, "../../../../shared/data/scheduling");

describe("job shop files", () => {
  it("reads jobs, machines and durations, past remarks", () => {
    const shop = readJss("# two jobs\n2 2\n0 3 1 2 # the first\n\n1 4 0 1\n", "small.jss");
    assert.equal(shop.machines, 2);
    assert.deepEqual(shop.jobs, [
      [[{ machine: 0, duration: 3 }], [{ machine: 1, duration: 2 }]],
      [[{ machine: 1, duration: 4 }], [{ machine: 0, duration: 1 }]],
    ]);
    assert.equal(isFlexible(shop), false);
  });

  it("reads a choice of machines, counted from 1", () => {
    const shop = readFjs("1 3 2\n2 1 1 5 2 2 4 3 6\n", "small.fjs");
    assert.deepEqual(shop.jobs, [
      [
        [{ machine: 0, duration: 5 }],
        [
          { machine: 1, duration: 4 },
          { machine: 2, duration: 6 },
        ],
      ],
    ]);
    assert.equal(isFlexible(shop), true);
  });

  it("reads every published instance", function () {
    needsFile(this, SHOPS);
    const files = (folder: string, ext: string) =>
      readdirSync(join(SHOPS, folder)).filter((name) => name.endsWith(ext));
    const jss = files("jobshop", ".jss");
    assert.equal(jss.length, 33);
    for (const name of jss) {
      const { jobs, machines } = readJss(readFileSync(join(SHOPS, "jobshop", name), "utf8"), name);
      assert.ok(
        jobs.every((job) => job.length === machines),
        name,
      );
    }
    const fjs = files("flexible", ".fjs");
    assert.equal(fjs.length, 5);
    for (const name of fjs)
      assert.ok(isFlexible(readFjs(readFileSync(join(SHOPS, "flexible", name), "utf8"), name)), name);
  });

  it("names line and fault of a wrong file", () => {
    for (const [text, said] of [
      ["", /shop: must begin with the number of jobs and of machines/],
      ["2\n", /line 1: must begin/],
      ["2 2\n0 1 1 1\n", /shop: announces 2 jobs and has 1 \(write one line for each job\)/],
      ["1 2\n0 1 1\n", /line 2: has 3 numbers \(write pairs/],
      ["1 2\n0 1 2 1\n", /line 2, operation 2: machine must be 0\.\.\.1, got 2/],
      ["1 2\n0 1 1 -4\n", /line 2, operation 2: duration must be >= 0, got -4/],
      ["1 2\n0 one 1 4\n", /line 2: "one" is no number/],
      ["1 2\n0.5 1 1 4\n", /operation 1: machine must be 0\.\.\.1, got 0\.5/],
    ] as const)
      assert.throws(() => readJss(text, "shop"), said);
    for (const [text, said] of [
      ["1 2\n1 1 0 5\n", /operation 1: machine must be 1\.\.\.2, got 0/],
      ["1 2\n2 1 1 5\n", /operation 2: the number of machines must be a whole number from 1 on, got the end/],
      ["1 2\n1 1 1 5 7\n", /has 1 numbers too many/],
      ["1 2\n1 2 1 5 1 6\n", /operation 1: names a machine twice/],
      ["1 2\n1 1 1\n", /operation 1: has no machine or no duration/],
    ] as const)
      assert.throws(() => readFjs(text, "shop"), said);
    const many = `5000 1\n${"0 1\n".repeat(5000)}`;
    assert.throws(() => readJss(many, "shop"), /has 5000 operations, at most 2000/);
  });
});
