import { Random } from "../../runtime/core/random.ts";

export type RandomNode = Record<string, unknown> & { id: string; type: string };

/** One wire of a flow: the place of its array of targets, and which of them it is. */
export interface Wire {
  readonly node: string;
  /** Field and, below it, the way to the array: `wires/0`, `links`, `out/1/wires`. */
  readonly path: readonly (string | number)[];
  readonly place: number;
}

/**
 * A flow drawn by chance round what an engineer would draw: one to three twins with most pieces of a ladder, joined
 * by direct wires, core nodes, links, calls and subflows, doubled, looped and crossed, with people, unguarded outputs,
 * disabled nodes and loose wires in between.
 */
export function randomFlow(seed: number): RandomNode[] {
  return new Drawing(new Random(seed)).draw();
}

class Drawing {
  readonly #random: Random;
  readonly #nodes: RandomNode[] = [];
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  draw(): RandomNode[] {
    const random = this.#random;
    this.#nodes.push(
      { id: "tab0", type: "tab" },
      { id: "tab1", type: "tab" },
      { id: "dark", type: "tab", disabled: true },
      { id: "plant", type: "rung-opcua-link", reality: this.#chance(0.7) ? "live" : "virtual" },
      { id: "tape", type: "rung-opcua-link", reality: "recorded" },
      { id: "off", type: "rung-mqtt-link", reality: "live", d: true },
    );
    this.#subflows();
    const twins = 1 + random.integer(3);
    for (let k = 0; k < twins; k++) {
      this.#nodes.push({
        id: `twin${k}`,
        type: "rung-twin",
        address: `works/t${k}`,
        ...(k > 0 && this.#chance(0.3)
          ? { parent: "twin0", needed: !this.#chance(0.2), neededReason: "spare" }
          : {}),
        ...(this.#chance(0.2) ? { properties: [{ path: "m0", affectedBy: ["sp0"] }] } : {}),
      });
    }
    // How much of the ladder is drawn at all, so that every rung turns up.
    for (let k = 0; k < twins; k++)
      if (!this.#chance(0.08)) this.#ladder(`twin${k}`, this.#any([0, 1, 2, 3, 4, 5, 6, 6, 6, 6]));
    this.#noise();
    return this.#nodes;
  }

  #chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  #any<T>(list: readonly T[]): T {
    return list[this.#random.integer(list.length)]!;
  }

  #node(type: string, fields: Record<string, unknown> = {}): RandomNode {
    const node = {
      id: `n${this.#count++}`,
      type,
      z: this.#chance(0.8) ? "tab0" : "tab1",
      x: 1,
      y: 1,
      wires: [[]],
      ...fields,
    };
    this.#nodes.push(node);
    return node;
  }

  #wire(from: RandomNode, to: RandomNode, port = 0): void {
    const wires = from.wires as string[][];
    while (wires.length <= port) wires.push([]);
    wires[port]!.push(to.id);
  }

  /** One way from one node to another, now and then two. */
  #join(from: RandomNode, to: RandomNode): void {
    this.#way(from, to);
    if (this.#chance(0.15)) this.#way(from, to);
  }

  #way(from: RandomNode, to: RandomNode): void {
    const kind = this.#random.integer(12);
    if (kind < 4) this.#wire(from, to, this.#chance(0.2) ? 1 : 0);
    else if (kind < 6) this.#byCoreNode(from, to);
    else if (kind < 8) this.#byLink(from, to);
    else if (kind < 10) {
      const call = this.#node("link call", { links: [this.#chance(0.85) ? "called" : "deaf"] });
      this.#wire(from, call);
      this.#wire(call, to);
    } else {
      const box = this.#node(`subflow:${this.#any(["through", "straight", "nested", "split", "cut"])}`);
      box.wires = [[], []];
      this.#wire(from, box);
      this.#wire(box, to, box.type === "subflow:split" && this.#chance(0.5) ? 1 : 0);
    }
  }

  #byCoreNode(from: RandomNode, to: RandomNode): void {
    const between = this.#node(this.#any(["function", "junction", "switch", "change"]));
    this.#wire(from, between);
    if (this.#chance(0.3)) this.#wire(between, between);
    this.#wire(between, to, this.#random.integer(3));
  }

  /** A link written at one of its ends. */
  #byLink(from: RandomNode, to: RandomNode): void {
    const isAtOut = this.#chance(0.5);
    const out = this.#node("link out", { mode: "link" });
    const into = this.#node("link in");
    out.links = isAtOut ? [into.id] : [];
    into.links = isAtOut ? [] : [out.id];
    this.#wire(from, out);
    this.#wire(into, to);
  }

  /** Pieces of one twin, the first `steps` of them with near certainty. */
  #ladder(twin: string, steps: number): void {
    const has = (step: number) => this.#chance(steps > step ? 0.97 : 0.25);
    const state = this.#node("rung-state", { twin });
    const kind = this.#any([
      "rung-opcua-source",
      "rung-opcua-source",
      "rung-ingest",
      "rung-recording",
      "machine",
    ]);
    if (has(0)) this.#source(kind, state);
    if (this.#chance(0.1)) this.#source("rung-opcua-source", state);
    // Now and then a twin has a second state, fed or not.
    const second = this.#chance(0.2) ? this.#node("rung-state", { twin }) : state;
    if (second !== state && this.#chance(0.5)) this.#source("rung-opcua-source", second);
    const either = () => this.#any([state, second]);
    if (has(1)) this.#join(either(), this.#node("rung-history"));
    if (has(2)) this.#join(either(), this.#node("rung-detect"));
    if (has(3)) {
      const type = this.#any(["rung-forecast", "rung-life", "rung-whatif"]);
      this.#join(either(), this.#node(type, { scoreBaseline: this.#chance(0.9) }));
    }
    let last = either();
    if (has(4)) {
      const kinds = ["rung-optimise", "rung-maintain", "rung-balance", "rung-whatif", "rung-cell"];
      const next = this.#node(this.#any(kinds));
      this.#join(last, next);
      last = next;
    }
    if (has(5)) this.#acting(last);
    if (has(5) && this.#chance(0.15)) this.#acting(last);
    if (this.#chance(0.1))
      this.#node(this.#any(["rung-oven", "rung-kernel"]), this.#chance(0.5) ? { twin } : {});
    if (this.#chance(0.07)) this.#join(state, this.#node(this.#any(["mqtt out", "exec", "acme-plc-write"])));
  }

  #source(kind: string, state: RandomNode): void {
    const bindings = [
      { path: "sp0" },
      ...(this.#chance(0.85) ? [{ path: "m0", ...(this.#chance(0.9) ? { affectedBy: ["sp0"] } : {}) }] : []),
      ...(this.#chance(0.3) ? [{ path: "m1", affectedBy: ["sp1"] }] : []),
    ];
    if (kind === "machine") {
      const env = [{ name: "LINK", value: this.#chance(0.8) ? "plant" : "off", type: "str" }];
      const box = this.#node("subflow:machine", { env: this.#chance(0.8) ? env : [] });
      this.#join(box, state);
      return;
    }
    const link = this.#any(["plant", "plant", "plant", "plant", "off", "tape"]);
    const table = kind === "rung-ingest" ? { mapping: bindings } : { bindings };
    const reality = this.#any(["live", "live", "virtual", "recorded"]);
    const source = this.#node(kind, { link, reality, ...table });
    if (kind === "rung-ingest" && this.#chance(0.85)) this.#join(this.#node("mqtt in"), source);
    this.#join(source, state);
  }

  /** Envelope and actuate, and sometimes a person, on the way or beside it. */
  #acting(after: RandomNode): void {
    const targets = this.#any([["sp0"], ["sp0"], ["sp0"], ["sp1"], ["sp0", "sp1"], [`/works/t0/sp0`]]);
    const inEnvelope = this.#chance(0.3);
    const envelope = this.#node("rung-envelope", inEnvelope ? { targets } : {});
    const actuate = this.#node("rung-actuate", { targets: inEnvelope && this.#chance(0.8) ? [] : targets });
    let from = this.#chance(0.04) ? this.#node("inject") : after;
    const asks = () => {
      const person = this.#node(
        this.#any(["rung-approve", "ui-button", "ui-form", "ui-rung-recommendation"]),
      );
      this.#join(from, person);
      if (this.#chance(0.4)) this.#way(from, envelope);
      from = person;
    };
    if (this.#chance(0.12)) asks();
    this.#join(from, envelope);
    from = envelope;
    if (this.#chance(0.12)) asks();
    this.#join(from, actuate);
    if (this.#chance(0.1)) this.#way(after, actuate);
  }

  /** Wires and nodes that nobody meant: circles, crossings between twins, disabled pieces, groups. */
  #noise(): void {
    const fixed = [
      "rung-opcua-source",
      "rung-recording",
      "mqtt in",
      "inject",
      "link call",
      "link out",
      "link in",
    ];
    const canvas = this.#nodes.filter(({ id }) => /^n\d+$/.test(id));
    if (canvas.length < 2) return;
    for (let k = this.#random.integer(4); k > 0; k--) {
      const from = this.#any(canvas);
      const to = this.#any(canvas);
      if (from.type !== "link out" && from.type !== "link in" && !fixed.includes(to.type))
        this.#wire(from, to, this.#random.integer(2));
    }
    if (this.#chance(0.15))
      this.#wire(
        this.#node("catch"),
        this.#any(canvas.filter(({ type }) => !fixed.includes(type)) ?? canvas),
      );
    if (this.#chance(0.25)) this.#any(canvas).d = true;
    if (this.#chance(0.05)) this.#any(canvas).z = "dark";
    if (this.#chance(0.2)) {
      const inside = canvas.filter(() => this.#chance(0.3));
      this.#nodes.push({ id: "group", type: "group", z: "tab0", nodes: inside.map(({ id }) => id) });
      for (const node of inside) node.g = "group";
    }
  }

  /** Called parts and subflows that the ways go through. */
  #subflows(): void {
    const part = (z: string, id: string, type: string, fields: Record<string, unknown> = {}) =>
      this.#nodes.push({ id, type, z, x: 1, y: 1, wires: [[]], ...fields });
    const definition = (id: string, into: string[], out: string[], env: unknown[] = []) =>
      this.#nodes.push({
        id,
        type: "subflow",
        in: into.length === 0 ? [] : [{ wires: into.map((inner) => ({ id: inner })) }],
        out: out.map((inner) => ({ wires: [{ id: inner, port: 0 }] })),
        env,
      });
    part("tab1", "called", "link in", { links: [], wires: [["asked"]] });
    part("tab1", "asked", this.#chance(0.2) ? "link call" : "function", {
      links: ["again"],
      wires: [["answer"]],
    });
    part("tab1", "answer", "link out", { mode: "return", links: [] });
    part("tab1", "again", "link in", { links: [], wires: [["answer"]] });
    part("tab1", "deaf", "link in", { links: [], wires: [[]] });

    definition("through", ["th1"], ["th2"]);
    part("through", "th1", "function", { wires: [["th2", "th1"]] });
    part("through", "th2", "junction");
    definition("straight", ["straight"], ["straight"]);
    definition("nested", ["ne1"], ["ne1"]);
    part("nested", "ne1", "subflow:through");
    definition("split", ["sp1"], ["sp1", "sp2"]);
    part("split", "sp1", "link out", { links: ["sp3"], mode: "link" });
    part("split", "sp3", "link in", { links: [], wires: [["sp2"]] });
    part("split", "sp2", "function");
    definition("cut", ["cu1"], ["cu2"]);
    part("cut", "cu1", "function", { wires: [[]] });
    part("cut", "cu2", "function");
    definition("machine", [], ["ma1"], [{ name: "LINK", value: "plant", type: "str" }]);
    part("machine", "ma1", "rung-opcua-source", {
      link: "$" + "{LINK}",
      bindings: [{ path: "sp0" }, { path: "m0", affectedBy: ["sp0"] }],
    });
  }
}

/** Every wire of a flow, those inside subflows and into and out of them too. */
export function wiresOf(flow: readonly RandomNode[]): Wire[] {
  const found: Wire[] = [];
  const add = (node: RandomNode, path: readonly (string | number)[]) => {
    for (const place of targetsAt(node, path).keys()) found.push({ node: node.id, path, place });
  };
  for (const node of flow) {
    for (const field of ["in", "out"])
      for (const port of ((node[field] ?? []) as unknown[]).keys()) add(node, [field, port, "wires"]);
    if (node.type === "link out" || node.type === "link in") add(node, ["links"]);
    if (node.type === "link out" || node.x === undefined) continue;
    for (const port of (node.wires as unknown[]).keys()) add(node, ["wires", port]);
  }
  return found;
}

function targetsAt(node: RandomNode, path: readonly (string | number)[]): unknown[] {
  return path.reduce<unknown>(
    (at, step) => (at as Record<string | number, unknown>)[step],
    node,
  ) as unknown[];
}

/** The flow without one wire. */
export function without(flow: readonly RandomNode[], wire: Wire): RandomNode[] {
  return flow.map((node) => {
    if (node.id !== wire.node) return node;
    const copy = structuredClone(node);
    targetsAt(copy, wire.path).splice(wire.place, 1);
    return copy;
  });
}
