import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ClientSession } from "node-opcua";
import { RungError } from "../core/errors.ts";
import { makePrivateFolder, readJsonFile } from "../core/private-file.ts";
import type { LinkLogin } from "../describe/link-login.ts";
import { isOfVirtualPlant, type SecurityMode, type SecurityPolicy } from "../describe/opcua/link-options.ts";
import { OpcuaLink } from "../describe/opcua/opcua-link.ts";
import { spacedFingerprint } from "../describe/opcua/peer-certificate.ts";
import { readUserCertificate, type UserCertificate } from "../describe/opcua/user-certificate.ts";
import { homeFolder } from "../host/home.ts";
import { askUnseen, oneLine } from "./password-input.ts";

/** The options of a verb that connects to an OPC UA server. */
export const SESSION_OPTIONS = {
  security: { type: "string", default: "SignAndEncrypt" },
  policy: { type: "string" },
  user: { type: "string" },
  keyring: { type: "string" },
  "user-certificate": { type: "string" },
  trust: { type: "string" },
  home: { type: "string" },
} as const;

export const SESSION_USAGE = `  --security <mode>      SignAndEncrypt (default), Sign or None
  --policy <name>        Basic256Sha256 (default), Aes128_Sha256_RsaOaep, Aes256_Sha256_RsaPss
  --user <name>          the password is asked for on a terminal, otherwise read as one line from stdin; it may also
                         stand in RUNG_OPCUA_PASSWORD. Without a user: anonymous
  --keyring <name>       user and password from keyring/<name>.json of the home
  --user-certificate <name>
                         signs in by the certificate and key in pki/user-certificates/<name>/ of the home, in place
                         of a password
  --trust <fingerprint>  trust the server with exactly this certificate, from now on
  --home <folder>        instead of RUNG_HOME: own certificate and trusted servers are kept there`;

export interface SessionValues {
  readonly security: string;
  readonly policy?: string | undefined;
  readonly user?: string | undefined;
  readonly keyring?: string | undefined;
  readonly "user-certificate"?: string | undefined;
  readonly trust?: string | undefined;
  readonly home?: string | undefined;
}

/** Names the folder of the command's own certificate and of the servers it trusts. */
const LINK_ID = "rung-command";

/**
 * Connects once, does something with the session, and disconnects.
 * @param endpoint `opc.tcp://host:port/path`, or `virtual-plant` or `virtual-station` for those of this home
 * @throws RungError what kept it from connecting, at the first attempt; what `act` throws
 */
export async function withSession<T>(
  endpoint: string,
  values: SessionValues,
  where: string,
  act: (session: ClientSession, link: OpcuaLink) => Promise<T>,
): Promise<T> {
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const isVirtual = isOfVirtualPlant(endpoint);
  const login = await sessionLogin(values, isVirtual, home, where);
  const unencrypted = values.security === "None";
  const link = new OpcuaLink({
    id: LINK_ID,
    name: where,
    endpoint,
    reality: isVirtual ? "virtual" : "live",
    home,
    securityMode: values.security as SecurityMode,
    securityPolicy: (values.policy ?? (unencrypted ? "None" : "Basic256Sha256")) as SecurityPolicy,
    login: () => login,
  });
  makePrivateFolder(home);
  const { promise: opened, resolve, reject } = Promise.withResolvers<ClientSession>();
  const release = link.use({
    opened: resolve,
    closed: () => reject(lost(where)),
    state: ({ phase, error }) => {
      if (phase === "retrying") reject(error);
      if (phase === "waits-for-trust") answerStranger(link, values.trust, error!).catch(reject);
    },
  });
  try {
    return await act(await opened, link);
  } finally {
    await release();
  }
}

/** @throws RungError `usage`, `no-login`, and what `readUserCertificate` finds wrong */
async function sessionLogin(
  { user, keyring, "user-certificate": certificate }: SessionValues,
  isVirtual: boolean,
  home: string,
  where: string,
): Promise<LinkLogin | UserCertificate | undefined> {
  if (certificate === undefined) {
    const own = isVirtual && user === undefined ? "virtual-plant" : undefined;
    return commandLogin({ user, keyring: keyring ?? own }, home, where, "RUNG_OPCUA_PASSWORD");
  }
  if (user === undefined && keyring === undefined) return readUserCertificate(home, certificate);
  const what = "--user-certificate goes with neither --user nor --keyring";
  throw new RungError({ code: "usage", where, what });
}

/** Trusts the server that was named, refuses any other and says how to name it. */
async function answerStranger(
  link: OpcuaLink,
  fingerprint: string | undefined,
  error: RungError,
): Promise<void> {
  if (fingerprint !== undefined) {
    await link.trust(fingerprint, "the rung command");
    return;
  }
  const peer = link.peerCertificate()!;
  throw new RungError({
    code: error.code,
    where: error.where,
    what: `nobody has trusted the server ${peer.name} yet; its fingerprint is ${spacedFingerprint(peer.fingerprint)}`,
    advice: `compare it with the server's display, then add --trust ${peer.fingerprint}`,
  });
}

/**
 * Who a verb signs in as, by a password.
 * @param variable of the environment that may hold the password
 * @throws RungError `usage`, `no-login`
 */
export async function commandLogin(
  { user, keyring }: Pick<SessionValues, "user" | "keyring">,
  home: string,
  where: string,
  variable: string,
): Promise<LinkLogin | undefined> {
  if (user !== undefined && keyring !== undefined) {
    throw new RungError({ code: "usage", where, what: "--user and --keyring exclude each other" });
  }
  if (keyring !== undefined) {
    const file = join(home, "keyring", `${keyring}.json`);
    const login = existsSync(file) ? readJsonFile<LinkLogin>(file) : undefined;
    if (login !== undefined) return login;
    throw new RungError({
      code: "no-login",
      where: file,
      what: "does not exist",
      advice: "correct --keyring",
    });
  }
  if (user === undefined) return undefined;
  const given = process.env[variable];
  if (given !== undefined) return { user, password: given };
  const asked = process.stdin.isTTY ? askUnseen(`Password for ${user}: `, where) : oneLine(where);
  return { user, password: await asked };
}

const lost = (where: string): RungError =>
  new RungError({ code: "connection-lost", where, what: "the connection to the server is lost" });
