/**
 * An OPC UA server with many variables, in a process of its own: `Works/Line1..n/Cell1..m`, in each cell
 * temperatures and, with numbers as node ids, counts; each line leads back up. On demand a wide folder that takes
 * several pages, and small operation limits. Prints one JSON line when it listens; counts its requests, told by the
 * line `calls`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface LargeServerOptions {
  readonly pki: string;
  readonly lines: number;
  readonly cells: number;
  /** Variables in each cell, half of them temperatures in °C, half counts without a unit. */
  readonly tags: number;
  /** Variables side by side in one folder, `Wide/Item0...`. */
  readonly wide?: number;
  readonly maxNodesPerBrowse?: number;
  readonly maxNodesPerRead?: number;
  /** ms between two changes of every tag; without it they stand still. */
  readonly periodMs?: number;
}

export interface LargeServer {
  readonly endpoint: string;
  /** How many services of each kind were asked for since the last question. */
  calls(): Promise<Record<string, number>>;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

export async function startLargeServer(options: LargeServerOptions): Promise<LargeServer> {
  const child: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), JSON.stringify(options)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines = createInterface({ input: child.stdout! });
  const waiting: ((answer: Record<string, number>) => void)[] = [];
  lines.on("line", (line) => {
    if (line.startsWith("{")) waiting.shift()?.(JSON.parse(line) as Record<string, number>);
  });
  const answer = () =>
    new Promise<Record<string, number>>((resolve, reject) => {
      waiting.push(resolve);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
  const { port } = await answer();
  return {
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    calls: () => {
      child.stdin!.write("calls\n");
      return answer();
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function serve(options: LargeServerOptions): Promise<void> {
  const opcua = await import("node-opcua");
  const { DataType, OPCUACertificateManager, OPCUAServer, standardUnits, StatusCodes, Variant } = opcua;
  const certificates = new OPCUACertificateManager({
    rootFolder: options.pki,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const { maxNodesPerBrowse = 0, maxNodesPerRead = 0 } = options;
  const server = new OPCUAServer({
    port: 0,
    host: "127.0.0.1",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    serverInfo: { applicationUri: "urn:rung:large-server", productUri: "test" },
    securityModes: [opcua.MessageSecurityMode.None, opcua.MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [opcua.SecurityPolicy.None, opcua.SecurityPolicy.Basic256Sha256],
    allowAnonymous: true,
    userManager: { isValidUser: (user: string, password: string) => user === "anna" && password === "right" },
    serverCapabilities: {
      minSupportedSampleRate: 0,
      maxBrowseContinuationPoints: 5,
      maxMonitoredItemsPerSubscription: 100_000,
      maxMonitoredItems: 100_000,
      operationLimits: {
        maxNodesPerBrowse,
        maxNodesPerRead,
        maxNodesPerTranslateBrowsePathsToNodeIds: maxNodesPerRead,
      },
    },
  });
  await server.initialize();
  const space = server.engine.addressSpace!;
  const own = space.getOwnNamespace();
  const calls: Record<string, number> = {};
  server.on("request", (request: { constructor: { name: string } }) => {
    const { name } = request.constructor;
    calls[name] = (calls[name] ?? 0) + 1;
  });
  const folder = (name: string, parent: Parameters<typeof own.addFolder>[0]) =>
    own.addFolder(parent, { browseName: name, nodeId: `s=${name}` });
  const works = folder("Works", space.rootFolder.objects);
  const changing: ((count: number, at: Date) => void)[] = [];
  const number = (value: number) => new Variant({ dataType: DataType.Double, value });
  let running = 0;
  for (let line = 1; line <= options.lines; line++) {
    const lineFolder = own.addFolder(works, { browseName: `Line${line}`, nodeId: `s=Line${line}` });
    // A way back up: whoever follows it without looking never ends.
    lineFolder.addReference({ referenceType: "Organizes", nodeId: works.nodeId });
    for (let cell = 1; cell <= options.cells; cell++) {
      const name = `Line${line}.Cell${cell}`;
      const cellFolder = own.addFolder(lineFolder, { browseName: `Cell${cell}`, nodeId: `s=${name}` });
      for (let tag = 1; tag <= options.tags; tag++) {
        const isTemperature = tag % 2 === 1;
        const common = {
          componentOf: cellFolder,
          browseName: isTemperature ? `Temperature${tag}` : `Count${tag}`,
          nodeId: isTemperature ? `s=${name}.Temperature${tag}` : `i=${100_000 + running}`,
          dataType: isTemperature ? "Double" : "UInt32",
          accessLevel: isTemperature ? "CurrentRead" : "CurrentRead | CurrentWrite",
          description: `sensor ${running} of ${name}`,
        } as const;
        running++;
        if (isTemperature) {
          const variable = own.addAnalogDataItem({
            ...common,
            engineeringUnits: standardUnits.degree_celsius,
            engineeringUnitsRange: { low: 0, high: 500 },
          }) as unknown as ReturnType<typeof own.addVariable>;
          variable.setValueFromSource(number(tag));
          changing.push((count, at) =>
            variable.setValueFromSource(number(tag + count), StatusCodes.Good, at),
          );
        } else {
          const variable = own.addVariable(common);
          const counted = (value: number) => new Variant({ dataType: DataType.UInt32, value });
          variable.setValueFromSource(counted(tag));
          changing.push((count, at) =>
            variable.setValueFromSource(counted(tag + count), StatusCodes.Good, at),
          );
        }
      }
    }
  }
  if (options.wide) {
    const wide = folder("Wide", works);
    for (let i = 0; i < options.wide; i++)
      own.addVariable({
        organizedBy: wide,
        browseName: `Item${i}`,
        nodeId: `s=Item${i}`,
        dataType: "Boolean",
        valueRank: i === 0 ? 1 : -1,
      });
  }
  await server.start();
  if (options.periodMs) {
    let count = 0;
    setInterval(() => {
      count++;
      const at = new Date();
      for (const change of changing) change(count, at);
    }, options.periodMs);
  }
  createInterface({ input: process.stdin }).on("line", () => {
    process.stdout.write(`${JSON.stringify(calls)}\n`);
    for (const name of Object.keys(calls)) delete calls[name];
  });
  process.stdin.on("end", () => process.exit(0));
  const endpoint = new URL(server.getEndpointUrl().replace("opc.tcp", "http"));
  process.stdout.write(`${JSON.stringify({ port: Number(endpoint.port) })}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await serve(JSON.parse(process.argv[2]!) as LargeServerOptions);
