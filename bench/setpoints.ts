/**
 * Robust setpoints on the toy plant: nominal beside robust beside the base, with the risk of each and its bound.
 *
 * node bench/setpoints.ts [first seed] [last seed]
 */
import { Compute } from "../runtime/compute/compute.ts";
import { ROBUST_KERNEL } from "../runtime/prescribe/robust-kernel.ts";
import type { JudgedPlan, RobustResult } from "../runtime/prescribe/robust-setpoints.ts";
import { toySituation, toyWindow } from "../test/prescribe/toy-oven.ts";

const first = Number(process.argv[2] ?? 1);
const last = Number(process.argv[3] ?? 5);
const compute = new Compute();

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.01 ? 3 : 2)} %`;

function line(seed: number, name: string, plan: JudgedPlan, verdict: string): string {
  const { setpointC, gasKWh, gasChange, e170Min, peakC, underCure, overBake, e170AtRiskMin } = plan;
  const cells = [
    seed,
    name,
    setpointC.map((c) => c.toFixed(1)).join(" / "),
    gasKWh.toFixed(2),
    `${(gasChange * 100).toFixed(1)} %`,
    percent(underCure.share),
    percent(underCure.upper),
    percent(overBake.share),
    `${Math.min(...e170Min).toFixed(2)} to ${Math.max(...e170Min).toFixed(2)}`,
    e170AtRiskMin.toFixed(2),
    peakC.toFixed(1),
    verdict,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function table(e170MostMin: number, nodesAlone: boolean, seeds: readonly number[]): Promise<string[]> {
  const rows = [
    "| seed | plan | setpoints, °C | gas per body, kWh | against base | under-cured | upper 95 % bound | over the top | expected E170, min | E170 all but 0.1 % reach, min | peak, °C | |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
  ];
  for (const seed of seeds) {
    const result: RobustResult = await compute.submit({
      kernel: ROBUST_KERNEL,
      input: {
        situation: toySituation(nodesAlone ? { zoneLn: 0 } : {}),
        window: toyWindow(e170MostMin),
        options: { seed },
      },
      deadlineMs: 600_000,
    });
    const { base, nominal, robust } = result;
    const looks = `look ${robust.looks}, confidence ${(robust.lookConfidence * 100).toFixed(2)} %`;
    const verdict = robust.certified ? `certified: ${looks}` : `not certified: ${robust.reason}`;
    rows.push(line(seed, "base", base, ""), line(seed, "nominal", nominal, "not proposed"));
    rows.push(line(seed, "robust", robust, verdict));
  }
  return rows;
}

const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
const lines = [
  "# Setpoints of the toy plant: nominal beside robust",
  "",
  "Five nodes, six zones of 300 s, 40 bodies an hour, base 140 / 180 / 195 / 190 / 185 / 180 °C; limits: zones 110 to 200",
  "°C, 40 K between neighbours, metal at most 198 °C. Nominal keeps E170 >= 10.5 min as expected. Robust keeps P(E170 < 10",
  "min) <= 0.1 % and P(over the top) <= 5 %; certified by 100,000 scenarios that its search has not seen (Clopper and",
  "Pearson's exact upper bound). ln h of each node and of each zone has a standard deviation of 5 %.",
  "",
  "## E170 at most 50 min",
  "",
  ...(await table(50, false, seeds)),
  "",
  "## E170 at most 40 min",
  "",
  "The base itself is above that (46 min on the roof), and the search finds no setpoints that keep both ends at this",
  "speed: what it gives is a compromise, and says so.",
  "",
  ...(await table(40, false, seeds.slice(0, 1))),
  "",
  "## E170 at most 50 min, where nodes alone differ and zones do not",
  "",
  ...(await table(50, true, seeds.slice(0, 1))),
  "",
  `\`node bench/setpoints.ts ${first} ${last}\``,
];
console.log(lines.join("\n"));
await compute.close();
