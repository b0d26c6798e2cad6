import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MessagePort } from "node:worker_threads";
import { awaitCount, raiseCount } from "../../../runtime/compute/solvers/awaited-count.ts";
import { heatPlate } from "../../../runtime/compute/solvers/heat-plate-kernel.ts";
import { HelperThread } from "../../../runtime/compute/solvers/helper-thread.ts";
import { networkMonteCarlo } from "../../../runtime/compute/solvers/network-kernel.ts";
import { sharedArrays } from "../../../runtime/compute/solvers/shared-arrays.ts";
import { BARRIER } from "../../../runtime/compute/solvers/solver-barrier.ts";
import { SolverTeam } from "../../../runtime/compute/solvers/solver-team.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { NETWORK_OVEN, randomDraws } from "./oven-network.ts";
import { BLOCK, summingTeam } from "./summing-team.ts";

function isHelperFault(how: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof RungError);
    assert.equal(error.code, "solver-helper");
    assert.match(error.message, how);
    return true;
  };
}

describe("a team of solver threads", () => {
  it("shares the work: each thread takes its block", async () => {
    const { team, sum, sums } = await summingTeam();
    await sum();
    assert.deepEqual([...sums], [BLOCK, 1, 1, BLOCK, 1, 1]);
    team.disband();
  });

  it("asks its helper once a slice", async () => {
    const original = MessagePort.prototype.postMessage;
    const asked: string[] = [];
    MessagePort.prototype.postMessage = function (this: MessagePort, ...message: [{ type: string }]) {
      asked.push(message[0].type);
      return original.apply(this, message);
    };
    let breaths = 0;
    const control = {
      breathe: async () => {
        breaths += 1;
      },
    };
    try {
      const startC = Float32Array.from({ length: 200 * 200 }, (_, i) => i % 83);
      const plate = { width: 200, height: 200, startC, cellM: 1, diffusivityM2PerS: 0.2, stepS: 1 };
      await heatPlate({ ...plate, steps: 400, threads: 2 }, control);
      const slices = breaths - 1;
      assert.ok(slices > 1);
      assert.deepEqual(asked, ["join", ...new Array(slices).fill("call"), "leave"]);
      asked.length = 0;
      breaths = 0;
      await networkMonteCarlo(NETWORK_OVEN, randomDraws(900, NETWORK_OVEN, new Random(3)), control, 2);
      assert.deepEqual(asked, ["join", ...new Array(breaths - 1).fill("call"), "leave"]);
    } finally {
      MessagePort.prototype.postMessage = original;
    }
  });

  it("tells of a helper that failed, and the next team works", async () => {
    const { memory, arrays } = sharedArrays({ barrier: BARRIER, out: ["f64", 6] });
    const team = await SolverTeam.form(memory, 2, arrays.barrier);
    const secondBlockOutside = memory.buffer.byteLength - 4 * BLOCK;
    await assert.rejects(
      team.call("summaryF32", secondBlockOutside, 2 * BLOCK, arrays.out.byteOffset),
      isHelperFault(/memory access out of bounds/),
    );
    team.disband();
    const next = await summingTeam();
    await next.sum();
    assert.equal(next.sums[3], BLOCK);
    next.team.disband();
  });

  it("lets go of all helpers where one cannot join", async () => {
    const { memory, arrays } = sharedArrays({ barrier: BARRIER });
    // Threads are started by messages too.
    (await SolverTeam.form(memory, 3, arrays.barrier)).disband();
    const original = MessagePort.prototype.postMessage;
    const asked: string[] = [];
    MessagePort.prototype.postMessage = function (this: MessagePort, message: { type: string }) {
      asked.push(message.type);
      // The first gets no memory to work on.
      original.call(this, asked.length === 1 ? { ...message, memory: undefined } : message);
    };
    try {
      await assert.rejects(SolverTeam.form(memory, 3, arrays.barrier), isHelperFault(/memory/));
      assert.deepEqual(asked, ["join", "join", "leave", "leave"]);
    } finally {
      MessagePort.prototype.postMessage = original;
    }
  });

  it("waits for all helpers before it tells of the one that failed", async () => {
    const { memory, arrays } = sharedArrays({ barrier: BARRIER });
    const team = await SolverTeam.form(memory, 3, arrays.barrier);
    const { finish } = HelperThread.prototype;
    let over = 0;
    HelperThread.prototype.finish = function (this: HelperThread, message) {
      return finish.call(this, message).finally(() => {
        over += 1;
      });
    };
    try {
      await assert.rejects(team.call("none"), TypeError);
      assert.equal(over, 2);
    } finally {
      HelperThread.prototype.finish = finish;
      team.disband();
    }
  });

  it("does not wait at the barrier for a helper that failed", async () => {
    const [width, height] = [64, 400];
    const half = 4 * width * (height / 2 + 1);
    // Room for this thread's rows of both plates; those of the helper lie outside.
    const { memory, arrays } = sharedArrays({
      barrier: BARRIER,
      now: ["f32", half / 4],
      next: ["f32", half / 4],
    });
    assert.ok(arrays.next.byteOffset + 4 * width * height > memory.buffer.byteLength);
    const team = await SolverTeam.form(memory, 2, arrays.barrier);
    await assert.rejects(
      team.call("heatPlate", arrays.now.byteOffset, arrays.next.byteOffset, width, height, 0.2, 1000),
      isHelperFault(/memory access out of bounds/),
    );
    // And neither does a helper for this thread.
    await assert.rejects(team.call("none"), TypeError);
    team.disband();
    const next = await summingTeam();
    await next.sum();
    next.team.disband();
  });

  it("tells of a helper that ended before a call or in it, starts another, and keeps no process from ending", () => {
    const script = fileURLToPath(new URL("./ended-helper.ts", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.deepEqual([status, stderr], [0, ""]);
    const ended = "solver: a thread of the solver failed: exit code 1 (ask again)";
    assert.deepEqual(JSON.parse(stdout), {
      told: [ended, ended],
      started: 3,
      sums: [BLOCK, 1, 1, BLOCK, 1, 1],
    });
  });
});

describe("a count that threads wait for", () => {
  it("is waited for until it is reached or time is up, past the largest i32 too", () => {
    const counts = new Int32Array(new SharedArrayBuffer(8));
    assert.equal(awaitCount(counts, 1, 1, 1), false);
    raiseCount(counts, 1);
    assert.equal(awaitCount(counts, 1, 1, 1), true);
    assert.equal(awaitCount(counts, 1, 2, 1), false);
    Atomics.store(counts, 1, 2 ** 31 - 1);
    raiseCount(counts, 1);
    assert.equal(awaitCount(counts, 1, 2 ** 31, 1), true);
    assert.equal(awaitCount(counts, 1, 2 ** 31 + 1, 1), false);
  });
});
