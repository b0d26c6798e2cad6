import { existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { OPCUACertificateManager } from "node-opcua";

export interface ServerPki {
  readonly manager: OPCUACertificateManager;
  /** Certificates with which people may sign in: none. */
  readonly users: OPCUACertificateManager;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly applicationUri: string;
}

/**
 * The plant's own certificates in `$RUNG_HOME/plant/pki`, made at the first start, without a network. Any client
 * certificate is trusted: tolerable because this is a simulation that listens on loopback and asks for a user. A
 * real PLC must not do so.
 */
export async function openServerPki(home: string): Promise<ServerPki> {
  const rootFolder = join(home, "plant", "pki");
  mkdirSync(rootFolder, { recursive: true, mode: 0o700 });
  const manager = new OPCUACertificateManager({
    rootFolder,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await manager.initialize();
  const users = new OPCUACertificateManager({
    rootFolder: join(home, "plant", "user-pki"),
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  await users.initialize();
  const applicationUri = `urn:${hostname()}:rung:virtual-plant`;
  const certificateFile = join(rootFolder, "own", "certs", "plant.pem");
  if (!existsSync(certificateFile)) {
    await manager.createSelfSignedCertificate({
      applicationUri,
      dns: [hostname(), "localhost"],
      ip: ["127.0.0.1"],
      outputFile: certificateFile,
      subject: "/CN=Rung virtual plant/O=Rung",
      startDate: new Date(),
      validity: 365 * 10,
    });
  }
  return { manager, users, certificateFile, privateKeyFile: manager.privateKey, applicationUri };
}
