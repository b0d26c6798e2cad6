import { Random } from "../../../runtime/core/random.ts";

export type Node = Record<string, unknown> & { id: string; type: string };

const clone = (flow: readonly Node[]): Node[] => structuredClone(flow) as Node[];
const targetsOf = (node: Node): string[] => ((node.wires ?? []) as string[][]).flat();
const isDrawn = (node: Node): boolean => Array.isArray(node.wires);

/** A flow as an editor writes it: tabs and subflows with wired nodes, groups, shared configuration. */
export function randomFlow(seed: number): Node[] {
  const random = new Random(seed);
  const flow: Node[] = [];
  const count = 2 + random.integer(3);
  for (let i = 0; i < count; i++) flow.push({ id: `t${i}`, type: "tab", label: `tab ${i}` });
  flow.push({ id: "s0", type: "subflow", name: "sub", in: [], out: [] });
  for (let i = 0; i < 3; i++) flow.push({ id: `c${i}`, type: "config", name: `config ${i}` });
  for (const canvas of ["s0", ...flow.filter(({ type }) => type === "tab").map(({ id }) => id)]) {
    flow.push({ id: `${canvas}g`, type: "group", z: canvas, name: "", nodes: [], x: 0, y: 0, w: 9, h: 9 });
    for (let i = 0; i < 2 + random.integer(6); i++) addNode(flow, canvas, `${canvas}n${i}`, random);
  }
  return flow;
}

function addNode(flow: Node[], canvas: string, id: string, random: Random): void {
  const others = flow.filter((node) => node.z === canvas && isDrawn(node));
  const configs = flow.filter(({ type }) => type === "config");
  const node: Node = { id, type: "work", z: canvas, value: random.integer(9), x: 0, y: 0, wires: [[], []] };
  if (configs.length > 0 && random.uniform() < 0.5) node.config = pick(configs, random).id;
  if (others.length > 0 && random.uniform() < 0.7)
    (node.wires as string[][])[random.integer(2)]!.push(pick(others, random).id);
  if (canvas !== "s0" && random.uniform() < 0.1 && flow.some((one) => one.id === "s0"))
    node.type = "subflow:s0";
  flow.push(node);
  if (random.uniform() < 0.3) group(flow, node);
}

/** Puts a node into the group of its tab, where it has one. */
function group(flow: Node[], node: Node): void {
  const box = flow.find((one) => one.type === "group" && one.z === node.z);
  if (box === undefined || node.g === box.id) return;
  node.g = box.id;
  (box.nodes as string[]).push(node.id);
}

const pick = <T>(list: readonly T[], random: Random): T => list[random.integer(list.length)]!;

/** Takes nodes out with everything that names them, as an editor does. */
function remove(flow: Node[], gone: ReadonlySet<string>): Node[] {
  const left = flow.filter(({ id }) => !gone.has(id));
  for (const node of left) {
    if (isDrawn(node))
      node.wires = (node.wires as string[][]).map((port) => port.filter((id) => !gone.has(id)));
    if (node.type === "group") node.nodes = (node.nodes as string[]).filter((id) => !gone.has(id));
    if (gone.has(String(node.config))) delete node.config;
    if (gone.has(String(node.g))) delete node.g;
  }
  return left;
}

/**
 * Edits a flow at random, as one person does.
 * @param who begins the ids of what is new, so that two people never make the same one
 * @param within edits only nodes of these tabs, subflows and configuration nodes; all where it is left out
 */
export function edited(
  given: readonly Node[],
  who: string,
  seed: number,
  edits: number,
  within?: readonly string[],
): Node[] {
  const random = new Random(seed, 7);
  let flow = clone(given);
  const isOpen = (id: string) => within === undefined || within.includes(id);
  for (let i = 0; i < edits; i++) {
    const canvases = flow.filter(({ type, id }) => (type === "tab" || type === "subflow") && isOpen(id));
    const drawn = flow.filter((node) => isDrawn(node) && isOpen(String(node.z)));
    const configs = flow.filter(({ type, id }) => type === "config" && isOpen(id));
    const kind = random.integer(within === undefined ? 15 : 7);
    const node = drawn.length > 0 ? pick(drawn, random) : undefined;
    const canvas = canvases.length > 0 ? pick(canvases, random) : undefined;
    if (kind === 0 && canvas) addNode(flow, canvas.id, `${who}${i}`, random);
    else if (kind === 1 && node) node.value = `${who}${i}`;
    else if (kind === 2 && node) Object.assign(node, { x: random.integer(999), y: random.integer(999) });
    else if (kind === 3 && node) flow = remove(flow, new Set([node.id]));
    else if (kind === 4 && node) {
      const port = (node.wires as string[][])[random.integer(2)]!;
      const to = pick(
        drawn.filter(({ z }) => z === node.z),
        random,
      );
      if (!port.includes(to.id)) port.push(to.id);
    } else if (kind === 5 && node) (node.wires as string[][])[random.integer(2)]!.pop();
    else if (kind === 6 && configs.length > 0) pick(configs, random).name = `${who}${i}`;
    else if (kind === 7 && canvas) canvas.label = `${who}${i}`;
    else if (kind === 8) {
      flow.splice(random.integer(2), 0, { id: `${who}${i}`, type: "tab", label: "new" });
      addNode(flow, `${who}${i}`, `${who}${i}n`, random);
    } else if (kind === 9 && configs.length > 0) flow = remove(flow, new Set([pick(configs, random).id]));
    else if (kind === 10 && canvas?.type === "tab") {
      const inside = flow.filter(({ z }) => z === canvas.id).map(({ id }) => id);
      flow = remove(flow, new Set([canvas.id, ...inside]));
    } else if (kind === 11 && node && canvas?.type === "tab" && node.z !== canvas.id) {
      // What is moved to another tab leaves its wires behind, and is wired anew.
      flow = remove(flow, new Set([node.id]));
      const there = flow.filter((one) => isDrawn(one) && one.z === canvas.id);
      flow.push({ ...node, z: canvas.id, wires: [[], []] });
      delete flow.at(-1)!.g;
      if (there.length > 0) (pick(there, random).wires as string[][])[0]!.push(node.id);
    } else if (kind === 12) {
      flow.push({ id: `${who}${i}`, type: "config", name: "new" });
      if (node) node.config = `${who}${i}`;
    } else if (kind === 13) {
      const groups = flow.filter(({ type }) => type === "group");
      if (groups.length > 0) flow = remove(flow, new Set([pick(groups, random).id]));
    } else if (kind === 14 && node) group(flow, node);
  }
  return flow;
}

/** What a flow does, by id: where a node is drawn left out, members of a group in one order. */
export function meaning(flow: readonly Node[]): Record<string, unknown> {
  return Object.fromEntries(
    [...flow]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ x: _x, y: _y, w: _w, h: _h, g: _g, nodes: _nodes, ...node }) => [
        node.id,
        isDrawn(node) ? { ...node, wires: (node.wires as string[][]).map((port) => [...port].sort()) } : node,
      ]),
  );
}

/** The same with places on the canvas and groups. */
export function everything(flow: readonly Node[]): Record<string, unknown> {
  return Object.fromEntries(
    [...flow]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((node) => [
        node.id,
        {
          ...node,
          ...(isDrawn(node) ? { wires: (node.wires as string[][]).map((port) => [...port].sort()) } : {}),
          ...(node.type === "group" ? { nodes: [...(node.nodes as string[])].sort() } : {}),
        },
      ]),
  );
}

/** Every id that a flow names and has not (wires, configurations, tabs, groups, members, subflows), or has elsewhere. */
export function looseEnds(flow: readonly Node[]): string[] {
  const has = new Set(flow.map(({ id }) => id));
  const named = (node: Node): unknown[] => [
    ...targetsOf(node),
    node.z,
    node.g,
    node.config,
    ...((node.nodes ?? []) as string[]),
    node.type.startsWith("subflow:") ? node.type.slice(8) : undefined,
  ];
  const canvasOf = new Map(flow.map(({ id, z }) => [id, z]));
  return flow.flatMap((node) => [
    ...named(node)
      .filter((id) => id !== undefined && !has.has(String(id)))
      .map((id) => `${node.id} names ${id}`),
    ...[...targetsOf(node), node.g, ...((node.nodes ?? []) as string[])]
      .filter((id) => id !== undefined && has.has(String(id)) && canvasOf.get(String(id)) !== node.z)
      .map((id) => `${node.id} reaches ${id} on another tab`),
  ]);
}
