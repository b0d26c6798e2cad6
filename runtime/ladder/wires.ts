import { INSTANCE, portsOf } from "./flow-index.ts";
import { type FlowNode, type FlowProblem, stringsOf } from "./flow-nodes.ts";
import { field, type PlacedFlow, type PlacedNode, type Scope } from "./placed-nodes.ts";

/**
 * Which node gets what a node sends, as Node-RED delivers it: by wires, by links, and in and out of subflows. Read in
 * both directions; link calls are followed by the graph.
 */
export class Wires {
  readonly #flow: PlacedFlow;

  constructor(flow: PlacedFlow) {
    this.#flow = flow;
  }

  /** Nodes that get what this one sends. */
  after(placed: PlacedNode): PlacedNode[] {
    if (!placed.isInstance) return [...new Set(this.#delivered(placed, undefined))];
    const inner = this.#flow.inside(placed);
    if (inner === undefined) return [];
    const { raw, id } = this.#flow.index.node(inner.subflow!)!;
    const entries = portsOf(raw.in).flatMap(({ wires }) => wires.map((wire) => wire.id));
    const found = this.#running(
      entries.filter((entry) => entry !== id),
      inner,
    );
    // The subflow's input may be wired straight to its output.
    for (const [port, { wires }] of portsOf(raw.out).entries())
      if (wires.some((wire) => wire.id === id)) found.push(...this.#delivered(placed, port));
    return [...new Set(found)];
  }

  /** Nodes that send to this one. */
  before(placed: PlacedNode): PlacedNode[] {
    const { index } = this.#flow;
    const { nodeId } = placed;
    const found = new Set<PlacedNode>();
    const outs = placed.type === "link in" ? linksOf(placed.node) : [];
    for (const id of new Set([...index.referrers(nodeId), ...outs])) {
      const node = index.node(id);
      if (node === undefined) continue;
      if (node.type === "subflow") {
        if (!portsOf(node.raw.in).some(({ wires }) => wires.some((wire) => wire.id === nodeId))) continue;
        for (const inner of this.#scopesBefore(placed, id))
          if (this.#flow.at(nodeId, inner) === placed) found.add(inner.instance!);
        continue;
      }
      for (const scope of this.#scopesBefore(placed, node.z)) {
        const sender = this.#flow.at(id, scope);
        if (sender === undefined || this.#flow.at(nodeId, scope) !== placed) continue;
        for (const from of this.#sendersTo(nodeId, sender, node, outs.includes(id))) found.add(from);
      }
    }
    return [...found];
  }

  /** Scopes of a container in which something may lead to the node: its own, or, where it stands on a tab, any. */
  #scopesBefore({ scope, node }: PlacedNode, container: string): readonly Scope[] {
    if (node.z === container) return [scope];
    return scope === this.#flow.top ? this.#flow.scopesOf(container) : [];
  }

  #sendersTo(target: string, sender: PlacedNode, node: FlowNode, isNamed: boolean): PlacedNode[] {
    if (node.type === "link out") {
      const isLinked = !isReturn(node) && (isNamed || linksOf(node).includes(target));
      return isLinked ? [sender] : [];
    }
    return node.wires.flatMap((targets, port) => (targets.includes(target) ? this.#from(sender, port) : []));
  }

  /** What really sends at an output: of a subflow's instance, nodes inside it. */
  #from(sender: PlacedNode, port: number): PlacedNode[] {
    if (!sender.isInstance) return isReturn(sender.node) ? [] : [sender];
    const inner = this.#flow.inside(sender);
    if (inner === undefined) return [];
    const { raw, id } = this.#flow.index.node(inner.subflow!)!;
    return (portsOf(raw.out)[port]?.wires ?? []).flatMap((wire) => {
      if (wire.id === id) return [sender];
      const from = this.#flow.at(wire.id, inner);
      return from === undefined ? [] : this.#from(from, wire.port);
    });
  }

  /** What is wired to an output (undefined: to any), also through the outputs of the subflow around it. */
  #delivered(sender: PlacedNode, port: number | undefined): PlacedNode[] {
    const { node, scope } = sender;
    if (isReturn(node)) return [];
    const targets =
      node.type === "link out"
        ? this.#linksFrom(node)
        : port === undefined
          ? node.wires.flat()
          : (node.wires[port] ?? []);
    const found = this.#running(targets, scope);
    if (scope.subflow === undefined) return found;
    for (const [out, { wires }] of portsOf(this.#flow.index.node(scope.subflow)!.raw.out).entries()) {
      const isWired = wires.some(
        (wire) => wire.id === sender.nodeId && (port === undefined || wire.port === port),
      );
      if (isWired) found.push(...this.#delivered(scope.instance!, out));
    }
    return found;
  }

  /** Node-RED gathers links from both ends. */
  #linksFrom(out: FlowNode): string[] {
    const { index } = this.#flow;
    const named = index.referrers(out.id).filter((id) => {
      const other = index.node(id);
      return other?.type === "link in" && linksOf(other).includes(out.id);
    });
    return [...linksOf(out), ...named];
  }

  #running(ids: readonly string[], scope: Scope): PlacedNode[] {
    return [...new Set(ids)].flatMap((id) => this.#flow.at(id, scope) ?? []);
  }

  /** Links to what is not in the flow: an export of one tab has them, and Node-RED drops them. */
  openLinksOf(id: string): { node: string; reason: string }[] {
    const node = this.#flow.index.node(id);
    if (node?.type !== "link out" || isReturn(node)) return [];
    const lost = [...new Set(linksOf(node))].filter((target) => !this.#flow.has(target));
    return this.#flow.placesOf(id, "canvas").flatMap((placed) =>
      lost.map((target) => ({
        node: placed.id,
        reason: `a link to ${target}, which is not in this flow`,
      })),
    );
  }

  /** Wires and calls of a node that lead to what is not there; what is disabled is no error. */
  problemsOf(id: string): FlowProblem[] {
    const node = this.#flow.index.node(id);
    if (node === undefined) return [];
    const problems: FlowProblem[] = [];
    const tell = (code: string, at: string, what: string, about = id) =>
      problems.push({ code, node: about, path: `/${node.index}${at}`, message: `${about}: ${what}` });
    const lost = (ids: readonly string[]) => ids.find((other) => !this.#flow.has(other));
    const gone = (at: string, what: string, about = id) =>
      tell("wire-to-nowhere", at, `${what}, which is not there`, about);

    if (node.type === "subflow") {
      if (this.#flow.scopesOf(id).length === 0) return [];
      const idsAt = (ports: unknown) => portsOf(ports).flatMap(({ wires }) => wires.map((wire) => wire.id));
      const [into, from] = [lost(idsAt(node.raw.in)), lost(idsAt(node.raw.out))];
      if (into !== undefined) gone("/in", `leads to ${into}`);
      if (from !== undefined) gone("/out", `leads from ${from}`);
      return problems;
    }
    const places = this.#flow.placesOf(id, "canvas");
    if (places.length === 0) return [];
    if (node.type === "link out") return problems;
    if (node.type.startsWith(INSTANCE)) {
      const subflow = node.type.slice(INSTANCE.length);
      if (this.#flow.index.standing(subflow)?.type !== "subflow")
        tell("unknown-subflow", "/type", `is an instance of ${subflow}, which is not there`);
    }
    for (const [port, targets] of node.wires.entries())
      for (const [i, target] of targets.entries())
        if (!this.#flow.has(target)) gone(`/wires/${port}/${i}`, `leads to ${target}`);
    for (const call of node.type === "link call" ? places : []) {
      const target = calledBy(call);
      if (target !== undefined && !this.#flow.has(target)) gone("/links", `calls ${target}`, call.id);
    }
    return problems;
  }
}

/** Id of the link in that a link call calls; undefined where it names none, or each message chooses. */
export function calledBy(call: PlacedNode): string | undefined {
  return call.node.raw.linkType === "dynamic" ? undefined : stringsOf(field(call, "links"))[0];
}

const linksOf = ({ raw }: FlowNode): string[] => (Array.isArray(raw.links) ? stringsOf(raw.links) : []);

/** A link out that answers whoever called, and leads nowhere by itself. */
export const isReturn = ({ type, raw }: FlowNode): boolean => type === "link out" && raw.mode === "return";
