/** `npm run lint`: format and lint by Biome, types by tsc, floors by our own check. All three run, then it fails if any did. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFloors } from "./floors.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string) => join(root, "node_modules", ".bin", name);

const biome = spawnSync(bin("biome"), ["check", "--error-on-warnings", "."], { cwd: root, stdio: "inherit" });
const tsc = spawnSync(bin("tsc"), ["-p", "tsconfig.json"], { cwd: root, stdio: "inherit" });
const offences = checkFloors(root);
for (const offence of offences) console.error(offence);
console.log(offences.length === 0 ? "floors: every import goes down" : `floors: ${offences.length} offences`);
process.exit(biome.status === 0 && tsc.status === 0 && offences.length === 0 ? 0 : 1);
