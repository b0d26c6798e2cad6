/** A plant with a request block as a process of its own: `plant-child.ts <home>`. One JSON line per value it was asked for. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RequestBlockPlant } from "./request-block-plant.ts";

const home = process.argv[2]!;
const plant = new RequestBlockPlant();
const tell = (thing: object) => process.stdout.write(`${JSON.stringify(thing)}\n`);

await plant.start(home);
writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
tell({ port: plant.port, password: plant.password });
let told = 0;
setInterval(() => {
  for (; told < plant.asked.length; told++) tell({ asked: plant.asked[told]!.value });
}, 10);
// The test's end closes the pipe: nobody is left behind.
process.stdin.resume().on("end", () => process.exit(0));
