import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { OPCUAServer, type ServerSession } from "node-opcua";
import type { AssemblyLine } from "../assembly/assembly-line.ts";
import type { Plant } from "../physics/plant.ts";
import type { OvenPlc } from "../plc/oven-plc.ts";
import type { Login } from "../run/logins.ts";
import { messageOf } from "../run/plant-error.ts";
import { AssemblyNodes } from "./assembly-nodes.ts";
import { PlantNodes } from "./plant-nodes.ts";
import { serverOptions } from "./server-options.ts";
import { openServerPki } from "./server-pki.ts";

const RETRY_MS = 200;

export interface PlantServerOptions {
  readonly home: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly logins: readonly Login[];
  readonly plant: Plant;
  readonly plc: OvenPlc;
  readonly assembly: AssemblyLine;
}

/** The OPC UA server of the plant, on loopback: signed at least, named users only. */
export class PlantServer {
  readonly nodes: PlantNodes;
  readonly assemblyNodes: AssemblyNodes;
  readonly port: number;
  readonly endpoint: string;
  /** Its own, PEM: by it a reader knows that this is the plant that was announced. */
  readonly certificate: string;
  readonly #server: OPCUAServer;
  readonly #sessions = new Set<ServerSession>();
  readonly #stopping = new AbortController();
  #cut: Promise<void> | undefined;

  private constructor(
    server: OPCUAServer,
    nodes: PlantNodes,
    assemblyNodes: AssemblyNodes,
    port: number,
    certificate: string,
  ) {
    this.#server = server;
    this.nodes = nodes;
    this.assemblyNodes = assemblyNodes;
    this.port = port;
    this.certificate = certificate;
    this.endpoint = `opc.tcp://127.0.0.1:${port}`;
    server.on("session_activated", (session: ServerSession) => this.#sessions.add(session));
    server.on("session_closed", (session: ServerSession) => this.#sessions.delete(session));
  }

  /** How many tags somebody signed in as `user` watches. */
  tagsWatchedBy(user: string): number {
    return [...this.#sessions]
      .filter(
        ({ userIdentityToken }) =>
          (userIdentityToken as { userName?: string } | undefined)?.userName === user,
      )
      .flatMap(({ publishEngine }) => publishEngine.subscriptions)
      .reduce((sum, { monitoredItemCount }) => sum + monitoredItemCount, 0);
  }

  static async start(options: PlantServerOptions): Promise<PlantServer> {
    const pki = await openServerPki(options.home);
    const server = new OPCUAServer(serverOptions(pki, options.port, options.logins));
    await server.initialize();
    const addressSpace = server.engine.addressSpace!;
    const nodes = new PlantNodes(addressSpace, options.plant, options.plc);
    const assemblyNodes = new AssemblyNodes(addressSpace, options.assembly);
    await server.start();
    return new PlantServer(
      server,
      nodes,
      assemblyNodes,
      server.endpoints[0]!.port,
      readFileSync(pki.certificateFile, "utf8"),
    );
  }

  /** Drops every connection and refuses new ones for a while; sessions and subscriptions live on. */
  cut(seconds: number): Promise<void> {
    this.#cut ??= this.#cutOff(seconds).finally(() => {
      this.#cut = undefined;
    });
    return this.#cut;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#cut;
    await this.#server.shutdown(0);
  }

  async #cutOff(seconds: number): Promise<void> {
    // Suspending ends once the last connection is gone, so it is begun first and waited for after the drop.
    const suspended = this.#server.suspendEndPoints();
    for (const endpoint of this.#server.endpoints) endpoint.abruptlyInterruptChannels();
    await suspended;
    await this.#pause(seconds * 1000);
    while (!this.#stopping.signal.aborted && !(await this.#listensAgain())) await this.#pause(RETRY_MS);
  }

  /** False where another program has taken the port in the meantime. */
  async #listensAgain(): Promise<boolean> {
    try {
      await this.#server.resumeEndPoints();
      return true;
    } catch (thrown) {
      process.stderr.write(`plant: opc ua server after the network cut: ${messageOf(thrown)}\n`);
      return false;
    }
  }

  async #pause(ms: number): Promise<void> {
    // An aborted pause is a stop: the caller looks at the signal.
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
