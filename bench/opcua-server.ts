import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type UAVariable,
} from "node-opcua";

export interface BenchServer {
  readonly server: OPCUAServer;
  /** Variables of numbers, `ns=1;s=T0` ... */
  readonly tags: readonly UAVariable[];
}

/**
 * An OPC UA server for benches on a free port of this machine, not started yet. Anonymous, unencrypted: the cost of
 * encryption is the same for everybody.
 */
export async function makeBenchServer(tagCount: number): Promise<BenchServer> {
  const pki = mkdtempSync(join(tmpdir(), "rung-bench-pki-"));
  process.once("exit", () => rmSync(pki, { recursive: true, force: true }));
  const certificates = new OPCUACertificateManager({
    rootFolder: pki,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: 0,
    host: "127.0.0.1",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    allowAnonymous: true,
    // Otherwise the server folds changes of one tag that come within 50 ms of each other.
    serverCapabilities: { minSupportedSampleRate: 0 },
  });
  await server.initialize();
  const space = server.engine.addressSpace!;
  const own = space.getOwnNamespace();
  const machine = own.addObject({ browseName: "Machine", organizedBy: space.rootFolder.objects });
  const tags = Array.from({ length: tagCount }, (_, i) =>
    own.addVariable({ componentOf: machine, browseName: `T${i}`, nodeId: `s=T${i}`, dataType: "Double" }),
  );
  return { server, tags };
}

/** Where it is reached once it has started. */
export const endpointOf = (server: OPCUAServer): string => `opc.tcp://127.0.0.1:${server.endpoints[0]!.port}`;
