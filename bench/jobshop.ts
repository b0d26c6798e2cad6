/**
 * Job shops with published best makespans, flexible ones too: what the tabu search finds, after how long, and whether its
 * bound proves it. Every schedule is checked by a validator that shares nothing with the search.
 *
 * `node bench/jobshop.ts [seconds an instance] [seconds for ft10 and the flexible] [seed]`; ends with 1 where a bar is
 * missed, with 2 without the instances of shared/data.
 */
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { scheduleFaults } from "../runtime/prescribe/jobshop/check-schedule.ts";
import { readFjs, readJss } from "../runtime/prescribe/jobshop/read-job-shop.ts";
import { solveJobShop } from "../runtime/prescribe/jobshop/solve-job-shop.ts";

const FOLDER = join(import.meta.dirname, "../../shared/data/scheduling");
const [seconds = 10, longSeconds = 60, seed = 1] = process.argv.slice(2).map(Number);
/** How far above the best a makespan may be, per cent. */
const BARS: Readonly<Record<string, number>> = { ft06: 0, la01: 0, ft10: 1 };

if (!existsSync(FOLDER)) {
  console.error(`${FOLDER} is not there`);
  process.exit(2);
}

interface Row {
  readonly name: string;
  readonly size: string;
  readonly best: number;
  readonly makespan: number;
  readonly bound: number;
  readonly proven: boolean;
  readonly foundS: number;
  readonly endedS: number;
  readonly movesPerS: number;
  readonly faults: number;
}

function measure(folder: string, file: string, best: number, timeS: number): Row {
  const text = readFileSync(join(FOLDER, folder, file), "utf8");
  const shop = (folder === "flexible" ? readFjs : readJss)(text, file);
  const beganMs = performance.now();
  let foundMs = beganMs;
  const answer = solveJobShop(shop, {
    seed,
    timeS,
    // A published best cannot be beaten: there is nothing left to look for.
    enough: best,
    onBetter: () => {
      foundMs = performance.now();
    },
  });
  const endedS = (performance.now() - beganMs) / 1000;
  return {
    name: file.replace(/\.\w+$/, ""),
    size: `${shop.jobs.length} x ${shop.machines}`,
    best,
    makespan: answer.makespan,
    bound: answer.bound,
    proven: answer.proven,
    foundS: (foundMs - beganMs) / 1000,
    endedS,
    movesPerS: answer.moves / endedS,
    faults: scheduleFaults(shop, answer.schedule).length,
  };
}

const rows = ["jobshop", "flexible"].flatMap((folder) =>
  readFileSync(join(FOLDER, folder, "optimum.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
    .map(([file, , upper]) =>
      measure(
        folder,
        file!,
        Number(upper),
        folder === "flexible" || file === "ft10.jss" ? longSeconds : seconds,
      ),
    ),
);
const above = ({ makespan, best }: Row): number => (100 * (makespan - best)) / best;
const missed = rows.filter(
  (row) => row.faults > 0 || above(row) > (BARS[row.name] ?? Number.POSITIVE_INFINITY),
);
const wrong = rows.filter(({ proven, makespan, best, bound }) => (proven && makespan > best) || bound > best);
const atBest = rows.filter(({ makespan, best }) => makespan === best).length;
const lines = rows.map(
  (row) =>
    `| ${row.name} | ${row.size} | ${row.best} | ${row.makespan} | ${above(row).toFixed(1)} | ${row.bound} | ${row.proven ? "proved" : ""} | ${row.foundS.toFixed(2)} | ${row.endedS.toFixed(2)} | ${Math.round(row.movesPerS).toLocaleString("en-US")} |`,
);
console.log(`# Job shops

Tabu search with seed ${seed}, one thread, ${seconds} s an instance, ${longSeconds} s for ft10 and the flexible ones (Mk); it ends earlier where its
bound proves the makespan or where the published best is met. Best: published, all proved by others. Proved: by the
search's own bound. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}).

${atBest} of ${rows.length} at the published best, ${rows.filter(({ proven }) => proven).length} proved, ${wrong.length} wrong proofs or bounds, ${rows.filter(({ faults }) => faults > 0).length} schedules with a fault.
Bars: ft06 and la01 at the best, ft10 within 1 % in 60 s: ${missed.length === 0 ? "held" : `missed by ${missed.map(({ name }) => name).join(", ")}`}.

| instance | jobs x machines | best | found | above, % | bound | | found after, s | ended after, s | moves/s |
|---|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}`);
process.exit(missed.length === 0 && wrong.length === 0 ? 0 : 1);
