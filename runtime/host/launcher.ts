import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { RungError } from "../core/errors.ts";
import { makeDemoLogins } from "./demo-logins.ts";
import { makeHome } from "./home.ts";
import { claimHome, endLeftovers, releaseHome } from "./home-claim.ts";
import type { HostMessage } from "./host-message.ts";
import { program } from "./product-root.ts";
import { readRunFile } from "./run-file.ts";
import { SupervisedProcess } from "./supervised-process.ts";

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

/** Where each process starts; those of the demo may be absent. */
const PROGRAMS = {
  host: "runtime/host/host-main",
  plant: "plant/main",
  actuator: "runtime/act/actuator-main",
} as const;

/** Wall seconds after the start, so that the page has been looked at before it happens. */
const DEMO_FAULTS = [{ atWall: 60, fault: "fouled-nozzle", zone: 3 }];

/** The plant's clock stands still so long at most until the host reads it. */
const READER_WITHIN_S = 30;

/**
 * Starts and supervises the product's processes with fixed arguments: host and virtual plant side by side, then the
 * actuator, which is a sibling of the host and never its child.
 */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #running: SupervisedProcess[] = [];
  #firstLogin: HostMessage | undefined;
  #prehistory: ChildProcess | undefined;
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
    const { home, demo } = this.#options;
    makeHome(home);
    claimHome(home);
    this.#claimed = true;
    const programs = Object.fromEntries(
      Object.entries(PROGRAMS).map(([name, path]) => [name, program(path) ?? path]),
    );
    await endLeftovers(home, programs);
    makeDemoLogins(home);
    const plant = demo ? program(PROGRAMS.plant) : undefined;
    const actuator = demo ? program(PROGRAMS.actuator) : undefined;
    if (plant !== undefined) await this.#writePrehistory();
    const plantArgs = ["--wait-for-reader", String(READER_WITHIN_S)];
    if (this.#options.demoFault) plantArgs.push("--schedule", JSON.stringify(DEMO_FAULTS));
    await Promise.all([
      this.#supervise("host", program(PROGRAMS.host)!),
      plant === undefined ? undefined : this.#supervise("plant", plant, plantArgs),
    ]);
    if (actuator !== undefined) await this.#supervise("actuator", actuator);
    return this.#line(plant !== undefined);
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

  async #supervise(name: string, file: string, args: readonly string[] = []): Promise<void> {
    if (this.#stopping !== undefined) return;
    let ready = false;
    const environment: NodeJS.ProcessEnv = {
      ...this.#options.environment,
      RUNG_HOME: this.#options.home,
      RUNG_FIRST_LOGIN: this.#options.terminal ? "link" : "file",
    };
    const child = new SupervisedProcess({
      name,
      program: file,
      args,
      home: this.#options.home,
      environment,
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
    if (name === "host") environment.RUNG_PORT = String(readRunFile(this.#options.home, name)!.port);
  }

  async #writePrehistory(): Promise<void> {
    const file = program("runtime/host/prehistory-main")!;
    const child = fork(file, {
      env: { ...this.#options.environment, RUNG_HOME: this.#options.home },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#prehistory = child;
    const [code] = (await once(child, "exit")) as [number | null];
    this.#prehistory = undefined;
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
    const url = `http://127.0.0.1:${readRunFile(this.#options.home, "host")!.port}/`;
    const plant = withPlant ? "simulated plant, no PLC touched" : "no plant connected";
    const first = this.#firstLogin;
    if (first?.link !== undefined)
      return `Rung is running: ${first.link} (one-time link, valid 10 min; ${plant})`;
    if (first?.file !== undefined)
      return `Rung is running: ${url} (one-time sign-in link, valid 10 min, in ${first.file}; ${plant})`;
    return `Rung is running: ${url} (${plant})`;
  }
}
