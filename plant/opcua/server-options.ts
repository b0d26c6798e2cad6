import { timingSafeEqual } from "node:crypto";
import {
  MessageSecurityMode,
  makeRoles,
  type NodeId,
  type OPCUAServerOptions,
  SecurityPolicy,
  WellKnownRoles,
} from "node-opcua";
import type { Login } from "../run/logins.ts";
import type { ServerPki } from "./server-pki.ts";

/** What every server of the virtual plant is: on loopback, signed at least, named users only. */
export function serverOptions(pki: ServerPki, port: number, logins: readonly Login[]): OPCUAServerOptions {
  return {
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port,
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
    // A link gives each of its sources a subscription of its own.
    serverCapabilities: { maxSessions: 40, maxSubscriptionsPerSession: 20, minSupportedSampleRate: 0 },
    maxConnectionsPerEndpoint: 40,
    userManager: {
      isValidUser: (user: string, password: string) => isKnown(logins, user, password),
      getUserRoles: rolesOf,
    },
  };
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
