import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { incidentJson } from "../diagnose/training/recorded-incident.ts";
import { forgetIncident, generateIncident } from "../host/training-incidents.ts";
import { readArguments } from "./read-arguments.ts";
import { writeTextFile } from "./write-file.ts";

export const usage = `rung train generate --seed <n> --out <folder> [--kind <kind>] [--name <name>] [--json]

Simulates an incident of the virtual oven into <name>.incident.json and its recording, as a training node plays them:
fouled-nozzle, fan-loss, drifting-thermocouple, stuck-sensor or sticking-valve, drawn by the seed where none is named.`;

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung train generate", what, advice: usage });

/** @param args what follows `rung train generate` @throws RungError for any bad input */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        options: {
          seed: { type: "string" },
          out: { type: "string" },
          kind: { type: "string" },
          name: { type: "string" },
          json: { type: "boolean", default: false },
        },
      }),
    fault,
  );
  const seed = Number(values.seed);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw fault(`--seed must be a whole number of 32 bits, got ${values.seed ?? "nothing"}`);
  if (values.out === undefined) throw fault("--out is missing");
  const name = values.name ?? `oven-${seed}`;
  if (!/^[\w-]+$/.test(name)) throw fault("--name may hold letters, digits, - and _ only");
  const work = mkdtempSync(join(tmpdir(), "rung-incident-"));
  try {
    const incident = await generateIncident(work, seed, values.kind);
    mkdirSync(values.out, { recursive: true });
    const recording = { ...incident.recording, file: `${name}.csv`, map: `${name}.map.csv` };
    cpSync(incident.recording.file, join(values.out, recording.file));
    cpSync(incident.recording.map!, join(values.out, recording.map));
    const file = join(values.out, `${name}.incident.json`);
    writeTextFile(file, `${JSON.stringify(incidentJson({ ...incident, recording }), null, 2)}\n`);
    forgetIncident(incident);
    process.stdout.write(values.json ? `${JSON.stringify({ file, seed })}\n` : `${file}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return 0;
}
