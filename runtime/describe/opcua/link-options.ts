import { RungError } from "../../core/errors.ts";
import type { LinkLogin } from "../link-login.ts";
import type { UserCertificate } from "./user-certificate.ts";

export type SecurityMode = "SignAndEncrypt" | "Sign" | "None";
export type SecurityPolicy = "Basic256Sha256" | "Aes128_Sha256_RsaOaep" | "Aes256_Sha256_RsaPss" | "None";

/** The endpoint that stands for the virtual plant of this installation. */
export const VIRTUAL_PLANT = "virtual-plant";
/** The endpoint of its body station, whose robots have a server of their own. */
export const VIRTUAL_STATION = "virtual-station";

/** Whether an endpoint is looked up at the virtual plant of this installation. */
export function isOfVirtualPlant(endpoint: string): boolean {
  return endpoint === VIRTUAL_PLANT || endpoint === VIRTUAL_STATION;
}

export interface OpcuaLinkOptions {
  /** Stable; names the link's folder of certificates. */
  readonly id: string;
  readonly name: string;
  /** `opc.tcp://host:port/path`, `virtual-plant` or `virtual-station`. */
  readonly endpoint: string;
  readonly reality: "live" | "virtual";
  /** RUNG_HOME: certificates are kept in `pki/<id>/`. */
  readonly home: string;
  readonly securityMode?: SecurityMode;
  readonly securityPolicy?: SecurityPolicy;
  /** An engineer has said that this link may go without security to another machine. */
  readonly allowNoSecurity?: boolean;
  /** Asked at every connection, so that a changed password needs no deploy. Nothing = anonymous. */
  readonly login?: () => LinkLogin | UserCertificate | undefined;
  /** The longest outage after which the session is taken up again rather than made anew, ms. */
  readonly surviveMs?: number;
}

/** Defaults, with their reasons. */
export const LINK_DEFAULTS = {
  securityMode: "SignAndEncrypt" as SecurityMode,
  securityPolicy: "Basic256Sha256" as SecurityPolicy,
  /** ms. A switch reboots in about half a minute. */
  surviveMs: 30_000,
  /** ms before the second attempt; it doubles from there. */
  firstRetryMs: 500,
  /** ms. A PLC that comes back is found within this time. */
  longestRetryMs: 10_000,
  /** ms. A certificate that waits for a person is looked at again this often, without being asked to. */
  trustRetryMs: 60_000,
  /** ms for one request. */
  requestTimeoutMs: 15_000,
};

const MODES: readonly string[] = ["SignAndEncrypt", "Sign", "None"];
const POLICIES: readonly string[] = [
  "Basic256Sha256",
  "Aes128_Sha256_RsaOaep",
  "Aes256_Sha256_RsaPss",
  "None",
];

/** @throws RungError `malformed-link` naming the option */
export function checkLinkOptions(options: OpcuaLinkOptions): void {
  const fail = (what: string, advice: string): never => {
    throw new RungError({ code: "malformed-link", where: options.name || options.id, what, advice });
  };
  if (!/^[A-Za-z0-9_-]+$/.test(options.id)) fail(`"${options.id}" is no link id`, "letters, digits, - and _");
  if (
    !isOfVirtualPlant(options.endpoint) &&
    !/^opc\.tcp:\/\/[^\s/]+(:\d+)?(\/\S*)?$/.test(options.endpoint)
  ) {
    fail(
      `"${options.endpoint}" is no endpoint`,
      `write opc.tcp://host:4840, ${VIRTUAL_PLANT} or ${VIRTUAL_STATION}`,
    );
  }
  const mode = options.securityMode ?? LINK_DEFAULTS.securityMode;
  const policy = options.securityPolicy ?? LINK_DEFAULTS.securityPolicy;
  if (!MODES.includes(mode)) fail(`"${mode}" is no security mode`, MODES.join(", "));
  if (!POLICIES.includes(policy)) fail(`"${policy}" is no security policy`, POLICIES.join(", "));
  if ((mode === "None") !== (policy === "None")) {
    fail(`security mode ${mode} does not go with policy ${policy}`, "set both to None, or neither");
  }
  if (mode === "None" && !mayGoOpen(options)) {
    throw new RungError({
      code: "no-security",
      where: options.name || options.id,
      what: `without security anybody on the way to ${options.endpoint} reads and changes what is sent, passwords too`,
      advice: "choose sign and encrypt, or tick that this link may go without",
    });
  }
}

/** Whether a link may send in clear: to this machine, to the virtual plant, or where an engineer said so. */
export function mayGoOpen({ endpoint, allowNoSecurity }: OpcuaLinkOptions): boolean {
  return allowNoSecurity === true || isOfVirtualPlant(endpoint) || isLoopback(endpoint);
}

/** `localhost`, 127.0.0.0/8 (RFC 1122, 3.2.1.3) and ::1 (RFC 4291, 2.5.3). */
function isLoopback(endpoint: string): boolean {
  const host = /^opc\.tcp:\/\/(\[[^\]]*\]|[^:/]+)/.exec(endpoint)?.[1]?.toLowerCase() ?? "";
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
