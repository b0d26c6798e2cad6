import { RungError } from "../../core/errors.ts";

/** The root of every topic (Sparkplug 3.0.0, tck-id-topic-structure-namespace-a). */
export const NAMESPACE = "spBv1.0";

const NODE_MESSAGES = ["NBIRTH", "NDEATH", "NDATA", "NCMD"] as const;
const DEVICE_MESSAGES = ["DBIRTH", "DDEATH", "DDATA", "DCMD"] as const;
export type NodeMessage = (typeof NODE_MESSAGES)[number];
export type DeviceMessage = (typeof DEVICE_MESSAGES)[number];

/** An edge node: group and id together are unique. */
export interface EdgeNodeId {
  readonly group: string;
  readonly node: string;
}

export type SparkplugTopic =
  | (EdgeNodeId & { readonly kind: NodeMessage; readonly device?: undefined })
  | (EdgeNodeId & { readonly kind: DeviceMessage; readonly device: string })
  | { readonly kind: "STATE"; readonly host: string };

/** How an edge node is called in messages and tables: `group/node`. */
export const descriptorOf = ({ group, node }: EdgeNodeId): string => `${group}/${node}`;

/** True for a text that may stand as group, edge node, device or host id. */
export const isId = (id: string): boolean => id !== "" && !/[+/#\0]/.test(id) && id.isWellFormed();

/**
 * What a topic addresses.
 * @returns undefined for topics outside Sparkplug B
 * @throws RungError `malformed-topic` for one inside that the specification does not have
 */
export function parseTopic(topic: string): SparkplugTopic | undefined {
  if (topic !== NAMESPACE && !topic.startsWith(`${NAMESPACE}/`)) return undefined;
  const [, group = "", kind = "", node = "", device, ...rest] = topic.split("/");
  const fail = (what: string): never => {
    throw new RungError({
      code: "malformed-topic",
      where: topic.length > 120 ? `${topic.slice(0, 120)}…` : topic,
      what,
      advice: `topics are ${NAMESPACE}/group/type/node[/device] and ${NAMESPACE}/STATE/host`,
    });
  };
  if (group === "STATE" && node === "") {
    return isId(kind) ? { kind: "STATE", host: kind } : fail("names no host");
  }
  const isNode = (NODE_MESSAGES as readonly string[]).includes(kind);
  if (!isNode && !(DEVICE_MESSAGES as readonly string[]).includes(kind))
    return fail(`"${kind}" is no message type`);
  if (rest.length > 0) return fail("has too many levels");
  if (!isId(group)) return fail("names no group");
  if (!isId(node)) return fail("names no edge node");
  if (isNode) {
    if (device !== undefined) return fail(`names a device, which a ${kind} has not`);
    return { kind: kind as NodeMessage, group, node };
  }
  if (device === undefined || !isId(device)) return fail(`names no device, which a ${kind} needs`);
  return { kind: kind as DeviceMessage, group, node, device };
}

/** The topic of a message. @throws RungError `malformed-topic` for an id with a reserved character */
export function formatTopic(topic: SparkplugTopic): string {
  const ids =
    topic.kind === "STATE"
      ? ["STATE", topic.host]
      : [topic.group, topic.kind, topic.node, ...(topic.device === undefined ? [] : [topic.device])];
  for (const id of ids) {
    if (!isId(id)) {
      throw new RungError({
        code: "malformed-topic",
        where: JSON.stringify(id),
        what: "is no Sparkplug id",
        advice: "an id is not empty and holds no +, / and #",
      });
    }
  }
  return [NAMESPACE, ...ids].join("/");
}

/** Everything an edge node and its devices send and receive, as an MQTT topic filter. */
export const filterOfEdgeNode = ({ group, node }: EdgeNodeId): string => `${NAMESPACE}/${group}/+/${node}/#`;
