import type { Rung } from "../../core/evidence.ts";
import type { FlowNode } from "../flow-nodes.ts";
import { rungInWords } from "../rung-words.ts";
import type { WiredTwin, Wiring } from "../wiring/wired-twin.ts";
import type { NodeNames } from "./node-names.ts";
import { oneLine } from "./one-line.ts";
import type { Aspect, Statement } from "./statements.ts";

type Nodes = ReadonlyMap<string, FlowNode>;

/** One version of a flow, read. */
export interface Version {
  readonly nodes: Nodes;
  readonly wiring: Wiring;
}

const ALL_ROWS: readonly Rung[] = [0, 1, 2, 3, 4, 5];

/** Rows that a parameter of a node on their path can raise or lower. Others, such as a horizon, never do. */
const ROWS_OF_FIELD: Readonly<Record<string, readonly Rung[]>> = {
  env: ALL_ROWS,
  historian: [1],
  link: [1, 5],
  linkType: ALL_ROWS,
  mode: ALL_ROWS,
  scoreBaseline: [3],
  twin: ALL_ROWS,
};
/** What decides whether a target comes back. Most changes of it do no harm, so it is named only where nothing else is. */
const LOOP_FIELDS = new Set(["address", "bindings", "mapping", "properties", "reality", "targets"]);
/** Fields by which a piece leans on a configuration node. */
const REFERENCES = ["link", "twin", "historian", "actuator"];

const BREAKS: ReadonlySet<Aspect> = new Set(["removed", "retyped", "disabled", "wire cut", "moved away"]);
const JOINS: ReadonlySet<Aspect> = new Set(["added", "retyped", "enabled", "wire new", "moved here"]);

/** What a warning that is new says about why a loop no longer closes by itself. */
const CAPS: Readonly<Record<string, (words: string) => string>> = {
  "unguarded-output": (words) => `${words} could write to the plant past the envelope`,
  "approval-caps": (words) => `a person approves on every path to ${words}`,
  "recorded-source": (words) => `${words} feeds it with a recording`,
};

/** Finds, among all that changed, what raised or lowered a twin: what lies on the path it lost or gained. */
export class CauseFinder {
  readonly #before: Version;
  readonly #after: Version;
  readonly #names: NodeNames;
  readonly #about = new Map<string, Statement[]>();

  constructor(before: Version, after: Version, names: NodeNames, statements: readonly Statement[]) {
    this.#before = before;
    this.#after = after;
    this.#names = names;
    for (const statement of statements) {
      const list = this.#about.get(statement.about);
      if (list === undefined) this.#about.set(statement.about, [statement]);
      else list.push(statement);
    }
  }

  /** Why a twin is gone. */
  ofTwin(node: string): string[] {
    return (this.#about.get(node) ?? [])
      .filter(({ aspect }) => aspect !== "renamed")
      .map(({ short, text }) => short ?? text);
  }

  /** @param rows the rows that are no longer wired; none where only its class or its children fell */
  ofFall(was: WiredTwin, is: WiredTwin, rows: readonly Rung[]): string[] {
    const found = this.#onPaths(was, this.#before, rows, BREAKS);
    const caps = this.#caps(was, is);
    if (found.length + caps.length > 0) return [...found, ...caps];
    const children = this.#children(was, is, (then, now) => now < then);
    return children.length > 0 ? children : this.#anyhow(was, is);
  }

  /** @param rows the rows that are wired now and were not */
  ofRise(was: WiredTwin, is: WiredTwin, rows: readonly Rung[]): string[] {
    const found = this.#onPaths(is, this.#after, rows, JOINS);
    const freed = this.#caps(is, was).map((cap) => `no longer: ${cap}`);
    if (found.length + freed.length > 0) return [...found, ...freed];
    const children = this.#children(was, is, (then, now) => now > then);
    return children.length > 0 ? children : this.#anyhow(is, was);
  }

  #onPaths(twin: WiredTwin, version: Version, rows: readonly Rung[], aspects: ReadonlySet<Aspect>): string[] {
    const states = new Set(twin.states);
    const found = new Set<string>();
    // A class is earned by the way out and back, which is row 5's.
    for (const row of rows.length > 0 ? rows : ([5] as const)) {
      const path = rows.length > 0 ? (twin.paths[row] ?? []) : twin.members;
      // Rows 2 to 4 ask only what comes after the state.
      const from =
        row >= 2 && row <= 4
          ? Math.max(
              0,
              path.findIndex((id) => states.has(id)),
            )
          : 0;
      const pieces = this.#piecesOf(path.slice(from), twin.node, version.nodes);
      const told = [...pieces]
        .flatMap((id) => this.#about.get(id) ?? [])
        .filter(({ to }) => to === undefined || pieces.has(to));
      const certain = told.filter(({ aspect, field }) =>
        aspect === "field" ? ROWS_OF_FIELD[field!]?.includes(row) : aspects.has(aspect),
      );
      const possible = told.filter(
        ({ aspect, field }) => row === 5 && aspect === "field" && LOOP_FIELDS.has(field!),
      );
      for (const { short, text } of certain.length > 0 ? certain : possible) found.add(short ?? text);
    }
    return [...found];
  }

  /** The nodes of a path, the subflows and tabs around them, and the configuration they lean on. */
  #piecesOf(path: readonly string[], twin: string, nodes: Nodes): Set<string> {
    const pieces = new Set<string>();
    for (const runtimeId of path) {
      for (const id of idsOf(runtimeId, nodes)) {
        pieces.add(id);
        const node = nodes.get(id)!;
        if (node.z !== "") pieces.add(node.z);
        for (const field of REFERENCES) {
          const named = node.raw[field];
          if (typeof named === "string" && nodes.get(named)?.isConfig) pieces.add(named);
        }
      }
    }
    return pieces.add(twin);
  }

  /** Warnings of one version that the other has not, as far as they cap a rung. */
  #caps(without: WiredTwin, having: WiredTwin): string[] {
    const known = new Set(without.warnings.map(({ code, node }) => `${code} ${node}`));
    return having.warnings.flatMap(({ code, node }) => {
      const cap = Object.hasOwn(CAPS, code) ? CAPS[code] : undefined;
      return cap === undefined || known.has(`${code} ${node}`) ? [] : [cap(this.#words(node))];
    });
  }

  #words(runtimeId: string): string {
    const version = this.#after.wiring.nodes.has(runtimeId) ? this.#after : this.#before;
    return this.#names.of(idsOf(runtimeId, version.nodes)[0] ?? runtimeId);
  }

  /** The needed parts of a twin whose own standing moved. */
  #children(was: WiredTwin, is: WiredTwin, moved: (then: number, now: number) => boolean): string[] {
    const partsOf = ({ wiring }: Version, address: string) =>
      new Map(
        wiring.twins
          .filter(({ parent, needed }) => parent === address && needed)
          .map((twin) => [twin.node, twin]),
      );
    const then = partsOf(this.#before, was.address);
    const now = partsOf(this.#after, is.address);
    return [...new Set([...then.keys(), ...now.keys()])].flatMap((node) => {
      const [old, part] = [then.get(node), now.get(node)];
      const name = oneLine((part ?? old)!.name);
      if (part === undefined) return [`${name} is no needed part of it any more`];
      if (old === undefined) return [`${name}, at ${rungInWords(part)}, is a part of it now`];
      return moved(old.wired, part.wired) ? [`its part ${name} is at ${rungInWords(part)} now`] : [];
    });
  }

  /** Where no piece of a lost path tells: whatever warns anew, else all that changed about the twin's pieces. */
  #anyhow(twin: WiredTwin, other: WiredTwin): string[] {
    const known = new Set(twin.warnings.map(({ code, node }) => `${code} ${node}`));
    const warned = other.warnings
      .filter(({ code, node }) => !known.has(`${code} ${node}`))
      .map(({ node, text }) => `${this.#words(node)}: ${text}`);
    if (warned.length > 0) return warned;
    const pieces = [...twin.members, ...other.members, twin.node].flatMap((id) => [
      ...idsOf(id, this.#before.nodes),
      ...idsOf(id, this.#after.nodes),
    ]);
    return [...new Set(pieces)].flatMap((id) =>
      (this.#about.get(id) ?? [])
        .filter(({ aspect }) => aspect !== "renamed" && aspect !== "group")
        .map(({ short, text }) => short ?? text),
    );
  }
}

/** The nodes behind an id at run time: inside a subflow the instances, innermost last, and the node itself. */
export function idsOf(runtimeId: string, nodes: Nodes): string[] {
  if (nodes.has(runtimeId)) return [runtimeId];
  for (let dash = runtimeId.indexOf("-"); dash >= 0; dash = runtimeId.indexOf("-", dash + 1)) {
    const instance = runtimeId.slice(0, dash);
    if (!nodes.get(instance)?.type.startsWith("subflow:")) continue;
    const inner = idsOf(runtimeId.slice(dash + 1), nodes);
    if (inner.length > 0) return [instance, ...inner];
  }
  return [];
}
