import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { makePrivateFolder, writePrivate } from "../core/private-file.ts";
import { runFolder } from "../core/run-folder.ts";

/** RUNG_HOME, by default `~/.rung`. */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.RUNG_HOME || join(homedir(), ".rung"));
}

/** RUNG_FLOWS, by default `flows/` inside the home. */
export function flowsFolder(home: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RUNG_FLOWS ? resolve(environment.RUNG_FLOWS) : join(home, "flows");
}

/** Makes the home, 0700, and the folders every process expects. A run folder elsewhere is its maker's to open. */
export function makeHome(home: string): void {
  makePrivateFolder(home);
  for (const folder of ["run", "log", "keyring", "node-red", "models"]) {
    if (folder !== "run" || runFolder(home) === join(home, folder)) makePrivateFolder(join(home, folder));
  }
}

/** The key of Node-RED's credential store, made at first start. */
export function credentialSecret(home: string): string {
  const file = join(home, "credential-secret");
  if (!existsSync(file)) writePrivate(file, `${randomBytes(32).toString("base64url")}\n`);
  return readFileSync(file, "utf8").trim();
}

/** Where it is kept what became of every action. */
export const outcomesFile = (home: string): string => join(home, "history", "outcomes.jsonl");

/** Where the alarms are kept, and who acknowledged and shelved them. */
export const alarmsFile = (home: string): string => join(home, "history", "alarms.jsonl");

/** Where people put models of their own, to be called by their names. */
export const modelsFolder = (home: string): string => join(home, "models");

/** Where work orders are kept, for good. */
export const workOrdersFile = (home: string): string => join(home, "maintenance", "work-orders.jsonl");

/** Where it is kept how lives of assets ended, against what was foretold. */
export const livesFile = (home: string): string => join(home, "maintenance", "lives.jsonl");

/** Where the results of trainings are kept, with the recorded incidents in `incidents/`. */
export const trainingFolder = (home: string): string => join(home, "training");

/** Where the changes of held rungs are kept. */
export const ladderChangesFile = (home: string): string => join(home, "history", "ladder.sqlite");
