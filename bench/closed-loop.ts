/**
 * The closed loop of the product as shipped: the same plant and seed left alone, and armed over OPC UA through the
 * actuator, against two opposite faults. Several starts, since wall time decides when a frame comes.
 *
 * node bench/closed-loop.ts [starts]
 */
import { armedRun, CASES, disarmedRun, FIRST, JUDGED } from "../test/flows/closed-loop.ts";
import { Product } from "../test/flows/product.ts";

const starts = Number(process.argv[2] ?? 2);
const lines = [
  "# The loop closes",
  "",
  `Spoilt bodies among the ${JUDGED} that leave the oven after a fault in zone 3 begins, by the plant's own knowledge: a`,
  "node with E170 < 10 min (fouled nozzle), or one with E170 > 55 min or a peak above 205 °C (drifting thermocouple).",
  "Left alone is the same physics and seed in one process; armed is the whole product, started anew for each row.",
  "",
  `| fault | setpoints | spoilt | of these after the first ${FIRST} | past the opposite limit | kWh per body | writes |`,
  "|---|---|---|---|---|---|---|",
];
for (const loopCase of CASES) {
  const open = disarmedRun(loopCase);
  lines.push(
    `| ${loopCase.fault} | left alone | ${open.spoilt.length} | | ${open.pastOpposite} | ${open.kWhPerBody.toFixed(2)} | none |`,
  );
  for (let i = 0; i < starts; i++) {
    const product = await Product.start(["--no-fault"]);
    try {
      await product.signIn();
      const run = await armedRun(product, loopCase);
      lines.push(
        `| ${loopCase.fault} | armed | ${run.spoilt.length} | ${run.spoiltAfterFirst.length} | ${run.pastOpposite} | ${run.kWhPerBody.toFixed(2)} | ${run.writes.length} |`,
      );
    } finally {
      await product.stop();
    }
  }
}
lines.push("", `\`node bench/closed-loop.ts ${starts}\``);
console.log(lines.join("\n"));
