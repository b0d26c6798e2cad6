import type { EndpointDescription } from "node-opcua";
import { RungError } from "../../core/errors.ts";
import { LINK_DEFAULTS, type SecurityMode, type SecurityPolicy } from "./link-options.ts";
import type { LinkPki } from "./link-pki.ts";
import { loadOpcua } from "./load-opcua.ts";

/**
 * Asks a server, unencrypted, which endpoints it offers (OPC 10000-4, 5.5.4), and takes the one with the wanted
 * security. What is read here is not believed: its certificate is compared with the trusted ones, and a channel to
 * it opens only for the holder of its key.
 * @throws RungError `no-such-endpoint` naming what is offered, or what the connection failed with
 */
export async function discover(
  where: string,
  endpoint: string,
  security: { readonly mode: SecurityMode; readonly policy: SecurityPolicy },
  pki: LinkPki,
): Promise<EndpointDescription> {
  const { MessageSecurityMode, OPCUAClient, SecurityPolicy: Policy } = await loadOpcua();
  const client = OPCUAClient.create({
    applicationName: "Rung",
    applicationUri: pki.applicationUri,
    clientCertificateManager: pki.manager,
    certificateFile: pki.certificateFile,
    endpointMustExist: false,
    securityMode: MessageSecurityMode.None,
    securityPolicy: Policy.None,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 1000 },
    transportTimeout: LINK_DEFAULTS.requestTimeoutMs,
    defaultTransactionTimeout: LINK_DEFAULTS.requestTimeoutMs,
  });
  let endpoints: EndpointDescription[];
  try {
    await client.connect(endpoint);
    endpoints = await client.getEndpoints();
  } finally {
    await client.disconnect();
  }
  const mode = MessageSecurityMode[security.mode];
  const policy = Policy[security.policy];
  const found = endpoints.find((e) => e.securityMode === mode && e.securityPolicyUri === policy);
  if (found === undefined) {
    const offered = endpoints.map(
      (e) => `${MessageSecurityMode[e.securityMode]} ${String(e.securityPolicyUri).split("#").at(-1)}`,
    );
    throw new RungError({
      code: "no-such-endpoint",
      where,
      what: `${endpoint} offers no ${security.mode} with ${security.policy}`,
      advice: `it offers ${[...new Set(offered)].join(", ")}`,
    });
  }
  return found;
}
