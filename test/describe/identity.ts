import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OPCUACertificateManager } from "node-opcua";
import { newFolder } from "./opcua-test-server.ts";

/** A certificate with its key, both PEM, that is its own authority. */
export interface Identity {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: string;
  readonly key: string;
}

/** A new one for 127.0.0.1, valid for two days. */
export async function identity(name: string): Promise<Identity> {
  const folder = newFolder(`identity-${name}`);
  const manager = new OPCUACertificateManager({ rootFolder: folder, disableFileWatchers: true });
  await manager.initialize();
  const certificateFile = join(folder, `${name}.pem`);
  await manager.createSelfSignedCertificate({
    applicationUri: `urn:test:${name}`,
    dns: ["localhost"],
    ip: ["127.0.0.1"],
    outputFile: certificateFile,
    subject: `/CN=${name}`,
    startDate: new Date(Date.now() - 60_000),
    validity: 2,
  });
  await manager.dispose();
  return {
    certificateFile,
    keyFile: manager.privateKey,
    certificate: readFileSync(certificateFile, "utf8"),
    key: readFileSync(manager.privateKey, "utf8"),
  };
}
