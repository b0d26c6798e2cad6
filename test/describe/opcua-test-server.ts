/**
 * A small OPC UA server in a process of its own, so that a test can end it with SIGKILL and start it again.
 * Started by `startTestServer`; prints one JSON line when it listens, takes JSON lines as commands.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface TestServerOptions {
  /** Folder of the server's PKI: the same folder gives the same certificate after a restart. */
  readonly pki: string;
  readonly port?: number;
  /** `Tag0` ... each counting up by one per tick. */
  readonly tags?: number;
  readonly periodMs?: number;
  /** Values that the server keeps as history, of `Text` and of each tag but the last; without it of none. */
  readonly historyValues?: number;
  /** MaxNodesPerHistoryReadData. */
  readonly historyNodesPerCall?: number;
  /** The server revises every longer queue down to this. */
  readonly mostQueued?: number;
}

export interface TestServer {
  readonly port: number;
  readonly endpoint: string;
  readonly process: ChildProcess;
  /**
   * Sets `Text`, `Fahrenheit`, `Bad` or another variable: `{set: "Text", type: "String", value: "hello"}`, with a
   * source time where `atMs` gives one; `{forget: true}` has every session forgotten, as after a restart, while the
   * history stays.
   */
  command(command: object): void;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

const folders: string[] = [];

/** A folder of its own, gone when the tests have ended. */
export function newFolder(name: string): string {
  if (folders.length === 0) {
    process.once("exit", () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(join(tmpdir(), `rung-${name}-`));
  folders.push(folder);
  return folder;
}

const running = new Set<TestServer>();

/** Ends what a failed test left behind. */
export async function killTestServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.kill()));
}

export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines = createInterface({ input: child.stdout! });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on("line", (line) => {
      if (line.startsWith("{")) resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once("exit", (code) => reject(new Error(`the test server ended with ${code}`)));
  });
  const server: TestServer = {
    port,
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    process: child,
    command: (command) => child.stdin!.write(`${JSON.stringify(command)}\n`),
    async kill() {
      running.delete(server);
      child.kill("SIGKILL");
      await ended;
    },
  };
  running.add(server);
  return server;
}

async function serve(options: TestServerOptions): Promise<void> {
  const {
    AccessLevelFlag,
    DataType,
    MessageSecurityMode,
    OPCUACertificateManager,
    SecurityPolicy,
    OPCUAServer,
    standardUnits,
    StatusCodes,
    Variant,
    VariantArrayType,
  } = await import("node-opcua");
  const certificates = new OPCUACertificateManager({
    rootFolder: options.pki,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: options.port ?? 0,
    host: "127.0.0.1",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    serverInfo: { applicationUri: "urn:rung:test-server", productUri: "test" },
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    allowAnonymous: true,
    // Otherwise the server folds changes of one tag that come within 50 ms of each other.
    serverCapabilities: {
      minSupportedSampleRate: 0,
      ...(options.historyNodesPerCall === undefined
        ? {}
        : { operationLimits: { maxNodesPerHistoryReadData: options.historyNodesPerCall } }),
    },
    userManager: { isValidUser: (user: string, password: string) => user === "twin" && password === "right" },
  });
  if (options.mostQueued !== undefined) shortenQueues(server, options.mostQueued);
  await server.initialize();
  const space = server.engine.addressSpace!;
  const own = space.getOwnNamespace();
  const root = own.addObject({ browseName: "Plant", organizedBy: space.rootFolder.objects });
  const zone = own.addObject({ browseName: "Zone1", nodeId: "s=Zone1", componentOf: root });
  const add = (name: string, dataType: keyof typeof DataType) =>
    own.addVariable({
      componentOf: zone,
      browseName: name,
      nodeId: `s=${name}`,
      dataType,
      accessLevel: AccessLevelFlag.CurrentRead,
    });
  const fahrenheit = own.addAnalogDataItem({
    componentOf: zone,
    browseName: "Fahrenheit",
    nodeId: "s=Fahrenheit",
    dataType: "Double",
    engineeringUnits: standardUnits.degree_fahrenheit,
    engineeringUnitsRange: { low: 0, high: 1000 },
    accessLevel: AccessLevelFlag.CurrentRead,
  }) as unknown as ReturnType<typeof add>;
  const variables = new Map([
    ["Text", add("Text", "String")],
    ["Flag", add("Flag", "Boolean")],
    ["Bad", add("Bad", "Double")],
    ["Constant", add("Constant", "Double")],
    ["Big", add("Big", "Int64")],
    ["Fahrenheit", fahrenheit],
    [
      "Sampled",
      own.addVariable({
        componentOf: zone,
        browseName: "Sampled",
        nodeId: "s=Sampled",
        dataType: "Double",
        accessLevel: AccessLevelFlag.CurrentRead,
        minimumSamplingInterval: 400,
      }),
    ],
    ["Plant.Time", add("Plant.Time", "DateTime")],
    ["Plant.Speed", add("Plant.Speed", "Double")],
  ]);
  const tags = Array.from({ length: options.tags ?? 3 }, (_, i) => add(`Tag${i}`, "Double"));
  if (options.historyValues !== undefined) {
    for (const kept of [variables.get("Text")!, ...tags.slice(0, -1)]) {
      space.installHistoricalDataNode(kept, { maxOnlineValues: options.historyValues });
    }
  }
  const set = (
    name: string,
    dataType: keyof typeof DataType,
    value: unknown,
    status = StatusCodes.Good,
    at?: Date,
  ) =>
    variables
      .get(name)!
      .setValueFromSource(
        new Variant({ dataType: DataType[dataType], arrayType: VariantArrayType.Scalar, value }),
        status,
        at,
      );
  set("Text", "String", "cold");
  set("Flag", "Boolean", true);
  set("Bad", "Double", 1.5, StatusCodes.BadSensorFailure);
  set("Big", "Int64", [0x00100000, 1]);
  set("Fahrenheit", "Double", 212);
  set("Sampled", "Double", 1);
  set("Plant.Speed", "Double", 60);
  // The simulated clock starts at 2030-01-01 and runs at 60 times the wall's.
  const startMs = Date.now();
  const plantMs = () => Date.UTC(2030, 0, 1) + (Date.now() - startMs) * 60;
  const tick = () => {
    const now = new Date();
    count++;
    for (const tag of tags) {
      tag.setValueFromSource(new Variant({ dataType: DataType.Double, value: count }), StatusCodes.Good, now);
    }
    set("Constant", "Double", 7, StatusCodes.Good, now);
    set("Plant.Time", "DateTime", new Date(plantMs()), StatusCodes.Good, new Date(plantMs()));
  };
  let count = 0;
  tick();
  await server.start();
  setInterval(tick, options.periodMs ?? 100);
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { forget, type, value, atMs, ...rest } = JSON.parse(line) as {
      set: string;
      type: keyof typeof DataType;
      value: unknown;
      atMs?: number;
      forget?: boolean;
    };
    if (forget) {
      for (const session of sessionsOf(server.engine)) closeSession(server.engine, session);
      return;
    }
    // JSON has no NaN and no Infinity.
    const plain = type === "Double" && typeof value === "string" ? Number(value) : value;
    set(rest.set, type, plain, StatusCodes.Good, atMs === undefined ? undefined : new Date(atMs));
  });
  // The parent's end closes the pipe: nobody is left behind.
  process.stdin.on("end", () => process.exit(0));
  const endpoint = new URL(server.getEndpointUrl().replace("opc.tcp", "http"));
  process.stdout.write(`${JSON.stringify({ port: Number(endpoint.port) })}\n`);
}

interface Engine {
  readonly _sessions: Readonly<Record<string, { readonly authenticationToken: unknown }>>;
  closeSession(token: unknown, deleteSubscriptions: boolean, reason: string): void;
}

const sessionsOf = (engine: unknown) => Object.values((engine as Engine)._sessions);

function closeSession(
  engine: unknown,
  { authenticationToken }: { readonly authenticationToken: unknown },
): void {
  (engine as Engine).closeSession(authenticationToken, true, "Timeout");
}

/** A server may give an item a shorter queue than asked for (OPC 10000-4, 5.13.2.2). */
function shortenQueues(server: unknown, most: number): void {
  type Request = { request: { itemsToCreate?: { requestedParameters: { queueSize: number } }[] } };
  const own = server as { _on_CreateMonitoredItemsRequest(message: Request, channel: unknown): void };
  const create = own._on_CreateMonitoredItemsRequest;
  own._on_CreateMonitoredItemsRequest = (message, channel) => {
    for (const { requestedParameters } of message.request.itemsToCreate ?? []) {
      requestedParameters.queueSize = Math.min(most, requestedParameters.queueSize);
    }
    create.call(server, message, channel);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await serve(JSON.parse(process.argv[2]!) as TestServerOptions);
