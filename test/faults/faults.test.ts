import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { skipOrFail } from "../needs.ts";
import { askedTests } from "./asked-tests.ts";
import type { Outcome } from "./fault.ts";
import { FAULTS } from "./fault-list.ts";
import { runFault, runFaults } from "./run-fault.ts";

/** Most of a fault is waiting: for a server, for a retry, for the end of a cut. */
const AT_ONCE = 3;

/** Every commit has its own, and the same commit always the same; RUNG_FAULT_SEED repeats another's. */
function seedOfCommit(): number {
  if (process.env.RUNG_FAULT_SEED !== undefined) return Number(process.env.RUNG_FAULT_SEED);
  const { stdout, status } = spawnSync("git", ["rev-parse", "HEAD"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return status === 0 ? Number.parseInt(stdout.slice(0, 7), 16) : 1;
}

const TITLE = "loses nothing unexplained to:";

describe("faults", function () {
  this.timeout(240_000);
  const seed = seedOfCommit();
  const isAsked = askedTests(process.argv.slice(2));
  const possible = FAULTS.filter(
    ({ name, missing }) => isAsked(`faults ${TITLE} ${name}`) && missing?.() === undefined,
  );
  const outcomes = new Map<string, Promise<Outcome>>();

  before(() => {
    console.log(`      seed ${seed}: RUNG_FAULT_SEED=${seed} repeats it`);
    const running = runFaults(
      possible.map((fault) => ({ fault, seed, isShort: true })),
      AT_ONCE,
    );
    for (const [i, fault] of possible.entries()) outcomes.set(fault.name, running[i]!);
    // A failure is told by the test of its fault.
    void Promise.allSettled(running);
  });
  after(() => Promise.allSettled(outcomes.values()));

  for (const fault of FAULTS) {
    it(`${TITLE} ${fault.name}`, async function () {
      const missing = fault.missing?.();
      if (missing !== undefined) {
        skipOrFail(this, missing);
      }
      const outcome = await (outcomes.get(fault.name) ?? runFault({ fault, seed, isShort: true }));
      const { produced, stored, inLedger, unexplained, duplicates, foreign, violations, looks } = outcome;
      const isCarried = fault.losesNothing !== true || inLedger === 0;
      const told = JSON.stringify(outcome);
      assert.deepEqual(
        { unexplained, duplicates, foreign, violations, isCarried },
        { unexplained: 0, duplicates: 0, foreign: 0, violations: 0, isCarried: true },
        told,
      );
      assert.ok(produced > 0 && stored > 0 && looks > 0, told);
    });
  }
});
