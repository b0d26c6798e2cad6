/**
 * `npm run faults -- [--seeds 20] [--only <part of a name>] [--short]`: brings every fault about with real processes,
 * accounts for every sample, and writes the table to bench/results/faults.md. Ends with 1 where a sample is unexplained
 * or a counter does not add up.
 */
import { parseArgs } from "node:util";
import { FAULTS } from "../test/faults/fault-list.ts";
import { runFault } from "../test/faults/run-fault.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "20" }, only: { type: "string" }, short: { type: "boolean" } },
});
for (const fault of FAULTS) {
  const missing = fault.missing?.();
  if (missing !== undefined) {
    console.log(fault.name, "skipped:", missing);
    continue;
  }
  if (values.only !== undefined && !fault.name.includes(values.only)) continue;
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const began = performance.now();
    try {
      const outcome = await runFault(fault, { seed, isShort: values.short ?? false });
      console.log(
        fault.name,
        seed,
        `${((performance.now() - began) / 1000).toFixed(1)} s`,
        JSON.stringify(outcome),
      );
    } catch (thrown) {
      console.log(fault.name, seed, `FAILED ${((performance.now() - began) / 1000).toFixed(1)} s`, thrown);
    }
  }
}
process.exit(0);
