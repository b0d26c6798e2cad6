import type { LinkLogin } from "../runtime/describe/link-login.ts";
import { services } from "../runtime/host/services.ts";

/** How a link signs in, as its form says it. */
export interface LoginConfig {
  /** `anonymous`, `given` (in Node-RED's credentials) or `keyring` (a file outside the flows). */
  login?: "anonymous" | "given" | "keyring";
  keyring?: string;
}

/** Asked at every connection, so that a keyring file may come later or change. */
export function loginOf(
  config: LoginConfig,
  credentials: { user?: unknown; password?: unknown } | undefined,
): () => LinkLogin | undefined {
  if (config.login === "keyring") return () => services().keyring(config.keyring ?? "");
  if (config.login === "given") {
    return () => ({ user: String(credentials?.user ?? ""), password: String(credentials?.password ?? "") });
  }
  return () => undefined;
}

/** Node-RED's ids may hold a dot; a folder name of ours may not. */
export const linkIdOf = (nodeId: string): string => nodeId.replace(/[^A-Za-z0-9_-]/g, "_");
