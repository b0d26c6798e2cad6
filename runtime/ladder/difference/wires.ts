import { type FlowNode, isRecord, stringsOf } from "../flow-nodes.ts";

/** A wire or link as Node-RED follows it. */
export interface Wire {
  /** The sender; the subflow itself where the wire begins at its input. */
  readonly from: string;
  /** Output of the sender, counted from 0. */
  readonly port: number;
  /** The receiver; the subflow itself where the wire ends at its output. */
  readonly to: string;
  /** Which of the subflow's outputs, or its status, it ends at; undefined where the receiver is a node. */
  readonly at: number | "status" | undefined;
  /** Of a link rather than a wire: no port to speak of. */
  readonly isLink: boolean;
}

/** Every wire of a flow by what makes it this wire. A wire drawn twice is one. */
export function wiresOf(nodes: ReadonlyMap<string, FlowNode>): Map<string, Wire> {
  const wires = new Map<string, Wire>();
  const add = (
    from: string,
    port: number,
    to: string,
    { at, isLink = false }: { at?: Wire["at"]; isLink?: boolean } = {},
  ) => {
    wires.set(JSON.stringify([from, port, to, at ?? null, isLink]), { from, port, to, at, isLink });
  };
  for (const node of nodes.values()) {
    const { id, type, raw } = node;
    for (const [port, targets] of node.wires.entries()) for (const to of targets) add(id, port, to);
    if (type === "subflow") {
      for (const [port, ends] of portsOf(raw.in).entries()) for (const { id: to } of ends) add(id, port, to);
      for (const [at, ends] of portsOf(raw.out).entries())
        for (const { id: from, port } of ends) add(from, port, id, { at });
      for (const { id: from, port } of portsOf([raw.status]).flat()) add(from, port, id, { at: "status" });
    }
    // Both ends of a link may name the other, as Node-RED reads them.
    if (type === "link out" && raw.mode !== "return")
      for (const to of stringsOf(raw.links)) add(id, 0, to, { isLink: true });
    if (type === "link call" && raw.linkType !== "dynamic")
      for (const to of stringsOf(raw.links).slice(0, 1)) add(id, 0, to, { isLink: true });
    if (type === "link in") {
      for (const from of stringsOf(raw.links)) {
        const sender = nodes.get(from);
        if (sender?.type === "link out" && sender.raw.mode !== "return") add(from, 0, id, { isLink: true });
      }
    }
  }
  return wires;
}

function portsOf(ports: unknown): { id: string; port: number }[][] {
  if (!Array.isArray(ports)) return [];
  return ports.map((port) =>
    isRecord(port) && Array.isArray(port.wires)
      ? port.wires
          .filter(isRecord)
          .filter(({ id }) => typeof id === "string")
          .map((end) => ({ id: end.id as string, port: typeof end.port === "number" ? end.port : 0 }))
      : [],
  );
}
