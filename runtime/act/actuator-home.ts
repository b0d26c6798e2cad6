import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** RUNG_HOME, by default `~/.rung`: the host's. */
export function rungHome(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.RUNG_HOME || join(homedir(), ".rung"));
}

/**
 * The actuator's own directory: RUNG_ACT_HOME, by default `actuator/` in RUNG_HOME. Where the actuator has an OS user
 * of its own it lies outside RUNG_HOME, because whoever owns a folder can put another one in its place.
 */
export function actuatorDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RUNG_ACT_HOME
    ? resolve(environment.RUNG_ACT_HOME)
    : join(rungHome(environment), "actuator");
}

/**
 * The folder that holds the virtual plant's own `plant/`: beside the actuator's files where these lie apart from the
 * host's, since the certificate the actuator takes for the plant's must not be the host's to write.
 */
export function virtualPlantHome(home: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RUNG_ACT_HOME ? actuatorDirectory(environment) : home;
}
