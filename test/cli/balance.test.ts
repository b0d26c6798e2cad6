import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/balance.ts";
import { caughtOutput } from "./caught-output.ts";

const caught = (...args: string[]) => caughtOutput(() => run(args));

describe("rung balance", function () {
  this.timeout(30_000);
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-balance-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints a balance, how good it is, and its stations", async () => {
    const tasks = file(
      "doors.csv",
      "task,time,predecessors\nhinge,4,\nlock,3,hinge\ntrim,5,hinge\ntest,2.5,lock trim\n",
    );
    const { code, out } = await caught(tasks, "--cycle", "8");
    assert.equal(code, 0);
    assert.equal(
      out,
      `${tasks}: 2 stations in 8 s, 9.4 % idle, proved best (branch, bound and remember)
station  load s  idle s  tasks
1             7       1  hinge lock
2           7.5     0.5  trim test
`,
    );
  });

  it("gives stations, proven, bound and assignment as JSON, of all three questions", async () => {
    const tasks = file(
      "line.alb",
      "<cycle time>\n6\n<task times>\n1 4\n2 3\n3 5\n<precedence relations>\n1,2\n<end>\n",
    );
    const asked = async (...args: string[]) =>
      JSON.parse((await caught(tasks, ...args, "--work", "1e6", "--json")).out);
    const { stations, proven, bound, assignment, endedBy } = await asked();
    assert.deepEqual(
      { stations, proven, bound, endedBy },
      { stations: 3, proven: true, bound: 3, endedBy: "proof" },
    );
    assert.deepEqual(Object.keys(assignment), ["1", "2", "3"]);
    const two = await asked("--stations", "2");
    assert.deepEqual([two.cycleS, two.bound, two.proven], [7, 7, true]);
    const efficient = await asked("--efficiency", "--from", "2", "--to", "3");
    assert.deepEqual([efficient.stations, efficient.cycleS, efficient.bound], [2, 7, 14]);
    const none = await caught(tasks, "--efficiency", "--longest", "4", "--json");
    assert.equal(none.code, 1);
    assert.deepEqual([JSON.parse(none.out).proven, JSON.parse(none.out).stations], [true, undefined]);
  });

  it("keeps a file of rules, and says which clash", async () => {
    const tasks = file("pair.csv", "task,time,predecessors\na,2,\nb,2,a\n");
    const apart = await caught(tasks, "--cycle", "9", "--rules", file("apart.yaml", "apart: [[a, b]]\n"));
    assert.equal(apart.code, 0);
    assert.match(apart.out, /2 stations in 9 s, 77.8 % idle, proved best \(HiGHS\)/);
    const both = file("both.yaml", "apart: [[a, b]]\ntogether: [[a, b]]\n");
    const { code, out } = await caught(tasks, "--cycle", "9", "--rules", both);
    assert.equal(code, 1);
    assert.equal(
      out,
      `${tasks}: proved that there is no such balance; these clash:\n  together a, b\n  apart a, b\n`,
    );
  });

  it("ends with 2 at a fault of the input, as JSON where asked", async () => {
    const cyclic = file("cyclic.csv", "task,time,predecessors\na,1,b\nb,1,a\n");
    const faults = JSON.parse((await caught(cyclic, "--cycle", "5", "--json")).out).errors;
    assert.equal(faults[0].code, "balance-cycle");
    const tasks = file("long.csv", "task,time\na,9\n");
    const cases: [string[], RegExp][] = [
      [[tasks, "--cycle", "5"], /task a takes 9 s, longer than the cycle of 5 s/],
      [[tasks], /expected --cycle, --stations or --efficiency/],
      [[tasks, "--cycle", "9", "--stations", "2"], /exclude each other/],
      [[tasks, "--cycle", "9", "--from", "2"], /go with --efficiency/],
      [[tasks, "--stations", "0"], /the number of stations must be a whole number above 0, got 0/],
      [[tasks, "--cycle", "9", "--time", "soon"], /--time wants a number/],
      [[tasks, "--efficiency", "--from", "3", "--to", "2"], /the range of stations or cycles is empty/],
      [["nowhere.csv", "--cycle", "9"], /nowhere.csv/],
      [[], /expected one file of tasks/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await caught(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, message);
    }
  });
});
