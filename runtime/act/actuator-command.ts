import { join, resolve } from "node:path";
import { manifestsAbove, packageFolders, RUNTIME } from "../core/own-code.ts";
import { readJsonFile } from "../core/private-file.ts";

/** What the actuator is told where things are by, and nothing else of the environment it is started from. */
const PASSED_ON = /^(RUNG_(HOME|RUN|ACT_HOME|ACTUATOR_[A-Z_]+)|PATH|TZ|LANG|LC_[A-Z]+|NODE_DEBUG)$/;

export interface ActuatorPlaces {
  /** The actuator's own directory. */
  readonly directory: string;
  readonly run: string;
  /** Where the virtual plant's certificate lies, if it is not in the directory. */
  readonly plant?: string;
  /** The file outside its directory that the audit is anchored to, if its settings name one. */
  readonly anchor?: string | undefined;
}

/** Where the product's code lies; another installation's may be asked about. */
export interface InstalledCode {
  readonly runtime: string;
  readonly packages: readonly string[];
}

const ownCode = (): InstalledCode => ({ runtime: RUNTIME, packages: packageFolders(["node-opcua"]) });

/**
 * Node's own arguments of the actuator. It writes into its directory and the run folder; it starts no program, thread
 * or addon, and no inspector. It reads its code, these two folders and what the kernel tells of processes (/proc);
 * reading /proc is reading all that its OS user may, so secrets of others are kept from it by that user alone.
 */
export function actuatorNodeArguments(
  { directory, run, plant, anchor }: ActuatorPlaces,
  { runtime, packages }: InstalledCode = ownCode(),
): string[] {
  const readable = [
    runtime,
    ...manifestsAbove(runtime),
    ...packages,
    directory,
    run,
    ...(plant === undefined ? [] : [plant]),
    ...(anchor === undefined ? [] : [anchor]),
    "/proc",
  ];
  return [
    "--disable-sigusr1",
    "--permission",
    ...readable.map((path) => `--allow-fs-read=${path}`),
    // Their contents too where they are not there yet, which Node would take for files.
    ...[directory, run].flatMap((path) => [`--allow-fs-write=${path}`, `--allow-fs-write=${path}/*`]),
    ...(anchor === undefined ? [] : [`--allow-fs-write=${anchor}`]),
  ];
}

/** The file its settings anchor the audit to; the actuator's own arguments must name it. @throws RungError `broken-file` */
export function anchorFileOf(directory: string): string | undefined {
  const settings = readJsonFile<{ audit?: { anchorFile?: unknown } }>(join(directory, "settings.json"));
  const file = settings?.audit?.anchorFile;
  return typeof file === "string" && file !== "" ? resolve(directory, file) : undefined;
}

/** The actuator's environment: what names its places, and none of what else stands in the launcher's. */
export function actuatorEnvironment(
  environment: NodeJS.ProcessEnv,
  { directory }: ActuatorPlaces,
): NodeJS.ProcessEnv {
  const passedOn = Object.entries(environment).filter(([name]) => PASSED_ON.test(name));
  return { ...Object.fromEntries(passedOn), HOME: directory };
}
