/**
 * A second reading of a flow's wires, to hold against the analysis: it shares no code and no idea with it. The flow is
 * started the way Node-RED starts one (Subflow.js: clone, rename, rewire, then start what is nested), every hop of a
 * message is tabulated with the callers it has to return to, and the rows are read off Warshall closures of that table:
 * one with states as walls, one with people as walls too, one with sources as walls.
 */
export interface Opinion {
  class: string;
  rows: number[];
  reality: string | null;
  wired: number;
}

type Raw = Record<string, unknown> & { id: string; type: string };

/** A node as it was started. */
interface Started {
  type: string;
  config: Record<string, unknown>;
  sends: string[];
  calls: string | undefined;
  returns: boolean;
}

const CARRIES_NOTHING = ["catch", "status", "complete"];
const ORIGINS = ["rung-opcua-source", "rung-mqtt-source", "rung-ingest", "rung-recording"];
const OUTSIDE = [
  "inject",
  "mqtt in",
  "ui-button",
  "ui-form",
  "mqtt out",
  "exec",
  "http request",
  "acme-plc-write",
];
const RECOMMENDS = ["rung-optimise", "rung-maintain", "rung-balance", "rung-cell"];
const PEOPLE = ["rung-approve", "ui-button", "ui-form", "ui-rung-recommendation"];
const WRITERS = ["mqtt out", "exec", "http request", "acme-plc-write"];
const MODELS = ["rung-oven", "rung-kernel", "rung-cell"];

/** The opinion on every twin, by the id of its configuration node. */
export function secondOpinion(flow: readonly Raw[]): Map<string, Opinion> {
  const started = start(flow);
  const hops = tabulate(started);
  const twins = flow.filter(({ type }) => type === "rung-twin");
  const opinions = new Map<string, Opinion>();
  for (const twin of twins) opinions.set(twin.id, opinionOn(twin, twins, flow, hops));
  const owners = [...started.values()]
    .filter(({ type }) => type === "rung-state")
    .map(({ config }) => config.twin);
  for (const twin of twins) federate(twin, twins, new Set(owners), opinions, new Map());
  return opinions;
}

function start(flow: readonly Raw[]): Map<string, Started> {
  const started = new Map<string, Started>();
  const byId = new Map(flow.map((node) => [node.id, node]));
  const linked = new Map<string, Set<string>>();
  for (const { id, type, links } of flow) {
    if (!Array.isArray(links)) continue;
    for (const other of links as string[]) {
      const [from, to] = type === "link out" ? [id, other] : [other, id];
      if (type === "link out" || type === "link in")
        linked.set(from, (linked.get(from) ?? new Set()).add(to));
    }
  }
  type Values = Record<string, unknown>;
  const valuesOf = (node: Raw): Values =>
    Object.fromEntries(((node.env ?? []) as Raw[]).map(({ name, value }) => [name, value]));
  const isOnCanvas = ({ type, x }: Raw) => x !== undefined && type !== "subflow" && type !== "group";

  const startPart = (
    nodes: readonly Raw[],
    prefix: string,
    values: Values,
    extra: Map<string, string[][]>,
  ) => {
    const inside = new Set(nodes.map(({ id }) => id));
    const named = (id: string) => (prefix === "" ? id : inside.has(id) ? prefix + id : undefined);
    for (const node of nodes) {
      if (node.d === true) continue;
      const own = node.type === "link out" ? [[...(linked.get(node.id) ?? [])]] : (node.wires as string[][]);
      const wires = own.map((port) => port.flatMap((id) => named(id) ?? []));
      for (const [port, more] of (extra.get(node.id) ?? []).entries())
        wires[port] = [...(wires[port] ?? []), ...more];
      const config = Object.fromEntries(
        Object.entries(node).map(([key, value]) => {
          const name = typeof value === "string" && value.startsWith("${") ? value.slice(2, -1) : undefined;
          return [key, name === undefined ? value : values[name]];
        }),
      );
      const id = prefix + node.id;
      const [target] = node.type === "link call" ? [node.links].flat() : [];
      started.set(id, {
        type: node.type,
        config,
        sends: CARRIES_NOTHING.includes(node.type) || node.type === "link call" ? [] : wires.flat(),
        calls: typeof target === "string" ? (inside.has(target) ? prefix + target : target) : undefined,
        returns: node.type === "link out" && node.mode === "return",
      });
      if (node.type === "link call") started.get(id)!.config.answersTo = wires.flat();
      if (!node.type.startsWith("subflow:")) continue;
      const definition = byId.get(node.type.slice(8))!;
      const sends: string[] = [];
      for (const { wires: into } of definition.in as { wires: Raw[] }[])
        for (const wire of into) sends.push(`${id}-${wire.id}`);
      const leaving = new Map<string, string[][]>();
      for (const [port, { wires: from }] of (
        definition.out as { wires: { id: string; port: number }[] }[]
      ).entries()) {
        for (const wire of from) {
          if (wire.id === definition.id) sends.push(...(wires[port] ?? []));
          else {
            const list = leaving.get(wire.id) ?? [];
            leaving.set(wire.id, list);
            list[wire.port] = [...(list[wire.port] ?? []), ...(wires[port] ?? [])];
          }
        }
      }
      started.get(id)!.sends = sends;
      const contents = flow.filter((inner) => inner.z === definition.id && isOnCanvas(inner));
      startPart(contents, `${id}-`, { ...values, ...valuesOf(definition), ...valuesOf(node) }, leaving);
    }
  };
  for (const tab of flow.filter(({ type }) => type === "tab")) {
    if (tab.disabled === true) continue;
    startPart(
      flow.filter((node) => node.z === tab.id && isOnCanvas(node)),
      "",
      {},
      new Map(),
    );
  }
  return started;
}

interface Hops {
  readonly at: readonly Started[];
  readonly to: readonly (readonly number[])[];
}

/** Every node with every list of callers that a message can reach it with. */
function tabulate(started: ReadonlyMap<string, Started>): Hops {
  const places = new Map<string, number>();
  const at: Started[] = [];
  const to: number[][] = [];
  const open: [string, string[]][] = [];
  const place = (id: string, callers: string[]): number[] => {
    const node = started.get(id);
    if (node === undefined) return [];
    const key = [id, ...callers].join(" ");
    if (!places.has(key)) {
      places.set(key, at.length);
      at.push(node);
      to.push([]);
      open.push([id, callers]);
    }
    return [places.get(key)!];
  };
  for (const id of started.keys()) place(id, []);
  for (const [id, callers] of open) {
    const node = started.get(id)!;
    const here = to[place(id, callers)[0]!]!;
    if (node.returns) {
      const caller = callers.at(-1);
      if (caller === undefined) continue;
      for (const next of started.get(caller)!.config.answersTo as string[])
        here.push(...place(next, callers.slice(0, -1)));
    } else if (node.calls !== undefined) {
      if (!callers.includes(id)) here.push(...place(node.calls, [...callers, id]));
    } else for (const next of node.sends) here.push(...place(next, callers));
  }
  return { at, to };
}

/** Warshall: who reaches whom without passing a wall; rows of bits. */
function closure(
  { at, to }: Hops,
  isWall: (node: Started) => boolean,
): (from: number, target: number) => boolean {
  const words = Math.ceil(at.length / 32);
  const bits = new Int32Array(at.length * words);
  for (const [from, list] of to.entries())
    for (const next of list) bits[from * words + (next >> 5)]! |= 1 << (next & 31);
  for (const [via, node] of at.entries()) {
    if (isWall(node)) continue;
    const word = via >> 5;
    const bit = 1 << (via & 31);
    for (let from = 0; from < at.length; from++) {
      if ((bits[from * words + word]! & bit) === 0) continue;
      for (let k = 0; k < words; k++) bits[from * words + k]! |= bits[via * words + k]!;
    }
  }
  return (from, target) => (bits[from * words + (target >> 5)]! & (1 << (target & 31))) !== 0;
}

const tables = new WeakMap<Hops, ReturnType<typeof closuresOf>>();
function closuresOf(hops: Hops) {
  const isState = ({ type }: Started) => type === "rung-state";
  return {
    data: closure(hops, isState),
    unasked: closure(hops, (node) => isState(node) || PEOPLE.includes(node.type)),
    fromSource: closure(hops, (node) => isState(node) || ORIGINS.includes(node.type)),
  };
}

function opinionOn(twin: Raw, twins: readonly Raw[], flow: readonly Raw[], hops: Hops): Opinion {
  const known = tables.get(hops) ?? closuresOf(hops);
  tables.set(hops, known);
  const { data, unasked, fromSource } = known;
  const all = hops.at.map((_, i) => i);
  const typed = (...types: string[]) => all.filter((i) => types.includes(hops.at[i]!.type));
  const states = typed("rung-state").filter((i) => hops.at[i]!.config.twin === twin.id);
  const link = (i: number) =>
    flow.find(({ id, type, d }) => id === hops.at[i]!.config.link && type.endsWith("-link") && d !== true);
  const realityOf = (i: number): unknown => {
    const { type } = hops.at[i]!;
    if (type === "rung-recording") return "recorded";
    if (type !== "rung-ingest") return link(i)?.reality;
    const before = all.filter((j) => j === i || data(j, i));
    const origins = before.filter((j) => ORIGINS.includes(hops.at[j]!.type));
    const ingests = origins.filter((j) => hops.at[j]!.type === "rung-ingest");
    const heard = origins.flatMap((j) => (ingests.includes(j) ? [] : (realityOf(j) ?? [])));
    if (heard.length === 0 && !before.some((j) => OUTSIDE.includes(hops.at[j]!.type))) return undefined;
    const words = [...heard, ...ingests.map((j) => hops.at[j]!.config.reality)];
    return ["recorded", "virtual", "live"].find((word) => words.includes(word));
  };
  const feeding = typed(...ORIGINS).filter(
    (i) => realityOf(i) !== undefined && states.some((state) => fromSource(i, state)),
  );
  const realities = feeding.map(realityOf);
  const reality = ["recorded", "virtual", "live"].find((word) => realities.includes(word)) ?? null;
  const online = feeding.filter((i) => realityOf(i) !== "recorded");
  const fed = states.filter((state) => feeding.some((i) => fromSource(i, state)));
  const reaches = (from: readonly number[], to: readonly number[]) =>
    from.some((i) => to.some((j) => data(i, j)));

  const rows: number[] = [];
  const models = typed(...MODELS).filter((i) => {
    const { twin: named } = hops.at[i]!.config;
    return named === undefined ? twins.length === 1 || reaches(states, [i]) : named === twin.id;
  });
  if (states.length > 0 || models.length > 0) rows.push(0);
  if (reaches(fed, typed("rung-history"))) rows.push(1);
  if (reaches(states, typed("rung-detect"))) rows.push(2);
  const scored = typed("rung-whatif").filter((i) => hops.at[i]!.config.scoreBaseline === true);
  if (reaches(states, [...typed("rung-forecast", "rung-life"), ...scored])) rows.push(3);
  if (reaches(states, typed("rung-whatif", ...RECOMMENDS))) rows.push(4);

  const whole = (path: string) => (path.startsWith("/") ? path.slice(1) : `${twin.address}/${path}`);
  const tables_ = online.flatMap(
    (i) => (hops.at[i]!.config.bindings ?? hops.at[i]!.config.mapping ?? []) as Raw[],
  );
  const bound = tables_.map(({ path }) => whole(path as string));
  const affected = [...tables_, ...((twin.properties ?? []) as Raw[])].flatMap(({ path, affectedBy }) =>
    ((affectedBy ?? []) as string[]).map((by) => [whole(path as string), whole(by)]),
  );
  const targetsOf = (i: number) => ((hops.at[i]!.config.targets ?? []) as string[]).map(whole);
  const envelopes = typed("rung-envelope");
  const written = (actuate: number) => {
    const own = targetsOf(actuate);
    if (own.length > 0) return own;
    return envelopes.filter((e) => data(e, actuate) && reaches(states, [e])).flatMap(targetsOf);
  };
  const echoed = (actuate: number) => written(actuate).some((target) => bound.includes(target));
  const measured = (actuate: number) =>
    affected.some(([what, by]) => written(actuate).includes(by!) && what !== by && bound.includes(what!));
  const allMeasured = (actuate: number) =>
    written(actuate).every((target) =>
      affected.some(([what, by]) => by === target && what !== by && bound.includes(what!)),
    );
  const actuates = typed("rung-actuate");
  const isTwin = envelopes.some(
    (e) => reaches(states, [e]) && actuates.some((a) => data(e, a) && (echoed(a) || measured(a))),
  );
  const isAlone = states.some((s) =>
    typed(...RECOMMENDS).some(
      (r) =>
        unasked(s, r) &&
        envelopes.some(
          (e) => unasked(r, e) && actuates.some((a) => unasked(e, a) && measured(a) && allMeasured(a)),
        ),
    ),
  );
  const isWritten = reaches([...states, ...feeding], typed(...WRITERS));
  if (isAlone && !isWritten && (reality === "live" || reality === "virtual")) rows.push(5);
  return {
    class: online.length === 0 || states.length === 0 ? "model" : isTwin ? "twin" : "shadow",
    rows,
    reality,
    wired: rungOf(rows),
  };
}

const rungOf = (rows: readonly number[]) =>
  Math.max(0, ([0, 1, 2, 3, 4, 5].find((row) => !rows.includes(row)) ?? 6) - 1);

/** The least of its own and its needed children's, with row 1 for one without a state; done once per twin. */
function federate(
  twin: Raw,
  twins: readonly Raw[],
  withState: ReadonlySet<unknown>,
  opinions: Map<string, Opinion>,
  done: Map<string, Opinion>,
): Opinion {
  const opinion = opinions.get(twin.id)!;
  if (done.has(twin.id)) return opinion;
  done.set(twin.id, opinion);
  const needed = twins
    .filter(({ parent, needed: isNeeded }) => parent === twin.id && isNeeded !== false)
    .map((child) => federate(child, twins, withState, opinions, done));
  if (needed.length === 0) return opinion;
  const least = Math.min(...needed.map(({ wired }) => wired));
  if (withState.has(twin.id)) opinion.wired = Math.min(opinion.wired, least);
  else {
    opinion.wired = Math.min(1, least);
    opinion.rows = least === 0 ? [0] : [0, 1];
    opinion.class = ["model", "shadow", "twin"].find((kind) => needed.some((child) => child.class === kind))!;
    opinion.reality =
      ["recorded", "virtual", "live"].find((word) => needed.some((child) => child.reality === word)) ?? null;
  }
  return opinion;
}
