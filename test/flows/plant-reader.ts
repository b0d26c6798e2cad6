import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AttributeIds,
  type ClientSession,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
} from "node-opcua";
import type { Product } from "./product.ts";

/** A second client at the virtual plant's OPC UA server, apart from all that Rung reads with. */
export class PlantReader {
  readonly #client: OPCUAClient;
  readonly #session: ClientSession;
  readonly #pki: OPCUACertificateManager;

  private constructor(client: OPCUAClient, session: ClientSession, pki: OPCUACertificateManager) {
    this.#client = client;
    this.#session = session;
    this.#pki = pki;
  }

  /** Signs in as the plant's reader. */
  static async open(product: Product): Promise<PlantReader> {
    const { user, password } = JSON.parse(
      readFileSync(join(product.home, "keyring", "virtual-plant.json"), "utf8"),
    ) as { user: string; password: string };
    const pki = new OPCUACertificateManager({
      rootFolder: join(product.home, "second-reader-pki"),
      automaticallyAcceptUnknownCertificate: true,
      disableFileWatchers: true,
    });
    await pki.initialize();
    const client = OPCUAClient.create({
      applicationName: "second reader",
      clientCertificateManager: pki,
      securityMode: MessageSecurityMode.SignAndEncrypt,
      securityPolicy: SecurityPolicy.Basic256Sha256,
      connectionStrategy: { maxRetry: 3, initialDelay: 100 },
    });
    await client.connect(`opc.tcp://127.0.0.1:${product.runFile("plant").port}`);
    const session = await client.createSession({
      type: UserTokenType.UserName,
      userName: user,
      password,
    });
    return new PlantReader(client, session, pki);
  }

  /** The present numbers of some tags, by what stands behind `ns=1;s=`. */
  async numbers(tags: readonly string[]): Promise<number[]> {
    const read = await this.#session.read(
      tags.map((tag) => ({ nodeId: `ns=1;s=${tag}`, attributeId: AttributeIds.Value })),
    );
    return read.map(({ value, statusCode }, i) => {
      if (!statusCode.isGood()) throw new Error(`${tags[i]}: ${statusCode.name}`);
      return Number(value.value);
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
    await this.#client.disconnect();
    await this.#pki.dispose();
  }
}
