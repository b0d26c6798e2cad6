import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import type { Incident } from "../diagnose/training/incident.ts";
import { type DrawnIncident, drawOvenIncident } from "../diagnose/training/oven-incidents.ts";
import { program } from "./product-root.ts";

/** Of the oven that is simulated: always the same one, on which the detectors keep their calibration. */
const OVEN_SEED = 1;

/** Any seed, for an incident that nobody knows beforehand. */
export const newSeed = (): number => randomInt(2 ** 32);

/**
 * Draws an incident of the virtual oven and has a process of its own simulate it into a file; the process opens no port
 * and is given no login.
 * @param folder where the files lie; `forgetIncident` removes them
 * @param kind one of `OVEN_KINDS`; absent: drawn as well
 * @throws RungError `no-such-incident`, `no-incident` where it could not be simulated
 */
export async function generateIncident(folder: string, seed: number, kind?: string): Promise<Incident> {
  const { fault, ...drawn } = drawOvenIncident(seed, kind);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(mkdtempSync(join(folder, "incident-")), "oven.csv");
  await simulate(file, fault, drawn.endS);
  return { ...drawn, recording: { file, timeColumn: "timeUs", map: `${file}.map.csv` } };
}

/** Removes the files of a generated incident: they hold its truth. */
export const forgetIncident = ({ recording }: Incident): void =>
  rmSync(join(recording.file, ".."), { recursive: true, force: true });

function simulate(file: string, fault: DrawnIncident["fault"], lengthS: number): Promise<void> {
  const failed = (what: string, cause?: unknown) =>
    new RungError({
      code: "no-incident",
      where: "training",
      what,
      advice: "choose a recorded incident, or look at the host's log",
      cause,
    });
  const plant = program("plant/main");
  if (plant === undefined) throw failed("needs the virtual plant, which is not installed here");
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        plant,
        ...["--incident", file, "--seed", String(OVEN_SEED)],
        ...["--length", String(lengthS), "--schedule", JSON.stringify([fault])],
      ],
      // Nothing of the host's surroundings: where logins and running plants are is none of its business.
      { env: { PATH: process.env.PATH }, stdio: ["ignore", "ignore", "pipe"] },
    );
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-2000);
    });
    child.once("error", (cause) => reject(failed(`cannot start the simulation: ${cause.message}`, cause)));
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else
        reject(failed(`the simulation ended with status ${code}: ${words.trim().split("\n").at(-1) ?? ""}`));
    });
  });
}
