import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Compute } from "../../../runtime/compute/compute.ts";
import { Random } from "../../../runtime/core/random.ts";
import { scheduleFaults } from "../../../runtime/prescribe/jobshop/check-schedule.ts";
import { firstOrders } from "../../../runtime/prescribe/jobshop/first-orders.ts";
import type { JobShop } from "../../../runtime/prescribe/jobshop/job-shop.ts";
import { JOB_SHOP } from "../../../runtime/prescribe/jobshop/job-shop-kernel.ts";
import { jacksonPreemptive, makespanBound } from "../../../runtime/prescribe/jobshop/lower-bound.ts";
import { readFjs, readJss } from "../../../runtime/prescribe/jobshop/read-job-shop.ts";
import { relink } from "../../../runtime/prescribe/jobshop/relink.ts";
import { shake } from "../../../runtime/prescribe/jobshop/shake.ts";
import { solveJobShop } from "../../../runtime/prescribe/jobshop/solve-job-shop.ts";
import { needsFile } from "../../needs.ts";

const SHOPS = join(import.meta.dirname, "../../../../shared/data/scheduling");
const published = (context: Mocha.Context, file: string): JobShop => {
  needsFile(context, join(SHOPS, file));
  return (file.endsWith(".fjs") ? readFjs : readJss)(readFileSync(join(SHOPS, file), "utf8"), file);
};

/** A shop by lot; with `choices` above 1 a flexible one, and a job may come to a machine again. */
function drawnShop(seed: number, choices: number): JobShop {
  const random = new Random(seed);
  const machines = 1 + random.integer(3);
  return {
    name: `drawn ${seed}`,
    machines,
    jobs: Array.from({ length: 1 + random.integer(3) }, () =>
      Array.from({ length: 1 + random.integer(3) }, () => {
        const first = random.integer(machines);
        return Array.from({ length: Math.min(machines, 1 + random.integer(choices)) }, (_, k) => ({
          machine: (first + k) % machines,
          duration: random.integer(8),
        }));
      }),
    ),
  };
}

/** The least makespan by trying every order in which operations can begin and every machine: the active schedules. */
function leastMakespan(shop: JobShop): number {
  const next = shop.jobs.map(() => 0);
  const jobFree = shop.jobs.map(() => 0);
  const machineFree = Array.from({ length: shop.machines }, () => 0);
  let best = Number.POSITIVE_INFINITY;
  const go = (makespan: number): void => {
    if (makespan >= best) return;
    let isDone = true;
    for (const [job, operations] of shop.jobs.entries()) {
      const k = next[job]!;
      if (k === operations.length) continue;
      isDone = false;
      for (const { machine, duration } of operations[k]!) {
        const [free, busy] = [jobFree[job]!, machineFree[machine]!];
        const end = Math.max(free, busy) + duration;
        next[job] = k + 1;
        jobFree[job] = machineFree[machine] = end;
        go(Math.max(makespan, end));
        next[job] = k;
        jobFree[job] = free;
        machineFree[machine] = busy;
      }
    }
    if (isDone) best = makespan;
  };
  go(0);
  return best;
}

describe("job shop search", () => {
  it("solves ft06 and proves la01", function () {
    const ft06 = published(this, "jobshop/ft06.jss");
    const small = solveJobShop(ft06, { seed: 1, moves: 20_000 });
    assert.deepEqual([small.makespan, small.bound, small.proven, small.endedBy], [55, 52, false, "moves"]);
    assert.equal(small.moves, 20_000);
    assert.deepEqual(scheduleFaults(ft06, small.schedule), []);
    const la01 = published(this, "jobshop/la01.jss");
    const proved = solveJobShop(la01, { seed: 1, moves: 20_000 });
    assert.deepEqual(
      [proved.makespan, proved.bound, proved.proven, proved.endedBy],
      [666, 666, true, "proof"],
    );
    assert.deepEqual(scheduleFaults(la01, proved.schedule), []);
  });

  // bench/jobshop.ts has the other seeds and instances.
  it("comes within one per cent of 930 on ft10 in 60,000 moves", function () {
    const ft10 = published(this, "jobshop/ft10.jss");
    const { makespan, schedule } = solveJobShop(ft10, { seed: 1, moves: 60_000 });
    assert.ok(makespan >= 930 && makespan <= 939, String(makespan));
    assert.deepEqual(scheduleFaults(ft10, schedule), []);
  });

  it("proves Mk03 and comes near the least of Mk01, choosing machines", function () {
    const mk03 = published(this, "flexible/Mk03.fjs");
    const proved = solveJobShop(mk03, { seed: 1, moves: 5000 });
    assert.deepEqual([proved.makespan, proved.proven], [204, true]);
    assert.deepEqual(scheduleFaults(mk03, proved.schedule), []);
    const mk01 = published(this, "flexible/Mk01.fjs");
    const near = solveJobShop(mk01, { seed: 1, moves: 5000 });
    assert.ok(near.makespan >= 40 && near.makespan <= 42, String(near.makespan));
    assert.deepEqual(scheduleFaults(mk01, near.schedule), []);
  });

  it("finds the least makespan of small shops by lot, and never claims a wrong proof or bound", () => {
    let proofs = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const shop = drawnShop(seed, seed % 2 === 0 ? 1 : 3);
      const least = leastMakespan(shop);
      const answer = solveJobShop(shop, { seed, moves: 3000 });
      assert.equal(answer.makespan, least, shop.name);
      assert.ok(answer.bound <= least, `${shop.name}: bound ${answer.bound}`);
      assert.equal(answer.proven, answer.bound === least);
      assert.deepEqual(scheduleFaults(shop, answer.schedule), []);
      if (answer.proven) proofs++;
    }
    assert.ok(proofs > 150, String(proofs));
  });

  it("gives the same schedule for the same seed and moves", function () {
    const shop = published(this, "jobshop/orb01.jss");
    const [a, b, c] = [1, 1, 2].map((seed) => solveJobShop(shop, { seed, moves: 8000 }));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a!.schedule, c!.schedule);
  });

  it("ends at its time", function () {
    const shop = published(this, "jobshop/ft10.jss");
    let ms = 0;
    const answer = solveJobShop(shop, { seed: 1, timeS: 1 }, () => (ms += 100));
    // The clock is read at the start, twice before the first move, then every 16: its 11th reading is a second later.
    assert.deepEqual([answer.endedBy, answer.moves], ["time", 8 * 16]);
  });

  it("can be called off in the middle, and gives the same in a compute child", async () => {
    // Ten jobs over ten machines in different orders: the bound is not met.
    const random = new Random(4);
    const jobs = Array.from({ length: 10 }, () => {
      const first = random.integer(10);
      const step = [1, 3, 7, 9][random.integer(4)]!;
      return Array.from({ length: 10 }, (_, m) => [
        { machine: (first + m * step) % 10, duration: 1 + random.integer(99) },
      ]);
    });
    const shop: JobShop = { name: "ten by ten", machines: 10, jobs };
    const compute = new Compute({ cpuChildren: 1, memoryMiB: 128 });
    try {
      const cancel = new AbortController();
      const endless = { kernel: JOB_SHOP, input: { shop, budget: { seed: 1, moves: 1e12 } } };
      const asked = compute.submit({ ...endless, signal: cancel.signal });
      setTimeout(() => cancel.abort(), 200);
      await assert.rejects(asked, /cancelled/);
      const budget = { seed: 1, moves: 3000 };
      const answer = await compute.submit({ kernel: JOB_SHOP, input: { shop, budget } });
      assert.deepEqual(answer, solveJobShop(shop, budget));
    } finally {
      await compute.close();
    }
  });

  it("keeps its orders free of cycles through shaking and relinking", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const shop = drawnShop(seed, 1 + (seed % 3));
      const orders = firstOrders(shop, random);
      const towards = firstOrders(shop, random).keep();
      relink(orders, towards, random.uniform(), random);
      shake(orders, 10, random);
      assert.deepEqual(scheduleFaults(shop, orders.schedule()), []);
    }
  });
});

describe("makespan bound", () => {
  it("is the preemptive schedule of a machine by heads and tails", () => {
    // Carlier's example (1982): heads, durations, tails of seven jobs; the preemptive bound is 49, the least 50.
    const rows = [
      [10, 5, 7],
      [13, 6, 26],
      [11, 7, 24],
      [20, 4, 21],
      [30, 3, 8],
      [0, 6, 17],
      [30, 2, 0],
    ];
    assert.equal(
      jacksonPreemptive(
        rows.map(([head, duration, tail]) => ({ head: head!, duration: duration!, tail: tail! })),
      ),
      49,
    );
    assert.equal(jacksonPreemptive([]), 0);
  });

  it("is never above the published best, and tells the proof of la01", function () {
    needsFile(this, SHOPS);
    for (const folder of ["jobshop", "flexible"]) {
      const lines = readFileSync(join(SHOPS, folder, "optimum.csv"), "utf8")
        .trim()
        .split("\n")
        .slice(1);
      assert.ok(lines.length >= 5);
      for (const line of lines) {
        const [file, , upper] = line.split(",");
        const bound = makespanBound(published(this, `${folder}/${file}`));
        assert.ok(bound <= Number(upper), `${file}: ${bound}`);
      }
    }
    assert.equal(makespanBound(published(this, "jobshop/la01.jss")), 666);
    assert.equal(makespanBound(published(this, "jobshop/ft10.jss")), 808);
  });

  it("shares work over the machines that can do it", () => {
    const both = [
      { machine: 0, duration: 3 },
      { machine: 1, duration: 3 },
    ];
    // Nine units of work on two machines: 4.5, so 5.
    assert.equal(makespanBound({ name: "shared", machines: 2, jobs: [[both], [both], [both]] }), 5);
  });
});

describe("schedule validator", () => {
  const shop = readJss("2 2\n0 3 1 2\n0 4 1 1\n", "two.jss");
  const right = [
    { job: 0, operation: 0, machine: 0, start: 0, end: 3 },
    { job: 0, operation: 1, machine: 1, start: 3, end: 5 },
    { job: 1, operation: 0, machine: 0, start: 3, end: 7 },
    { job: 1, operation: 1, machine: 1, start: 7, end: 8 },
  ];
  it("takes a right one and names what is wrong with others", () => {
    assert.deepEqual(scheduleFaults(shop, right), []);
    const changed = (i: number, over: object) =>
      right.map((entry, k) => (k === i ? { ...entry, ...over } : entry));
    for (const [schedule, said] of [
      [right.slice(1), /job 0 operation 0 is not scheduled/],
      [[...right, right[0]!], /job 0 operation 0 is scheduled twice/],
      [changed(1, { start: 2, end: 4 }), /job 0 operation 1 starts at 2, before the one before it ends at 3/],
      [changed(2, { start: 2, end: 6 }), /machine 0 does job 0 operation 0 and job 1 operation 0 at 2/],
      [changed(3, { end: 9 }), /job 1 operation 1 takes 2 instead of 1/],
      [changed(3, { machine: 0 }), /job 1 operation 1 cannot run on machine 0/],
      [changed(3, { job: 5 }), /job 5 operation 1 is not in the shop/],
      [changed(0, { start: -1, end: 2 }), /job 0 operation 0 starts at -1/],
    ] as const)
      assert.match(scheduleFaults(shop, schedule).join("; "), said);
  });
});
