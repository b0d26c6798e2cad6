import { timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  MessageSecurityMode,
  makeRoles,
  type NodeId,
  OPCUAServer,
  SecurityPolicy,
  type ServerSession,
  WellKnownRoles,
} from "node-opcua";
import type { Plant } from "../physics/plant.ts";
import type { OvenPlc } from "../plc/oven-plc.ts";
import type { Login } from "../run/logins.ts";
import { messageOf } from "../run/plant-error.ts";
import { PlantNodes } from "./plant-nodes.ts";
import { openServerPki } from "./server-pki.ts";

const RETRY_MS = 200;

export interface PlantServerOptions {
  readonly home: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly logins: readonly Login[];
  readonly plant: Plant;
  readonly plc: OvenPlc;
}

/** The OPC UA server of the plant, on loopback: signed at least, named users only. */
export class PlantServer {
  readonly nodes: PlantNodes;
  readonly port: number;
  readonly endpoint: string;
  readonly #server: OPCUAServer;
  readonly #sessions = new Set<ServerSession>();
  readonly #stopping = new AbortController();
  #cut: Promise<void> | undefined;

  private constructor(server: OPCUAServer, nodes: PlantNodes, port: number) {
    this.#server = server;
    this.nodes = nodes;
    this.port = port;
    this.endpoint = `opc.tcp://127.0.0.1:${port}`;
    server.on("session_activated", (session: ServerSession) => this.#sessions.add(session));
    server.on("session_closed", (session: ServerSession) => this.#sessions.delete(session));
  }

  /** True while somebody signed in as `user` watches at least one tag. */
  isWatchedBy(user: string): boolean {
    return [...this.#sessions].some(
      ({ userIdentityToken, publishEngine }) =>
        (userIdentityToken as { userName?: string } | undefined)?.userName === user &&
        publishEngine.subscriptions.some((subscription) => subscription.monitoredItemCount > 0),
    );
  }

  static async start(options: PlantServerOptions): Promise<PlantServer> {
    const pki = await openServerPki(options.home);
    const server = new OPCUAServer({
      host: "127.0.0.1",
      hostname: "127.0.0.1",
      port: options.port,
      resourcePath: "",
      allowAnonymous: false,
      securityModes: [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [
        SecurityPolicy.Basic256Sha256,
        SecurityPolicy.Aes128_Sha256_RsaOaep,
        SecurityPolicy.Aes256_Sha256_RsaPss,
      ],
      serverCertificateManager: pki.manager,
      userCertificateManager: pki.users,
      certificateFile: pki.certificateFile,
      privateKeyFile: pki.privateKeyFile,
      serverInfo: { applicationUri: pki.applicationUri, applicationName: { text: "Rung virtual plant" } },
      buildInfo: { productName: "Rung virtual plant", productUri: null },
      // A server that advertises a sample rate merges the changes within it, also of items that report every change.
      serverCapabilities: { maxSessions: 40, minSupportedSampleRate: 0 },
      maxConnectionsPerEndpoint: 40,
      userManager: {
        isValidUser: (user: string, password: string) => isKnown(options.logins, user, password),
        getUserRoles: rolesOf,
      },
    });
    await server.initialize();
    const nodes = new PlantNodes(server.engine.addressSpace!, options.plant, options.plc);
    await server.start();
    return new PlantServer(server, nodes, server.endpoints[0]!.port);
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

function isKnown(logins: readonly Login[], user: string, password: string): boolean {
  const login = logins.find((each) => each.user === user);
  if (login === undefined) return false;
  const [given, wanted] = [Buffer.from(password), Buffer.from(login.password)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function rolesOf(user: string): NodeId[] {
  return makeRoles(user === "actuator" ? WellKnownRoles.Operator : WellKnownRoles.Observer);
}
