import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, fchmodSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type ActuatorPlaces,
  actuatorEnvironment,
  actuatorNodeArguments,
  anchorFileOf,
} from "../act/actuator-command.ts";
import { actuatorDirectory, virtualPlantHome } from "../act/actuator-home.ts";
import { RungError } from "../core/errors.ts";
import { type LocalServer, originOf } from "../core/local-server.ts";
import { makePrivateFolder } from "../core/private-file.ts";
import { runFolder } from "../core/run-folder.ts";
import { makeDemoLogins } from "./demo-logins.ts";
import { makeHome } from "./home.ts";
import { claimHome, endLeftovers, releaseHome } from "./home-claim.ts";
import type { HostMessage } from "./host-message.ts";
import { HOST_NODE_ARGUMENTS } from "./host-node-arguments.ts";
import { openFolders } from "./own-folders.ts";
import { historyFile, simulatePast } from "./prehistory.ts";
import { asUser, type ProcessUsers, processUsers } from "./process-user.ts";
import { program } from "./product-root.ts";
import { type RunFile, readRunFile } from "./run-file.ts";
import { type ProcessPlan, SupervisedProcess } from "./supervised-process.ts";

export interface LauncherOptions {
  readonly home: string;
  /** Whether the virtual plant, and the actuator commissioned for it alone, are started. */
  readonly demo: boolean;
  /** Whether the virtual plant gets its fault after a minute, so that a newcomer sees one found and explained. */
  readonly demoFault: boolean;
  /** Whether a person watches: then the one-time link is shown, otherwise only the file it lies in. */
  readonly terminal: boolean;
  readonly environment: NodeJS.ProcessEnv;
  /** The host is gone for good; everything else is stopped already. */
  readonly onHostLost?: (why: RungError) => void;
}

/** Of the file itself: a link in its place is no way to another. */
function letOthersRead(file: string): void {
  const handle = openSync(
    file,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    fchmodSync(handle, 0o644);
  } finally {
    closeSync(handle);
  }
}

/** Where each process starts; those of the demo may be absent. */
const PROGRAMS = {
  host: "runtime/host/host-main",
  plant: "plant/main",
  actuator: "runtime/act/actuator-main",
} as const;
type ProcessName = keyof typeof PROGRAMS;

/** Wall seconds after the start, so that the page has been looked at before it happens. */
const DEMO_FAULTS = [{ atWall: 60, fault: "fouled-nozzle", zone: 3 }];

/** The plant's clock stands still so long at most until the host reads it. */
const READER_WITHIN_S = 30;

/**
 * Starts and supervises the product's processes with fixed arguments: host and virtual plant side by side, then the
 * actuator, which is a sibling of the host and never its child. As root and with users given it lets each run as its
 * own; then it touches nothing in a folder of theirs but with their rights.
 */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #running: SupervisedProcess[] = [];
  #firstLogin: HostMessage | undefined;
  #prehistory: ChildProcess | undefined;
  #users: ProcessUsers | undefined;
  #claimed = false;
  #stopping: Promise<void> | undefined;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  /**
   * @returns the one line that tells a person where to go
   * @throws RungError `already-running`, `process-failed`, `leftover-process`
   */
  async start(): Promise<string> {
    const { home, demo, environment } = this.#options;
    this.#users = processUsers(environment);
    if (this.#users !== undefined) {
      openFolders({ home, actuator: this.#actuatorPlaces.directory, run: runFolder(home) }, this.#users);
    }
    asUser(this.#users?.host, () => makeHome(home));
    claimHome(home);
    this.#claimed = true;
    const programs = Object.fromEntries(
      Object.entries(PROGRAMS).map(([name, path]) => [name, program(path) ?? path]),
    );
    await endLeftovers(home, programs);
    makeDemoLogins(home, {
      actuator: this.#actuatorPlaces.directory,
      plantHome: this.#plantHome,
      ...(this.#users === undefined ? {} : { users: this.#users }),
    });
    const plant = demo ? program(PROGRAMS.plant) : undefined;
    const isCommissioned = existsSync(join(this.#actuatorPlaces.directory, "settings.json"));
    const actuator = demo || isCommissioned ? program(PROGRAMS.actuator) : undefined;
    if (plant !== undefined) await this.#writePrehistory();
    const plantArgs = ["--wait-for-reader", String(READER_WITHIN_S)];
    if (this.#options.demoFault) plantArgs.push("--schedule", JSON.stringify(DEMO_FAULTS));
    await Promise.all([
      this.#supervise("host", program(PROGRAMS.host)!),
      plant === undefined ? undefined : this.#supervise("plant", plant, plantArgs),
    ]);
    if (actuator !== undefined) await this.#supervise("actuator", actuator);
    // Part of it is the host's own words, which must not write to a terminal what it obeys.
    return this.#line(plant !== undefined).replaceAll(/\p{Cc}/gu, "");
  }

  /** Ends every process it started, in the opposite order, and gives the home back. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    this.#prehistory?.kill("SIGTERM");
    const children = this.#running.splice(0).reverse();
    for (const child of children) child.expectEnd();
    for (const child of children) await child.stop();
    if (this.#claimed) releaseHome(this.#options.home);
  }

  get #actuatorPlaces(): ActuatorPlaces {
    const { home, environment } = this.#options;
    const certificates = join(this.#plantHome, "plant", "pki", "own", "certs");
    const directory = actuatorDirectory({ ...environment, RUNG_HOME: home });
    return { directory, run: runFolder(home, environment), plant: certificates };
  }

  get #plantHome(): string {
    return virtualPlantHome(this.#options.home, this.#options.environment);
  }

  /** What each process is told, and whom it runs as. None is told a secret. */
  #planOf(name: ProcessName): Pick<ProcessPlan, "environment" | "logs" | "nodeArguments" | "user"> {
    const { home, environment, terminal } = this.#options;
    const own = this.#users === undefined ? {} : { user: this.#users[name === "host" ? "host" : "actuator"] };
    const logs = (folder: string) => join(this.#users === undefined ? home : folder, "log");
    const at = (folder: string) => ({
      ...environment,
      RUNG_HOME: folder,
      ...(this.#users === undefined ? {} : { HOME: folder }),
    });
    switch (name) {
      case "host":
        return {
          ...own,
          logs: logs(home),
          environment: { ...at(home), RUNG_FIRST_LOGIN: terminal ? "link" : "file" },
          nodeArguments: HOST_NODE_ARGUMENTS,
        };
      case "plant":
        return { ...own, logs: logs(this.#plantHome), environment: at(this.#plantHome) };
      case "actuator": {
        const { directory } = this.#actuatorPlaces;
        const places = {
          ...this.#actuatorPlaces,
          anchor: asUser(own.user, () => anchorFileOf(directory)),
        };
        return {
          ...own,
          logs: logs(places.directory),
          environment: actuatorEnvironment({ ...environment, RUNG_HOME: home }, places),
          nodeArguments: actuatorNodeArguments(places),
        };
      }
    }
  }

  async #supervise(name: ProcessName, file: string, args: readonly string[] = []): Promise<void> {
    if (this.#stopping !== undefined) return;
    let ready = false;
    const plan = this.#planOf(name);
    asUser(plan.user, () => makePrivateFolder(plan.logs));
    const child = new SupervisedProcess({
      name,
      program: file,
      args,
      home: this.#options.home,
      ...plan,
      onMessage: (message) => {
        if (name === "host") this.#firstLogin = message as HostMessage;
      },
      onGivenUp: (why) => {
        if (!ready) return;
        process.stderr.write(`rung: ${why.message}\n`);
        if (name === "host") void this.stop().then(() => this.#options.onHostLost?.(why));
      },
    });
    this.#running.push(child);
    await child.start();
    ready = true;
    // Started again, the host must be where the people's pages look for it.
    if (name === "host") plan.environment.RUNG_PORT = String(readRunFile(this.#options.home, name)!.port);
  }

  async #writePrehistory(): Promise<void> {
    const { home } = this.#options;
    const users = this.#users;
    const file = program("runtime/host/prehistory-main")!;
    const args: string[] = [];
    if (users !== undefined) {
      if (asUser(users.host, () => existsSync(historyFile(home)))) return;
      // The plant, which is another user's, hands its past over in the folder that both may enter.
      const past = join(runFolder(home), "prehistory.csv");
      await simulatePast(this.#plantHome, past, users.actuator);
      asUser(users.actuator, () => letOthersRead(past));
      args.push(past);
    }
    const { environment } = this.#planOf("host");
    const child = fork(file, args, {
      env: environment,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: [],
      ...(users === undefined ? {} : { ...users.host, cwd: "/" }),
    });
    this.#prehistory = child;
    const [code] = (await once(child, "exit")) as [number | null];
    this.#prehistory = undefined;
    for (const past of args) rmSync(past, { force: true });
    if (code !== 0 && this.#stopping === undefined) {
      throw new RungError({
        code: "prehistory-failed",
        where: "first start",
        what: "the simulated past could not be written",
        advice: "its reason stands above; start with --no-demo to go without the virtual plant",
      });
    }
  }

  #line(withPlant: boolean): string {
    const url = `${originOf(readRunFile<RunFile & LocalServer>(this.#options.home, "host")!)}/`;
    const plant = withPlant ? "simulated plant, no PLC touched" : "no plant connected";
    const first = this.#firstLogin;
    if (first?.link !== undefined)
      return `Rung is running: ${first.link} (one-time link, valid 10 min; ${plant})`;
    if (first?.file !== undefined)
      return `Rung is running: ${url} (one-time sign-in link, valid 10 min, in ${first.file}; ${plant})`;
    return `Rung is running: ${url} (${plant})`;
  }
}
