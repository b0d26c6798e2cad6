import { RungError } from "../../core/errors.ts";
import type { LinkLogin } from "../link-login.ts";

export type SecurityMode = "SignAndEncrypt" | "Sign" | "None";
export type SecurityPolicy = "Basic256Sha256" | "Aes128_Sha256_RsaOaep" | "Aes256_Sha256_RsaPss" | "None";

/** The endpoint that stands for the virtual plant of this installation. */
export const VIRTUAL_PLANT = "virtual-plant";

export interface OpcuaLinkOptions {
  /** Stable; names the link's folder of certificates. */
  readonly id: string;
  readonly name: string;
  /** `opc.tcp://host:port/path`, or `virtual-plant`. */
  readonly endpoint: string;
  readonly reality: "live" | "virtual";
  /** RUNG_HOME: certificates are kept in `pki/<id>/`. */
  readonly home: string;
  readonly securityMode?: SecurityMode;
  readonly securityPolicy?: SecurityPolicy;
  /** Asked at every connection, so that a changed password needs no deploy. Nothing = anonymous. */
  readonly login?: () => LinkLogin | undefined;
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
  if (options.endpoint !== VIRTUAL_PLANT && !/^opc\.tcp:\/\/[^\s/]+(:\d+)?(\/\S*)?$/.test(options.endpoint)) {
    fail(`"${options.endpoint}" is no endpoint`, `write opc.tcp://host:4840, or ${VIRTUAL_PLANT}`);
  }
  const mode = options.securityMode ?? LINK_DEFAULTS.securityMode;
  const policy = options.securityPolicy ?? LINK_DEFAULTS.securityPolicy;
  if (!MODES.includes(mode)) fail(`"${mode}" is no security mode`, MODES.join(", "));
  if (!POLICIES.includes(policy)) fail(`"${policy}" is no security policy`, POLICIES.join(", "));
  if ((mode === "None") !== (policy === "None")) {
    fail(`security mode ${mode} does not go with policy ${policy}`, "set both to None, or neither");
  }
}
