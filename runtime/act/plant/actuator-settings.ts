import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { RungError } from "../../core/errors.ts";
import type { Reality } from "../../core/frame.ts";
import { readJsonFile } from "../../core/private-file.ts";
import { readAnnouncement, runFolder } from "../../core/run-folder.ts";
import { type AnchorSettings, readAnchorSettings } from "../audit/anchor-settings.ts";

/** `settings.json` of the actuator's directory: written by a person for a live plant, absent for the virtual one. */
export interface ActuatorSettings {
  readonly reality: Exclude<Reality, "recorded">;
  /** `opc.tcp://host:port`; the virtual plant's is found in its run file. */
  readonly endpoint?: string;
  /** File of the one server certificate that is trusted, PEM or DER, in the actuator's directory. */
  readonly serverCertificate?: string;
  /** The plant's clock: a DateTime that proves it is alive. */
  readonly clockNode: string;
  /** Plant seconds per wall second; absent on a live plant. */
  readonly speedNode?: string;
  /** Distinct people needed to arm. Fewer than two is obeyed on a virtual plant only. */
  readonly personsToArm: number;
  /** Observed decisions inside their interval needed to arm. Fewer than 20 is obeyed on a virtual plant only. */
  readonly observedToArm: number;
  readonly pollMs: number;
  readonly hysteresisMs: number;
  readonly longestHoldMs: number;
  /** How long an operator's own setpoint is left alone. */
  readonly takeoverMs: number;
  /** Host heartbeats may be apart this long. */
  readonly hostSilenceMs: number;
  /** An envelope the host has not named for so long is retired: longer than a deploy takes. */
  readonly retireAfterMs: number;
  readonly readBackWithinMs: number;
  /** Largest difference between written and read back that is the same value, in the target's unit. */
  readonly readBackTolerance: number;
  /** Where the head of the audit is anchored; nowhere if absent. */
  readonly audit?: AnchorSettings;
}

const COMMON = {
  pollMs: 200,
  hysteresisMs: 10_000,
  longestHoldMs: 10 * 60_000,
  takeoverMs: 120_000,
  hostSilenceMs: 5_000,
  retireAfterMs: 30_000,
  readBackWithinMs: 3_000,
  readBackTolerance: 0.01,
} as const;

const NUMBERS = [
  ...(Object.keys(COMMON) as (keyof typeof COMMON)[]),
  "personsToArm",
  "observedToArm",
] as const;

/** Observed decisions that a live plant cannot be armed without. */
export const LEAST_OBSERVED_LIVE = 20;

/** Without a file the actuator is for the virtual plant, and for nothing else. */
export const VIRTUAL_SETTINGS: ActuatorSettings = {
  ...COMMON,
  reality: "virtual",
  clockNode: "ns=1;s=Plant.Time",
  speedNode: "ns=1;s=Plant.Speed",
  personsToArm: 1,
  observedToArm: 0,
};

const LIVE_SETTINGS: ActuatorSettings = {
  ...COMMON,
  reality: "live",
  clockNode: "i=2258",
  personsToArm: 2,
  observedToArm: LEAST_OBSERVED_LIVE,
};

/** @throws RungError `bad-settings` */
export function readActuatorSettings(directory: string): ActuatorSettings {
  const file = join(directory, "settings.json");
  const given = readJsonFile<Partial<ActuatorSettings>>(file);
  if (given === undefined) return VIRTUAL_SETTINGS;
  const reality = given.reality;
  if (reality !== "live" && reality !== "virtual") {
    throw new RungError({
      code: "bad-settings",
      where: file,
      what: `reality must be "live" or "virtual", got ${JSON.stringify(reality)}`,
    });
  }
  const audit = readAnchorSettings(given.audit, file, directory);
  const settings = { ...(reality === "live" ? LIVE_SETTINGS : VIRTUAL_SETTINGS), ...given, audit };
  for (const key of NUMBERS) {
    // A limit that is no number would be compared, and never be met or never be passed.
    if (typeof settings[key] === "number" && Number.isFinite(settings[key]) && settings[key] >= 0) continue;
    throw new RungError({
      code: "bad-settings",
      where: file,
      what: `${key} must be a number of at least 0, got ${JSON.stringify(settings[key])}`,
    });
  }
  if (reality === "virtual") return settings;
  if (settings.endpoint === undefined || settings.serverCertificate === undefined) {
    throw new RungError({
      code: "bad-settings",
      where: file,
      what: "a live plant needs endpoint and serverCertificate",
      advice: "name the server's address and the file of its certificate",
    });
  }
  return {
    ...settings,
    serverCertificate: resolve(directory, settings.serverCertificate),
    personsToArm: Math.max(2, settings.personsToArm),
    observedToArm: Math.max(LEAST_OBSERVED_LIVE, settings.observedToArm),
  };
}

/** Endpoint now: the virtual plant takes another port at every start. @throws RungError `no-plant` */
export function plantEndpoint(settings: ActuatorSettings, home: string): string {
  if (settings.endpoint !== undefined) return settings.endpoint;
  const file = join(runFolder(home), "plant.json");
  const run = readAnnouncement<{ port?: number; endpoint?: string }>(file);
  if (run === undefined) {
    throw new RungError({ code: "no-plant", where: file, what: "the virtual plant is not running" });
  }
  return run.endpoint ?? `opc.tcp://127.0.0.1:${run.port}`;
}

/**
 * Files of the certificates that are the plant's.
 * @param home that holds the virtual plant's folder
 * @throws RungError `no-certificate`
 */
export function pinnedCertificates(settings: ActuatorSettings, home: string): string[] {
  if (settings.serverCertificate !== undefined) return [settings.serverCertificate];
  const folder = join(home, "plant", "pki", "own", "certs");
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.(pem|der)$/.test(name))
        .map((name) => join(folder, name))
    : [];
  if (files.length === 0) {
    throw new RungError({
      code: "no-certificate",
      where: folder,
      what: "holds no certificate of the virtual plant",
      advice: "the plant makes it at its first start",
    });
  }
  return files;
}
