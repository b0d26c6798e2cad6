import type { FlowNode } from "../flow-nodes.ts";
import { fieldChanges } from "./field-changes.ts";
import { type NodeNames, SHARED } from "./node-names.ts";
import { counted } from "./one-line.ts";
import { type Wire, wiresOf } from "./wires.ts";

export type Aspect =
  | "removed"
  | "added"
  | "moved away"
  | "moved here"
  | "retyped"
  | "renamed"
  | "disabled"
  | "enabled"
  | "field"
  | "group"
  | "wire cut"
  | "wire new";

/** In which order a place's sentences are told. */
export const TOLD_FIRST: Readonly<Record<Aspect, number>> = {
  removed: 1,
  added: 2,
  "moved away": 3,
  "moved here": 3,
  retyped: 4,
  renamed: 5,
  disabled: 5,
  enabled: 5,
  field: 6,
  group: 7,
  "wire cut": 8,
  "wire new": 9,
};

/** One thing that changed, as one sentence that can stand alone. */
export interface Statement {
  /** The tab or subflow it is told under; `SHARED` for what all tabs share. */
  readonly place: string;
  readonly text: string;
  /** How it is told as a cause, where that differs: `tab paint removed`, without what stood on it. */
  readonly short?: string;
  readonly aspect: Aspect;
  /** Id of the node it is about; of a wire the sender. */
  readonly about: string;
  /** Id of a wire's receiver. */
  readonly to?: string;
  readonly field?: string;
}

/** Types of nodes named of a tab that is new or gone. */
const SHOWN_KINDS = 6;

type Nodes = ReadonlyMap<string, FlowNode>;

/** All that changed between two flows. Where things stand on their canvas is no change. */
export function statementsOf(before: Nodes, after: Nodes, names: NodeNames): Statement[] {
  const teller = new Teller(before, after, names);
  teller.tellNodes();
  teller.tellWires();
  return teller.statements;
}

class Teller {
  readonly statements: Statement[] = [];
  readonly #before: Nodes;
  readonly #after: Nodes;
  readonly #names: NodeNames;

  constructor(before: Nodes, after: Nodes, names: NodeNames) {
    this.#before = before;
    this.#after = after;
    this.#names = names;
  }

  tellNodes(): void {
    const inside = { before: this.#contents(this.#before), after: this.#contents(this.#after) };
    for (const node of this.#before.values()) {
      if (this.#after.has(node.id)) continue;
      if (isPlace(node))
        this.#tell(node, "removed", `removed${withContents(inside.before.get(node.id))}`, {
          short: "removed",
        });
      else if (this.#isPlaceOf(this.#after, node) || !this.#isPlaceOf(this.#before, node))
        this.#tell(node, "removed", "removed");
    }
    for (const node of this.#after.values()) {
      const old = this.#before.get(node.id);
      if (old !== undefined) this.#tellChange(old, node);
      else if (isPlace(node))
        this.#tell(node, "added", `added${withContents(inside.after.get(node.id))}`, { short: "added" });
      else if (this.#isPlaceOf(this.#before, node) || !this.#isPlaceOf(this.#after, node))
        this.#tell(node, "added", "added");
    }
  }

  /** False where the tab or subflow a node stands on is not in that version: its own sentence tells of the node too. */
  #isPlaceOf(nodes: Nodes, node: FlowNode): boolean {
    const place = this.#names.placeOf(node);
    return place === SHARED || nodes.has(place);
  }

  #contents(nodes: Nodes): Map<string, Map<string, number>> {
    const inside = new Map<string, Map<string, number>>();
    const other = nodes === this.#before ? this.#after : this.#before;
    for (const node of nodes.values()) {
      if (isPlace(node) || node.z === "" || node.type === "group" || other.has(node.id)) continue;
      const types = inside.get(node.z) ?? new Map<string, number>();
      const type = this.#names.type(node);
      inside.set(node.z, types.set(type, (types.get(type) ?? 0) + 1));
    }
    return inside;
  }

  #tell(
    node: FlowNode,
    aspect: Aspect,
    what: string,
    more: { place?: string; field?: string; short?: string } = {},
  ): void {
    const { place = this.#names.placeOf(node), field, short } = more;
    const words = this.#names.describe(node);
    this.statements.push({
      place,
      text: `${words}${what.startsWith(":") ? "" : " "}${what}`,
      aspect,
      about: node.id,
      ...(short === undefined ? {} : { short: `${words} ${short}` }),
      ...(field === undefined ? {} : { field }),
    });
  }

  #tellChange(old: FlowNode, node: FlowNode): void {
    const names = this.#names;
    const from = names.placeOf(old);
    const to = names.placeOf(node);
    if (old.disabled !== node.disabled)
      this.#tell(node, node.disabled ? "disabled" : "enabled", node.disabled ? "is disabled" : "is enabled");
    if (old.type !== node.type) {
      const text = `${names.describe(old)} is now ${names.describe(node)}`;
      this.statements.push({ place: to, text, aspect: "retyped", about: node.id });
      return;
    }
    if (from !== to) {
      const away = names.place(from) + off(this.#before.get(from));
      const here = names.place(to) + off(this.#after.get(to));
      this.#tell(node, "moved away", `moved to ${here}`, { place: from });
      this.#tell(node, "moved here", `moved here from ${away}`, { short: `moved from ${away} to ${here}` });
    }
    if (ownName(old) !== ownName(node)) {
      const text = `${names.describe(old)} is now called ${names.describe(node)}`;
      this.statements.push({ place: to, text, aspect: "renamed", about: node.id });
    }
    this.#tellGroup(old, node, from !== to);
    for (const { field, words } of fieldChanges(old, node, this.#references))
      this.#tell(node, "field", `: ${words}`, { field });
  }

  #tellGroup(old: FlowNode, node: FlowNode, hasMoved: boolean): void {
    const was = groupOf(old);
    const is = groupOf(node);
    // A group that is new or gone has a sentence of its own, and a new tab has other groups.
    if (was === is || hasMoved) return;
    if (this.#before.has(is) && is !== "") this.#tell(node, "group", `is now in ${this.#names.of(is)}`);
    else if (is === "" && this.#after.has(was))
      this.#tell(node, "group", `is no longer in ${this.#names.of(was)}`);
  }

  /** What the id of a configuration node in a field means, in each version. */
  readonly #references = {
    before: (id: string) => this.#reference(this.#before.get(id)),
    after: (id: string) => this.#reference(this.#after.get(id)),
  };

  #reference(node: FlowNode | undefined): string | undefined {
    return node?.isConfig ? this.#names.reference(node) : undefined;
  }

  tellWires(): void {
    const before = wiresOf(this.#before);
    const after = wiresOf(this.#after);
    // That a node's wires go with it needs no words.
    const bothEnds = (nodes: Nodes, { from, to }: Wire) =>
      nodes.has(from) && (nodes.has(to) || !this.#before.has(to));
    for (const [key, wire] of before)
      if (!after.has(key) && bothEnds(this.#after, wire)) this.#tellWire(wire, "wire cut");
    for (const [key, wire] of after)
      if (!before.has(key) && !this.#isOfNewPlace(wire)) this.#tellWire(wire, "wire new");
  }

  /** A new tab or subflow is told as a whole. */
  #isOfNewPlace({ from }: Wire): boolean {
    const sender = this.#after.get(from);
    if (sender === undefined) return false;
    const place = this.#names.placeOf(sender);
    return !this.#before.has(from) && place !== SHARED && this.#after.has(place) && !this.#before.has(place);
  }

  #tellWire(wire: Wire, aspect: "wire cut" | "wire new"): void {
    const sender = this.#after.get(wire.from) ?? this.#before.get(wire.from);
    const receiver = this.#after.get(wire.to) ?? this.#before.get(wire.to);
    const place =
      sender === undefined
        ? receiver
          ? this.#names.placeOf(receiver)
          : SHARED
        : this.#names.placeOf(sender);
    const verb = aspect === "wire cut" ? "is cut" : "is wired";
    this.statements.push({
      place,
      text: `${this.#senderWords(wire)} -> ${this.#receiverWords(wire, place)} ${verb}`,
      aspect,
      about: wire.from,
      to: wire.to,
    });
  }

  #senderWords({ from, port, isLink }: Wire): string {
    const versions = [this.#before.get(from), this.#after.get(from)];
    if (versions.some((node) => node?.type === "subflow")) return "the input";
    const outputs = Math.max(...versions.map((node) => node?.wires.length ?? 0));
    const words = this.#names.of(from);
    return isLink || outputs < 2 ? words : `${words}, output ${port + 1},`;
  }

  #receiverWords({ to, at, isLink }: Wire, place: string): string {
    if (at === "status") return "the status";
    if (at !== undefined) return `output ${at + 1}`;
    const receiver = this.#after.get(to) ?? this.#before.get(to);
    // A link may lead to a tab that is not part of what is compared.
    if (receiver === undefined) return `${this.#names.of(to)}${isLink ? "" : ", which is not there,"}`;
    if (receiver.type === "subflow") return "the output";
    const there = this.#names.placeOf(receiver);
    return this.#names.of(to) + (there === place ? "" : ` on ${this.#names.place(there)}`);
  }
}

export const isPlace = ({ type }: FlowNode): boolean => type === "tab" || type === "subflow";

const off = (place: FlowNode | undefined): string => (place?.disabled ? ", which is disabled" : "");

/** What is written as its name, so that a change of one unprintable character is seen as well. */
function ownName({ raw, type }: FlowNode): unknown {
  return type === "tab" ? raw.label : raw.name;
}

function groupOf({ raw }: FlowNode): string {
  return typeof raw.g === "string" ? raw.g : "";
}

/** ` with 5 nodes: 2 detect, 3 state`. */
function withContents(types: ReadonlyMap<string, number> | undefined): string {
  if (types === undefined) return "";
  const entries = [...types].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const kinds = entries.map(([type, count]) => `${count} ${type}`);
  const more = kinds.length > SHOWN_KINDS ? ` and ${counted(kinds.length - SHOWN_KINDS, "more kind")}` : "";
  return ` with ${counted(total, "node")}: ${kinds.slice(0, SHOWN_KINDS).join(", ")}${more}`;
}
