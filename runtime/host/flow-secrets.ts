import { holdsUrlLogin, isInClear, isSecretName } from "../core/secret.ts";
import type { FlowNode } from "./flow-files.ts";

export interface FoundSecret {
  readonly node: FlowNode;
  /** Where in the node: `headers.token`. */
  readonly path: string;
}

/**
 * Secrets that stand in a flow in clear. Only what can be seen from names and forms is found: a password in the text
 * of a function is beyond any reader.
 */
export function findSecrets(nodes: readonly FlowNode[]): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const node of nodes) {
    visit(node, "", (path) => found.push({ node, path }));
    for (const [i, entry] of environmentOf(node).entries()) {
      if (entry.type !== "cred" && isSecretName(entry.name ?? "") && isInClear(entry.value))
        found.push({ node, path: `env[${i}].value (${entry.name}: choose the type "credential")` });
    }
  }
  return found;
}

/**
 * The same nodes without what belongs into the credential store: `credentials`, and values of environment entries of
 * the type credential. Node-RED has taken both out where it knows the node's type; of a type that is not installed
 * it leaves them.
 */
export function withoutCredentials(nodes: readonly FlowNode[]): FlowNode[] {
  return nodes.map((node) => {
    if (!Object.hasOwn(node, "credentials") && !environmentOf(node).some((entry) => entry.type === "cred"))
      return node;
    const { credentials: _, ...rest } = node;
    const env = environmentOf(node).map(({ value, ...entry }) =>
      entry.type === "cred" ? entry : { ...entry, value },
    );
    return (Array.isArray(node.env) ? { ...rest, env } : rest) as FlowNode;
  });
}

interface EnvironmentEntry {
  readonly name?: string;
  readonly type?: string;
  readonly value?: unknown;
}

function environmentOf(node: FlowNode): readonly EnvironmentEntry[] {
  return Array.isArray(node.env) ? (node.env as EnvironmentEntry[]) : [];
}

function visit(value: unknown, path: string, found: (path: string) => void): void {
  if (typeof value === "string") {
    if (holdsUrlLogin(value)) found(path);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (path === "" && key === "credentials") continue;
    if (isSecretName(key) && isInClear(inner)) found(place);
    else visit(inner, place, found);
  }
}
