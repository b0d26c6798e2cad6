import { RungError } from "../core/errors.ts";
import type { FlowNode } from "../host/flow-files.ts";
import { type Role, roleOf } from "../ladder/roles.ts";
import type { ReplayOptions } from "./replay-pipeline.ts";

/** Roles that reach outside, wait for a person, or bring data of their own: off while a file is replayed. */
const OFF: ReadonlySet<Role> = new Set([
  "source",
  "recording",
  "foreign source",
  "orders",
  "actuator",
  "actuate",
  "approve",
  "outcome",
  "screen",
  "unguarded output",
]);
const FEEDS: ReadonlySet<Role> = new Set(["source", "recording"]);

export interface FlowPlan {
  readonly nodes: readonly FlowNode[];
  /** Id of the node that plays the file. */
  readonly recording: string;
  /** Address of the twin it feeds. */
  readonly twin: string;
  /** Ids of the nodes that stay off. */
  readonly off: readonly string[];
}

/**
 * The flow with the file in the place of its sources. The sources that feed one twin become one recording with the
 * wires of them all; everything that reaches outside is disabled, and every historian stores below the home.
 * @param options.twin which twin, where the sources of the flow feed several
 * @throws RungError `no-source`, `several-twins`
 */
export function planFlow(file: string, flow: readonly FlowNode[], options: ReplayOptions): FlowPlan {
  const fault = (code: string, what: string, advice: string): RungError =>
    new RungError({ code, where: file, what, advice });
  const addressOf = new Map(
    flow.filter(({ type }) => type === "rung-twin").map((node) => [node.id, String(node.address ?? "")]),
  );
  const feeds = flow.filter((node) => FEEDS.has(roleOf(node.type)!) && node.d !== true);
  const fedTwin = (node: FlowNode): string => addressOf.get(String(node.twin ?? "")) ?? "";
  const twins = [...new Set(feeds.map(fedTwin))].filter((address) => address !== "");
  const twin = options.twin ?? twins[0];
  const chosen = feeds.filter((node) => fedTwin(node) === twin);
  if (twin === undefined || chosen.length === 0) {
    throw fault(
      "no-source",
      `has no source or recording ${twin === undefined ? "that names a twin" : `of the twin ${twin}`}`,
      twins.length === 0 ? "add a recording node with a twin" : `it has sources of ${twins.join(", ")}`,
    );
  }
  if (options.twin === undefined && twins.length > 1) {
    throw fault("several-twins", `feeds ${twins.join(", ")}`, "say which with --twin");
  }
  const first = chosen[0]!;
  const recording: FlowNode = {
    id: first.id,
    type: "rung-recording",
    ...(first.z === undefined ? {} : { z: first.z }),
    name: "replay",
    version: 1,
    twin: first.twin,
    file: options.file,
    timeColumn: options.timeColumn,
    separator: options.separator,
    decimal: options.decimal,
    map: options.map ?? "",
    speed: options.speed === "max" ? 0 : options.speed,
    x: first.x ?? 0,
    y: first.y ?? 0,
    wires: [[...new Set(chosen.flatMap((node) => (node.wires as string[][] | undefined)?.[0] ?? []))]],
  };
  const off: string[] = [];
  const nodes = flow.map((node): FlowNode => {
    if (node.id === first.id) return recording;
    if (node.type === "rung-historian") return { ...node, file: "", store: "embedded", alsoTo: "" };
    const role = roleOf(node.type);
    if ((role === undefined || !OFF.has(role)) && !node.type.startsWith("ui-")) return node;
    off.push(node.id);
    return { ...node, d: true };
  });
  return { nodes, recording: first.id, twin, off };
}
