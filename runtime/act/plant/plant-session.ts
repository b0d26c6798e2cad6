import type { ClientSession, DataValue, OPCUAClient } from "node-opcua";
import { messageOf, RungError } from "../../core/errors.ts";
import { LinkPki, readCertificate } from "../../describe/opcua/link-pki.ts";
import { loadOpcua } from "../../describe/opcua/load-opcua.ts";
import type { Reading } from "../plant-view.ts";

/** A value to write, with its OPC UA type. */
export interface NodeWrite {
  readonly nodeId: string;
  readonly type: "Double" | "UInt32";
  readonly value: number;
}

export interface PlantSessionOptions {
  /** Asked at every attempt. */
  readonly endpoint: () => string;
  /** Files of the only certificates that are trusted. */
  readonly certificates: () => readonly string[];
  readonly login: () => { readonly user: string; readonly password: string };
  /** The actuator's own directory: its key and certificate lie in `pki/plant/`. */
  readonly directory: string;
  readonly retryMs?: number;
  /** A request that takes longer counts as a lost link. */
  readonly requestMs?: number;
}

const RETRY_MS = 1_000;
const REQUEST_MS = 3_000;

/**
 * The actuator's own session to the plant: Sign & Encrypt, one pinned server, its own login. There is no automatic
 * reconnection below it, because a stack that reconnects may send later what was asked before the cut: on the first
 * failure the session is thrown away, what was under way fails, and a new one is made. No queued write replays.
 */
export class PlantSession {
  readonly #options: PlantSessionOptions;
  #client: OPCUAClient | undefined;
  #session: ClientSession | undefined;
  #problem: string | null = "not connected yet";
  #closed = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #pki: Promise<LinkPki> | undefined;

  constructor(options: PlantSessionOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#session !== undefined;
  }

  /** Why there is no session, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  start(): void {
    this.#running ??= this.#keepConnected();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#drop("closed");
    await this.#running;
    await (await this.#pki)?.close();
  }

  /** Reads values, oldest allowed age 0. Booleans are 0 and 1, times microseconds. @throws RungError `link-lost` */
  async read(nodeIds: readonly string[]): Promise<Reading[]> {
    const { AttributeIds, TimestampsToReturn } = await loadOpcua();
    const session = this.#require();
    const response = await this.#orDrop(
      session.read(
        nodeIds.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
        TimestampsToReturn.Source as never,
      ) as unknown as Promise<DataValue[]>,
    );
    return response.map(readingOf);
  }

  /** Writes values in one request. @throws RungError `link-lost`, `write-refused` by the server */
  async write(writes: readonly NodeWrite[]): Promise<void> {
    const { AttributeIds, DataType } = await loadOpcua();
    const session = this.#require();
    const codes = await this.#orDrop(
      session.write(
        writes.map(({ nodeId, type, value }) => ({
          nodeId,
          attributeId: AttributeIds.Value,
          value: { value: { dataType: DataType[type], value } },
        })),
      ),
    );
    for (const [i, code] of codes.entries()) {
      if (code.isGood()) continue;
      throw new RungError({
        code: "write-refused",
        where: writes[i]!.nodeId,
        what: `the server answered ${code.name}`,
        advice: "check that the plant login may write there",
      });
    }
  }

  #require(): ClientSession {
    if (this.#session !== undefined) return this.#session;
    throw new RungError({ code: "link-lost", where: "plant", what: this.#problem ?? "no session" });
  }

  async #orDrop<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      const why = messageOf(error);
      await this.#drop(why);
      throw new RungError({ code: "link-lost", where: "plant", what: why, cause: error });
    }
  }

  async #keepConnected(): Promise<void> {
    while (!this.#closed) {
      if (this.#session === undefined) {
        try {
          await this.#connect();
        } catch (error) {
          await this.#drop(messageOf(error));
        }
      }
      if (this.#closed) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#options.retryMs ?? RETRY_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async #connect(): Promise<void> {
    const opcua = await loadOpcua();
    const endpoint = this.#options.endpoint();
    this.#pki ??= LinkPki.open(this.#options.directory, "plant");
    const pki = await this.#pki;
    const pinned = this.#options.certificates().map(readCertificate);
    for (const der of pinned) await pki.trust(der, "pinned in the actuator's settings");
    const login = this.#options.login();
    const requestMs = this.#options.requestMs ?? REQUEST_MS;
    const client = opcua.OPCUAClient.create({
      applicationName: "Rung actuator",
      applicationUri: pki.applicationUri,
      clientCertificateManager: pki.manager,
      certificateFile: pki.certificateFile,
      securityMode: opcua.MessageSecurityMode.SignAndEncrypt,
      securityPolicy: opcua.SecurityPolicy.Basic256Sha256,
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
      transportTimeout: requestMs,
      defaultTransactionTimeout: requestMs,
    });
    this.#client = client;
    client.on("connection_lost", () => this.#dropSoon(client, "the connection was lost"));
    client.on("close", () => this.#dropSoon(client, "the connection was closed"));
    await client.connect(endpoint);
    const session = await client.createSession({
      type: opcua.UserTokenType.UserName,
      userName: login.user,
      password: login.password,
    });
    if (this.#closed) return this.#drop("closed");
    this.#session = session;
    this.#problem = null;
  }

  #dropSoon(client: OPCUAClient, why: string): void {
    if (this.#client !== client) return;
    void this.#drop(why);
  }

  async #drop(why: string): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#session = undefined;
    this.#problem = why;
    if (client === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.requestMs ?? REQUEST_MS);
    });
    try {
      // A server that stands must not hold up whoever asked: they wait for the failure to stop by it.
      await Promise.race([client.disconnect(), limit]);
    } catch (error) {
      this.#problem = `${why}; while closing: ${messageOf(error)}`;
    } finally {
      clearTimeout(timer);
    }
  }
}

function readingOf(data: DataValue): Reading {
  const raw: unknown = data.value?.value;
  const value = raw instanceof Date ? raw.getTime() * 1000 : typeof raw === "boolean" ? Number(raw) : raw;
  return {
    value: typeof value === "number" ? value : Number.NaN,
    good: data.statusCode.isGood(),
    sourceTimeUs: data.sourceTimestamp ? data.sourceTimestamp.getTime() * 1000 : Number.NaN,
  };
}
