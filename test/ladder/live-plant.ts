/**
 * A plant behind OPC UA in a process of its own, so that a test can end it with SIGKILL and start it again. Three tags,
 * one sample each every 20 ms of its own time. Its clock goes on by two periods when its reader says that it has the
 * last ones, and is published with every sample: it runs as fast as it is read, and a busy machine makes nothing stale.
 *
 * Started by `startLivePlant`; prints one JSON line when it listens, takes JSON lines as commands.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Random } from "../../runtime/core/random.ts";

export const PERIOD_MS = 20;
/** Plant seconds per wall second, as published: so fast the reader's clock runs on by itself, as when the plant is gone. */
export const SPEED = 0.01;
/** Samples of a tag that come together; three would reach the age limit of row 1. */
const TOGETHER = 2;
/** A reader that has just come cannot say that it has anything, ms. */
const UNASKED_MS = 500;

export const TAGS = ["Flow", "Pressure", "Load"] as const;

/** What the tags are like: two that wander about 1000, and a load that swings to and fro in 24 periods. */
export class LivePhysics {
  readonly #random: Random;
  readonly #walk = [0, 0];
  /** The load swings no more and stands elsewhere, so that its last value is the better forecast. */
  isStuck = false;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** The next values, in the order of TAGS. */
  values(timeMs: number): number[] {
    const random = this.#random;
    for (const i of [0, 1]) this.#walk[i] = 0.95 * this.#walk[i]! + random.normal();
    const swing = 100 * Math.sin((2 * Math.PI * timeMs) / (24 * PERIOD_MS));
    const load = (this.isStuck ? 300 : swing) + 5 * random.normal();
    return [...this.#walk.map((walk) => 1000 + 10 * walk), load];
  }
}

export interface LivePlantOptions {
  readonly pki: string;
  readonly port?: number;
  /** Plant time at the start, ms since 1970. */
  readonly fromMs: number;
  readonly seed: number;
}

export interface LivePlant {
  readonly port: number;
  readonly endpoint: string;
  /** Plant time of the newest sample that the reader has, ms: the next ones may come. */
  read(timeMs: number): void;
  /** See LivePhysics. */
  stick(isStuck: boolean): void;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

export async function startLivePlant(options: LivePlantOptions): Promise<LivePlant> {
  const child: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), JSON.stringify(options)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line.startsWith("{")) resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once("exit", (code) => reject(new Error(`the plant ended with ${code}`)));
  });
  const command = (command: object) => {
    if (child.exitCode === null && child.signalCode === null)
      child.stdin!.write(`${JSON.stringify(command)}\n`);
  };
  return {
    port,
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    read: (timeMs) => command({ timeMs }),
    stick: (isStuck) => command({ isStuck }),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function serve({ pki, port, fromMs, seed }: LivePlantOptions): Promise<void> {
  const {
    AccessLevelFlag,
    DataType,
    MessageSecurityMode,
    OPCUACertificateManager,
    OPCUAServer,
    SecurityPolicy,
    StatusCodes,
    Subscription,
    Variant,
  } = await import("node-opcua");
  // Two samples of 20 ms each would otherwise come in 50 ms at the earliest.
  Subscription.minimumPublishingInterval = 10;
  const certificates = new OPCUACertificateManager({
    rootFolder: pki,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: port ?? 0,
    host: "127.0.0.1",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    serverInfo: { applicationUri: "urn:rung:live-plant", productUri: "test" },
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    allowAnonymous: true,
    serverCapabilities: { minSupportedSampleRate: 0 },
  });
  await server.initialize();
  const own = server.engine.addressSpace!.getOwnNamespace();
  const root = own.addObject({
    browseName: "Plant",
    organizedBy: server.engine.addressSpace!.rootFolder.objects,
  });
  const add = (name: string, dataType: "Double" | "DateTime") => {
    const variable = own.addVariable({
      componentOf: root,
      browseName: name,
      nodeId: `s=${name}`,
      dataType,
      accessLevel: AccessLevelFlag.CurrentRead,
    });
    return (value: number | Date, at: Date) =>
      variable.setValueFromSource(new Variant({ dataType: DataType[dataType], value }), StatusCodes.Good, at);
  };
  const tags = TAGS.map((name) => add(name, "Double"));
  const [clock, speed] = [add("Plant.Time", "DateTime"), add("Plant.Speed", "Double")];
  const physics = new LivePhysics(seed);
  let timeMs = fromMs;
  let told = 0;
  const sample = () => {
    timeMs += PERIOD_MS;
    const at = new Date(timeMs);
    for (const [i, value] of physics.values(timeMs).entries()) tags[i]!(value, at);
    clock!(at, at);
  };
  const next = () => {
    told = performance.now();
    for (let i = 0; i < TOGETHER; i++) sample();
  };
  speed!(SPEED, new Date(fromMs));
  next();
  await server.start();
  setInterval(() => {
    if (performance.now() - told > UNASKED_MS) next();
  }, UNASKED_MS);
  createInterface({ input: process.stdin }).on("line", (line) => {
    const command = JSON.parse(line) as { timeMs?: number; isStuck?: boolean };
    physics.isStuck = command.isStuck ?? physics.isStuck;
    if (command.timeMs !== undefined && command.timeMs >= timeMs) next();
  });
  // The parent's end closes the pipe: nobody is left behind.
  process.stdin.on("end", () => process.exit(0));
  const endpoint = new URL(server.getEndpointUrl().replace("opc.tcp", "http"));
  process.stdout.write(`${JSON.stringify({ port: Number(endpoint.port) })}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await serve(JSON.parse(process.argv[2]!) as LivePlantOptions);
