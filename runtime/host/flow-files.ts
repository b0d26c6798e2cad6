import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";

/** A node as it stands in a flow; tabs, subflows, groups and config nodes are nodes too. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  /** The tab or subflow it stands on; config nodes for all tabs have none. */
  readonly z?: string;
  readonly [property: string]: unknown;
}

/** A file that could not be taken, and why. It is left as it is. */
export interface BrokenFlowFile {
  /** Below the flows folder. */
  readonly path: string;
  readonly what: string;
}

export interface FlowFolder {
  readonly nodes: FlowNode[];
  /** Which file each tab, subflow and config node for all tabs was read from. */
  readonly pathOf: ReadonlyMap<string, string>;
  readonly broken: readonly BrokenFlowFile[];
}

/**
 * The layout on disk:
 *
 *     paint.json            a tab and all that stands on it, in the form the editor imports and exports
 *     subflows/dose.json    a subflow and all that stands in it
 *     config/rung-twin-oven-1.json   one config node that all tabs share
 *     tab-order.txt         the tabs' files from left to right, one a line
 *
 * A file may hold more than that when it was written by hand; the next save gives each its own.
 */
export const TAB_ORDER_FILE = "tab-order.txt";
const FOLDERS = ["", "config", "subflows"];

/** Reads every flow file. A broken one is reported and left out, the rest is taken. */
export function readFlowFolder(folder: string): FlowFolder {
  const nodes: FlowNode[] = [];
  const pathOf = new Map<string, string>();
  const fileOfId = new Map<string, string>();
  const broken: BrokenFlowFile[] = [];
  for (const path of flowFilesIn(folder)) {
    const read = readFlowFile(join(folder, path));
    if (typeof read === "string") {
      broken.push({ path, what: read });
      continue;
    }
    const twice = read.find((node) => fileOfId.has(node.id));
    if (twice !== undefined) {
      broken.push({ path, what: `node ${twice.id} stands in ${fileOfId.get(twice.id)} already` });
      continue;
    }
    for (const node of read) {
      fileOfId.set(node.id, path);
      if (ownsFile(node)) pathOf.set(node.id, path);
      nodes.push(node);
    }
  }
  const order = readTabOrder(folder);
  const rank = (node: FlowNode) => {
    const place = order.indexOf(pathOf.get(node.id) ?? "");
    return place < 0 ? order.length : place;
  };
  // Only the tabs' own order means something; sort is stable, so the rest stays as read.
  const tabs = nodes.filter((node) => node.type === "tab").sort((a, b) => rank(a) - rank(b));
  return { nodes: [...tabs, ...nodes.filter((node) => node.type !== "tab")], pathOf, broken };
}

export function flowFilesIn(folder: string): string[] {
  return FOLDERS.flatMap((sub) =>
    namesIn(join(folder, sub))
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .sort()
      .map((name) => (sub === "" ? name : `${sub}/${name}`)),
  );
}

export function readTabOrder(folder: string): string[] {
  if (!namesIn(folder).includes(TAB_ORDER_FILE)) return [];
  return readFileSync(join(folder, TAB_ORDER_FILE), "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Whether a node is the reason for a file of its own. */
export function ownsFile(node: FlowNode): boolean {
  return node.type === "tab" || node.type === "subflow" || !node.z;
}

/** The nodes of a file, or the sentence that says what is wrong with it. */
export function readFlowFile(file: string): FlowNode[] | string {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    return messageOf(thrown);
  }
  if (!Array.isArray(content)) return "holds no list of nodes";
  const ids = new Set<string>();
  for (const [i, node] of content.entries()) {
    if (typeof node?.id !== "string" || typeof node?.type !== "string")
      return `entry ${i} has no id or no type`;
    if (ids.has(node.id)) return `node ${node.id} stands in it twice`;
    ids.add(node.id);
  }
  return content as FlowNode[];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}
