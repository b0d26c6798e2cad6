import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { OPCUACertificateManager } from "node-opcua";
import { RungError } from "../../core/errors.ts";
import { loadOpcua } from "./load-opcua.ts";
import { describeCertificate, normalFingerprint, type PeerCertificate } from "./peer-certificate.ts";

/** Who said yes to a server, and when. */
export interface TrustRecord {
  readonly fingerprint: string;
  readonly by: string;
  readonly at: string;
}

/**
 * The certificates of one link in `$RUNG_HOME/pki/<link id>/`, in the layout of OPC 10000-12 (own, trusted,
 * rejected, issuers) with `trust.json` beside it. Own key and certificate are made offline at first use. No server
 * is ever accepted by itself: an unknown one lands in `rejected/` until a person names its fingerprint.
 */
export class LinkPki {
  readonly manager: OPCUACertificateManager;
  readonly folder: string;
  readonly certificateFile: string;
  readonly applicationUri: string;

  /** Use `open`. */
  constructor(manager: OPCUACertificateManager, folder: string, applicationUri: string) {
    this.manager = manager;
    this.folder = folder;
    this.certificateFile = join(folder, "own", "certs", "client_certificate.pem");
    this.applicationUri = applicationUri;
  }

  static async open(home: string, linkId: string): Promise<LinkPki> {
    const { OPCUACertificateManager: Manager } = await loadOpcua();
    const folder = join(home, "pki", linkId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const manager = new Manager({
      rootFolder: folder,
      automaticallyAcceptUnknownCertificate: false,
      // Everything in this folder changes through this class; watchers would hold a handle per folder and link.
      disableFileWatchers: true,
    });
    await manager.initialize();
    const pki = new LinkPki(manager, folder, `urn:${hostname()}:rung:${linkId}`);
    if (!existsSync(pki.certificateFile)) {
      await manager.createSelfSignedCertificate({
        applicationUri: pki.applicationUri,
        dns: [hostname()],
        outputFile: pki.certificateFile,
        subject: `/CN=Rung ${linkId}/O=Rung`,
        startDate: new Date(),
        validity: 365 * 10,
      });
    }
    return pki;
  }

  /**
   * "Good" where the certificate is among the trusted and valid, else the name of the OPC UA status code. An unknown
   * one is kept in `rejected/` for the dialog.
   */
  async check(der: Buffer): Promise<string> {
    return (await this.manager.checkCertificate(der)).name;
  }

  /** Whether and by whom this server was trusted. */
  trustRecord(fingerprint: string): TrustRecord | undefined {
    return this.#records().find((record) => record.fingerprint === normalFingerprint(fingerprint));
  }

  /**
   * Trusts the server with exactly this certificate.
   * @param by who decided, as it is shown afterwards
   */
  async trust(der: Buffer, by: string): Promise<PeerCertificate> {
    const peer = describeCertificate(der);
    await this.manager.trustCertificate(new X509Certificate(der).raw);
    const others = this.#records().filter((record) => record.fingerprint !== peer.fingerprint);
    this.#write([...others, { fingerprint: peer.fingerprint, by, at: new Date().toISOString() }]);
    return peer;
  }

  /** The server is a stranger again. */
  async withdraw(der: Buffer): Promise<void> {
    const peer = describeCertificate(der);
    await this.manager.rejectCertificate(new X509Certificate(der).raw);
    this.#write(this.#records().filter((record) => record.fingerprint !== peer.fingerprint));
  }

  /** Forgets a stranger. */
  refuse(fingerprint: string): void {
    for (const { file, peer } of this.rejected()) {
      if (peer.fingerprint === normalFingerprint(fingerprint)) rmSync(file, { force: true });
    }
  }

  /** Servers that were turned away. Files hold PEM; what a certificate store takes is DER, so they are decoded here. */
  rejected(): { readonly file: string; readonly der: Buffer; readonly peer: PeerCertificate }[] {
    const folder = join(this.folder, "rejected");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /\.(pem|der)$/.test(name))
      .map((name) => {
        const file = join(folder, name);
        const der = readCertificate(file);
        return { file, der, peer: describeCertificate(der) };
      });
  }

  async close(): Promise<void> {
    await this.manager.dispose();
  }

  #records(): TrustRecord[] {
    const file = join(this.folder, "trust.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TrustRecord[]) : [];
  }

  #write(records: readonly TrustRecord[]): void {
    writeFileSync(join(this.folder, "trust.json"), `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 });
  }
}

/** The certificate in a PEM or DER file, as DER. @throws RungError `malformed-certificate` */
export function readCertificate(file: string): Buffer {
  try {
    return new X509Certificate(readFileSync(file)).raw;
  } catch (cause) {
    throw new RungError({
      code: "malformed-certificate",
      where: file,
      what: "holds no certificate",
      advice: "delete it, or replace it by a PEM or DER file",
      cause,
    });
  }
}
