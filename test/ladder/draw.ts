/** Draws flows in a line or two of text, so that a test shows the wiring it is about. */

export type Node = Record<string, unknown> & { id: string; type: string };

export const OVEN = "acme/leipzig/paint/oven1";
export const SETPOINT = `${OVEN}/zone3/airTemperatureSetpoint`;
const MEASUREMENT = "zone3/airTemperature";

const PLANT: readonly Node[] = [
  { id: "tab", type: "tab" },
  { id: "plant", type: "rung-opcua-link", reality: "live" },
  { id: "oven", type: "rung-twin", name: "oven 1", address: OVEN, scope: "machine" },
];

/** Fields that a node of this type cannot do without; a drawing overrides them where it is about them. */
const USUAL: Readonly<Record<string, Record<string, unknown>>> = {
  "rung-opcua-source": {
    link: "plant",
    bindings: [
      { path: "zone3/airTemperatureSetpoint" },
      { path: MEASUREMENT, affectedBy: ["zone3/airTemperatureSetpoint"] },
    ],
  },
  "rung-state": { twin: "oven" },
  "rung-actuate": { targets: [{ target: SETPOINT }] },
};

/**
 * `draw("src opcua-source > st state > det detect; st > fc forecast")` gives a tab with those nodes and wires, a
 * live link `plant` and a twin `oven`. A node is `id type` where it is first named (`rung-` is added unless the
 * type is in quotes: `m 'mqtt out'`), and `id` after that; `id.2` is its second output.
 */
export function draw(text: string, more: Record<string, Record<string, unknown>> = {}): Node[] {
  const nodes = new Map<string, Node>(PLANT.map((node) => [node.id, { ...node }]));
  for (const chain of text.split(";")) {
    let before: { node: Node; port: number } | undefined;
    for (const part of chain.split(">")) {
      const words = part.trim();
      if (words === "") continue;
      const [ref, ...rest] = words.split(" ");
      const [id, port] = ref!.split(".");
      if (rest.length > 0) {
        const quoted = rest.join(" ");
        const type = quoted.startsWith("'") ? quoted.slice(1, -1) : `rung-${quoted}`;
        nodes.set(id!, { id: id!, type, z: "tab", x: 1, y: 1, wires: [], ...USUAL[type] });
      }
      const node = nodes.get(id!);
      if (node === undefined) throw new Error(`${id} is named before it is drawn`);
      if (before !== undefined) {
        const wires = before.node.wires as string[][];
        while (wires.length < before.port) wires.push([]);
        wires[before.port - 1]!.push(id!);
      }
      before = { node, port: Number(port ?? 1) };
    }
  }
  for (const [id, fields] of Object.entries(more)) {
    nodes.set(id, { id, ...nodes.get(id), ...fields } as Node);
  }
  return [...nodes.values()];
}

/** A subflow `id` with these nodes inside: its input leads to `from`; output k is what node `to[k]` sends on port 1. */
export function subflow(
  id: string,
  inside: readonly Node[],
  from: readonly string[],
  to: readonly string[],
  more: Record<string, unknown> = {},
): Node[] {
  return [
    {
      id,
      type: "subflow",
      in: [{ x: 1, y: 1, wires: from.map((inner) => ({ id: inner })) }],
      out: to.map((inner) => ({ x: 1, y: 1, wires: [{ id: inner, port: 0 }] })),
      ...more,
    },
    ...inside.map((node) => ({ ...node, z: id })),
  ];
}

/** What `text` draws, without the tab, the link and the twin: the inside of a subflow, or of another tab. */
export const pieces = (text: string, more: Record<string, Record<string, unknown>> = {}): Node[] =>
  draw(text, more).filter(({ id }) => !PLANT.some((node) => node.id === id) || id in more);
