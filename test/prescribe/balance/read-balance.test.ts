import assert from "node:assert/strict";
import { checkCycleTime } from "../../../runtime/prescribe/balance/check-problem.ts";
import { ExactTimes } from "../../../runtime/prescribe/balance/exact-times.ts";
import { readBalance } from "../../../runtime/prescribe/balance/read-balance.ts";

function refused(file: string, text: string, message: RegExp): void {
  assert.throws(() => readBalance(text, file), message);
}

describe("files of line balancing", () => {
  it("reads .IN2: times, pairs to -1,-1, and no remark after them", () => {
    const { tasks, cycleS } = readBalance(
      "3\r\n4\r\n2,5\r\n6\r\n1,2\r\n1,3\r\n-1,-1\r\n\u001a\r\n9,9\r\n",
      "a.IN2",
    );
    assert.equal(cycleS, undefined);
    assert.deepEqual(tasks, [
      { id: "1", timeS: 4, after: [] },
      { id: "2", timeS: 2.5, after: ["1"] },
      { id: "3", timeS: 6, after: ["1"] },
    ]);
  });

  it("reads .alb: sections in any order, decimal commas, a cycle time", () => {
    const text =
      "<cycle time>\n1000\n\n<order strength>\n0,268\n\n<precedence relations>\n1,2\n\n<number of tasks>\n2\n<task times>\n1 142,5\n2 34\n<end>\nremark";
    assert.deepEqual(readBalance(text, "a.alb"), {
      name: "a.alb",
      cycleS: 1000,
      tasks: [
        { id: "1", timeS: 142.5, after: [] },
        { id: "2", timeS: 34, after: ["1"] },
      ],
    });
  });

  it("reads a table: what a plant keeps of its tasks, in columns of any order", () => {
    const text =
      '\uFEFFpredecessors;task;time;equipment;zone;points;side;name\n;10;4,5;;front;1,5;;"hinge; left"\n10 | 15;20;3;screw driver|press;;;left;\n;15;0;;;;either;\n';
    assert.deepEqual(readBalance(text, "tasks.csv").tasks, [
      { id: "10", timeS: 4.5, after: [], name: "hinge; left", zone: "front", ergonomicPoints: 1.5 },
      { id: "20", timeS: 3, after: ["10", "15"], needs: ["screw driver", "press"], side: "left" },
      { id: "15", timeS: 0, after: [] },
    ]);
  });

  it("says of every fault what it is and where", () => {
    refused("a.txt", "", /^RungError: a.txt: ends in .txt \(tasks are read from .IN2, .alb and .csv\)/);
    refused("a.IN2", " \n", /a.IN2: is empty/);
    refused("a.IN2", "two\n1\n", /a.IN2, line 1: the number of tasks is "two"/);
    refused("a.IN2", "2\n1\n", /a.IN2, line 2: 1 times for 2 tasks/);
    refused("a.IN2", "2\n1\nlong\n-1,-1\n", /a.IN2, line 3: the time of task 2 is "long"/);
    refused("a.IN2", "2\n1\n1\n1,2\n", /a.IN2, line 4: the precedences do not end/);
    refused("a.IN2", "2\n1\n1\n1;2\n-1,-1\n", /a.IN2, line 4: "1;2" is no precedence/);
    refused("a.IN2", "2\n1\n1\n1,3\n-1,-1\n", /a.IN2, line 4: task 3 is no task/);
    refused("a.IN2", "2\n1\n-4\n-1,-1\n", /a.IN2: task 2 takes -4 s/);
    refused("a.IN2", "2\n0\n0\n-1,-1\n", /a.IN2: no task takes any time/);
    refused("a.IN2", "0\n-1,-1\n", /a.IN2: has no task/);
    refused("a.alb", "<cycle time>\n3\n", /a.alb: has no section <task times>/);
    refused("a.alb", "<task times>\n1 3\n3 4\n", /a.alb, line 3: "3 4" is not the time of task 2/);
    refused("a.alb", "<number of tasks>\n2\n<task times>\n1 3\n", /a.alb, line 2: 1 times for 2 tasks/);
    refused("a.csv", "", /a.csv: is empty/);
    refused("a.csv", "task,duration\n1,2\n", /has no column time/);
    refused("a.csv", "task,time\n1,2\n1,3\n", /a.csv: task 1 stands there twice/);
    refused("a.csv", "task,time\n1,NaN\n", /a.csv, line 2: the time of task 1 is "NaN"/);
    refused("a.csv", "task,time\n,3\n", /a.csv, line 2: has no task/);
    refused("a.csv", "task,time,predecessors\n1,2,x\n", /a.csv: task 1 comes after x, which is no task/);
    refused("a.csv", "task,time,side\n1,2,top\n", /a.csv, line 2: the side of task 1 is "top"/);
  });

  it("names a cycle of precedences task by task", () => {
    refused(
      "a.csv",
      "task,time,predecessors\na,1,\nb,1,a d\nc,1,b\nd,1,c\ne,1,d\n",
      /a.csv: tasks come before themselves: (b before c before d before b|c before d before b before c|d before b before c before d)/,
    );
    refused("a.csv", "task,time,predecessors\na,1,a\n", /tasks come before themselves: a before a/);
  });

  it("refuses a cycle time that no task could keep", () => {
    const problem = readBalance("2\n5\n7\n-1,-1\n", "a.IN2");
    assert.throws(() => checkCycleTime(problem, 6), /a.IN2: task 2 takes 7 s, longer than the cycle of 6 s/);
    assert.throws(() => checkCycleTime(problem, 0), /the cycle time must be more than 0 s, got 0/);
    assert.throws(() => checkCycleTime(problem, Number.NaN), /got NaN/);
    checkCycleTime(problem, 6, 2);
  });

  it("counts times in whole ticks, as they are written", () => {
    const times = new ExactTimes([0.1, 0.2, 12, 0.57], "a");
    assert.equal(times.ticksPerSecond, 100);
    assert.deepEqual(times.ticks, [10, 20, 1200, 57]);
    assert.equal(times.within(0.57), 57);
    assert.equal(times.within(0.5799), 57);
    assert.equal(new ExactTimes([1.5e-5], "a").ticksPerSecond, 1e6);
    assert.throws(() => new ExactTimes([1 / 3], "a"), /a: task times have 16 decimals/);
    assert.throws(() => new ExactTimes([2 ** 30], "a"), /1073741824 ticks in all/);
  });
});
