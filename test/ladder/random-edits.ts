import type { Random } from "../../runtime/core/random.ts";
import type { FlowEdit } from "../../runtime/ladder/flow-index.ts";

type Raw = Record<string, unknown> & { id: string; type: string };

/** An edit of a flow, and what it is called. */
export interface NamedEdit {
  readonly kind: string;
  readonly edit: FlowEdit;
}

/**
 * Any edit that an editor, or a broken file, can make to a flow.
 * @param stock nodes that were or may be in the flow, to be put back or in
 */
export function randomEdit(flow: readonly unknown[], stock: readonly unknown[], random: Random): NamedEdit {
  const nodes = flow.filter((node): node is Raw => typeof (node as Raw | null)?.id === "string");
  const pick = <T>(list: readonly T[]): T | undefined => list[random.integer(Math.max(1, list.length))];
  const of = (isMeant: (node: Raw) => boolean) => pick(nodes.filter(isMeant));
  const set = (kind: string, node: Raw | undefined, more: Record<string, unknown>): NamedEdit =>
    node === undefined ? { kind: "nothing", edit: {} } : { kind, edit: { set: [{ ...node, ...more }] } };
  const anyId = () => pick(nodes)?.id ?? "nobody";
  const wired = of(({ wires }) => Array.isArray(wires));
  const wires = Array.isArray(wired?.wires) ? (wired.wires as unknown[]).filter(Array.isArray) : [];
  const kinds: (() => NamedEdit)[] = [
    () =>
      set(
        "move",
        of(() => true),
        { x: random.integer(900), y: random.integer(900) },
      ),
    () =>
      set(
        "rename",
        of(() => true),
        { name: pick(["autonomous", "a", "", "level 5"]), label: pick(["digital twin", "b"]) },
      ),
    () =>
      set("wire", wired, {
        wires: (wires.length > 0 ? wires : [[]]).map((port, i) => (i === 0 ? [...port, anyId()] : port)),
      }),
    () => set("unwire", wired, { wires: wires.map((port) => port.filter(() => random.uniform() < 0.6)) }),
    () => set("outputs", wired, { wires: random.uniform() < 0.5 ? [...wires, [anyId()]] : wires.slice(1) }),
    () =>
      set(
        "disable",
        of(({ type }) => type !== "tab"),
        { d: random.uniform() < 0.5 },
      ),
    () =>
      set(
        "disable tab",
        of(({ type }) => type === "tab"),
        { disabled: random.uniform() < 0.5 },
      ),
    () => ({ kind: "remove", edit: { removed: [anyId(), ...(random.uniform() < 0.2 ? [anyId()] : [])] } }),
    () => {
      const node = pick(stock);
      return { kind: "put back", edit: node === undefined ? {} : { set: [node] } };
    },
    () =>
      set(
        "another twin",
        of(({ twin }) => twin !== undefined),
        { twin: of(({ type }) => type === "rung-twin")?.id },
      ),
    () =>
      set(
        "another link",
        of(({ link }) => link !== undefined),
        { link: anyId() },
      ),
    () =>
      set(
        "targets",
        of(({ type }) => /envelope|actuate/.test(type)),
        { targets: pick([[], [{ target: "tag0" }], [{ target: 4 }]]) },
      ),
    () =>
      set(
        "bindings",
        of(({ type }) => /source$/.test(type)),
        { bindings: pick([[], [{ path: "tag1", affectedBy: ["tag0"] }], 3]) },
      ),
    () =>
      set(
        "twin",
        of(({ type }) => type === "rung-twin"),
        { parent: of(({ type }) => type === "rung-twin")?.id ?? "", needed: random.uniform() < 0.5 },
      ),
    () =>
      set(
        "address",
        of(({ type }) => type === "rung-twin"),
        { address: pick(["acme/a", "acme/b", "", "acme/a/b"]) },
      ),
    () =>
      set(
        "reality",
        of(({ type }) => /link$/.test(type)),
        { reality: pick(["live", "virtual", "recorded", 7]) },
      ),
    () =>
      set(
        "subflow's ports",
        of(({ type }) => type === "subflow"),
        { [random.uniform() < 0.5 ? "in" : "out"]: [{ wires: [{ id: anyId(), port: random.integer(2) }] }] },
      ),
    () =>
      set(
        "environment",
        of(({ type }) => /^(subflow|tab|group|global-config)/.test(type)),
        { env: [{ name: "LINK", value: anyId(), type: "str" }] },
      ),
    () =>
      set(
        "by environment",
        of(({ link }) => link !== undefined),
        { link: `\${LINK}` },
      ),
    () =>
      set(
        "links",
        of(({ type }) => /^link /.test(type)),
        { links: random.uniform() < 0.2 ? [] : [of(({ type }) => /^link /.test(type))?.id] },
      ),
    () =>
      set(
        "mode",
        of(({ type }) => type === "link out"),
        { mode: random.uniform() < 0.5 ? "return" : "link" },
      ),
    () =>
      set(
        "call",
        of(({ type }) => type === "link call"),
        { linkType: random.uniform() < 0.3 ? "dynamic" : "static" },
      ),
    () =>
      set(
        "group",
        of(({ type }) => type !== "tab"),
        { g: of(({ type }) => type === "group")?.id },
      ),
    () =>
      set(
        "code",
        of(({ type }) => type === "function"),
        { func: pick(["flow.set('k', 1)", "return {payload: flow.get('k')}", "node.linkcall()"]) },
      ),
    () =>
      set(
        "libraries",
        of(({ type }) => type === "function"),
        { libs: pick([[], [{ module: "mqtt" }]]) },
      ),
    () =>
      set(
        "score",
        of(({ type }) => type === "rung-whatif"),
        { scoreBaseline: random.uniform() < 0.5 },
      ),
    () =>
      set(
        "tab",
        of(({ z }) => z !== undefined),
        { z: of(({ type }) => type === "tab" || type === "subflow")?.id },
      ),
    () => set("bad wires", wired, { wires: pick<unknown>([3, [7], [null], [["gone"]], undefined]) }),
    () =>
      set(
        "type",
        of(() => true),
        { type: pick(["junction", "rung-detect", "mqtt out"]) },
      ),
    () => ({ kind: "no node", edit: { set: [pick<unknown>([null, 4, { type: "tab" }, { id: "half" }])] } }),
  ];
  // What a broken file does is rare, or the flow would be nothing else before long.
  const rare = 4;
  const index = random.integer(kinds.length * 3);
  return kinds[
    index < kinds.length - rare
      ? index
      : random.uniform() < 0.03
        ? kinds.length - rare + random.integer(rare)
        : random.integer(kinds.length - rare)
  ]!();
}
