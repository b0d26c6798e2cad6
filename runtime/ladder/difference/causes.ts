import type { Rung } from "../../core/evidence.ts";
import type { FlowNode } from "../flow-nodes.ts";
import { rungInWords } from "../rung-words.ts";
import type { WiredTwin, Wiring } from "../wiring/wired-twin.ts";
import type { NodeNames } from "./node-names.ts";
import { oneLine } from "./one-line.ts";
import { idsOf } from "./runtime-ids.ts";
import { type Aspect, type Statement, TOLD_FIRST } from "./statements.ts";

type Nodes = ReadonlyMap<string, FlowNode>;

/** One version of a flow. */
export class Version {
  readonly nodes: Nodes;
  readonly wiring: Wiring;
  /** The needed parts of each twin, by its address. */
  readonly parts = new Map<string, WiredTwin[]>();

  constructor(nodes: Nodes, wiring: Wiring) {
    this.nodes = nodes;
    this.wiring = wiring;
    for (const twin of wiring.twins) {
      if (twin.parent === null || !twin.needed) continue;
      const list = this.parts.get(twin.parent);
      if (list === undefined) this.parts.set(twin.parent, [twin]);
      else list.push(twin);
    }
  }
}

const ALL_ROWS: readonly Rung[] = [0, 1, 2, 3, 4, 5];

/** Rows that a parameter of a node on their path can raise or lower. Others, such as a horizon, never do. */
const ROWS_OF_FIELD: ReadonlyMap<string, readonly Rung[]> = new Map<string, readonly Rung[]>([
  ["env", ALL_ROWS],
  ["historian", [1]],
  ["link", [1, 5]],
  ["linkType", ALL_ROWS],
  ["mode", ALL_ROWS],
  ["scoreBaseline", [3]],
  ["twin", ALL_ROWS],
]);
/** What decides whether a target comes back. Most changes of it do no harm, so it is named only where nothing else is. */
const LOOP_FIELDS = new Set(["address", "bindings", "mapping", "properties", "reality", "targets"]);
/** Fields by which a piece leans on a configuration node. */
const REFERENCES = ["link", "twin", "historian", "actuator"];

const BREAKS: ReadonlySet<Aspect> = new Set(["removed", "retyped", "disabled", "wire cut"]);
const JOINS: ReadonlySet<Aspect> = new Set(["added", "retyped", "enabled", "wire new"]);

/** So few changes need no path to be the cause; of so many it is not asked. */
const FEW = 2;
const MANY = 20;

/** What a warning that is new says about why a loop no longer closes by itself. */
const CAPS: Readonly<Record<string, (words: string) => string>> = {
  "unguarded-output": (words) => `${words} could write to the plant past the envelope`,
  "approval-caps": (words) => `a person approves on every path to ${words}`,
  "no-request-block": (words) => `the PLC has no request block for what ${words} proposes`,
  "recorded-source": (words) => `${words} feeds it with a recording`,
};

/** On a tab that is disabled, or in a subflow, where no wire of the others reaches it. */
function isOutOfPlay(id: string, nodes: Nodes): boolean {
  const place = nodes.get(nodes.get(id)?.z ?? "");
  return place === undefined || place.disabled || place.type === "subflow";
}

/** Statements as causes, each once, without the wires of what was added: a new node is wired in, of course. */
function inOrder(found: readonly Statement[]): string[] {
  const added = new Set(found.flatMap(({ aspect, about }) => (aspect === "added" ? [about] : [])));
  return found
    .filter(({ about, to }) => to === undefined || !(added.has(about) || added.has(to)))
    .sort((a, b) => TOLD_FIRST[a.aspect] - TOLD_FIRST[b.aspect] || (a.text < b.text ? -1 : 1))
    .map(sentence);
}

const sentence = ({ short, text }: Statement): string => short ?? text;

/** Finds, among all that changed, what raised or lowered a twin: what lies on the path it lost or gained. */
export class CauseFinder {
  readonly #before: Version;
  readonly #after: Version;
  readonly #names: NodeNames;
  readonly #about = new Map<string, Statement[]>();
  /** All but names and groups, which raise and lower nothing. */
  readonly #plausible: readonly Statement[];

  constructor(before: Version, after: Version, names: NodeNames, statements: readonly Statement[]) {
    this.#before = before;
    this.#after = after;
    this.#names = names;
    this.#plausible = statements.filter(
      ({ aspect }) => aspect !== "renamed" && aspect !== "group" && aspect !== "moved away",
    );
    for (const statement of statements) {
      const list = this.#about.get(statement.about);
      if (list === undefined) this.#about.set(statement.about, [statement]);
      else list.push(statement);
    }
  }

  /** Why a twin is gone. */
  ofTwin(node: string): string[] {
    return inOrder((this.#about.get(node) ?? []).filter(({ aspect }) => aspect !== "renamed"));
  }

  /** @param rows the rows that are no longer wired; none where only its class or its children fell */
  ofFall(was: WiredTwin, is: WiredTwin, rows: readonly Rung[]): string[] {
    const found = this.#onPaths(was, rows, { having: this.#before, lacking: this.#after, aspects: BREAKS });
    const caps = this.#caps(was, is, rows);
    if (found.length + caps.length > 0) return [...found, ...caps];
    const children = this.#children(was, is, (then, now) => now < then);
    return children.length > 0 ? children : this.#anyhow(was, is, "");
  }

  /** @param rows the rows that are wired now and were not */
  ofRise(was: WiredTwin, is: WiredTwin, rows: readonly Rung[]): string[] {
    const found = this.#onPaths(is, rows, { having: this.#after, lacking: this.#before, aspects: JOINS });
    const freed = this.#caps(is, was, rows).map((cap) => `no longer: ${cap}`);
    if (found.length + freed.length > 0) return [...found, ...freed];
    const children = this.#children(was, is, (then, now) => now > then);
    return children.length > 0 ? children : this.#anyhow(is, was, "no longer: ");
  }

  /** What changed on the paths of a twin that one version has and the other lacks. */
  #onPaths(
    twin: WiredTwin,
    rows: readonly Rung[],
    between: { readonly having: Version; readonly lacking: Version; readonly aspects: ReadonlySet<Aspect> },
  ): string[] {
    const states = new Set(twin.states);
    const found = new Set<Statement>();
    // A class is earned by the way out and back, which is row 5's.
    for (const row of rows.length > 0 ? rows : ([5] as const)) {
      const path = rows.length > 0 ? (twin.paths[row] ?? []) : twin.members;
      // Rows 2 to 4 ask only what comes after the state.
      const from = row >= 2 && row <= 4 ? path.findIndex((id) => states.has(id)) : 0;
      const pieces = this.#piecesOf(path.slice(Math.max(0, from)), twin.node, between.having.nodes);
      const told = [...pieces]
        .flatMap((id) => this.#about.get(id) ?? [])
        .filter(({ to }) => to === undefined || pieces.has(to));
      const certain = told.filter(({ aspect, field, about }) => {
        if (aspect === "field") return ROWS_OF_FIELD.get(field!)?.includes(row);
        if (aspect === "moved here") return isOutOfPlay(about, between.lacking.nodes);
        return between.aspects.has(aspect);
      });
      const possible = told.filter(
        ({ aspect, field }) => row === 5 && aspect === "field" && LOOP_FIELDS.has(field!),
      );
      for (const statement of certain.length > 0 ? certain : possible) found.add(statement);
    }
    return inOrder([...found]);
  }

  /** The nodes of a path, the groups, subflows and tabs around them, and the configuration they lean on. */
  #piecesOf(path: readonly string[], twin: string, nodes: Nodes): Set<string> {
    const pieces = new Set<string>();
    for (const runtimeId of path) {
      for (const id of idsOf(runtimeId, nodes)) {
        pieces.add(id);
        const node = nodes.get(id)!;
        if (node.z !== "") pieces.add(node.z);
        if (typeof node.raw.g === "string") pieces.add(node.raw.g);
        for (const field of REFERENCES) {
          const named = node.raw[field];
          if (typeof named === "string" && nodes.get(named)?.isConfig) pieces.add(named);
        }
      }
    }
    return pieces.add(twin);
  }

  /** Warnings of one version that the other has not, as far as they cap a rung. */
  #caps(without: WiredTwin, having: WiredTwin, rows: readonly Rung[]): string[] {
    if (!rows.includes(5) && without.class === having.class) return [];
    const known = new Set(without.warnings.map(({ code, node }) => `${code} ${node}`));
    return having.warnings.flatMap(({ code, node }) => {
      const cap = Object.hasOwn(CAPS, code) ? CAPS[code] : undefined;
      return cap === undefined || known.has(`${code} ${node}`) ? [] : [cap(this.#words(node))];
    });
  }

  #words(runtimeId: string): string {
    const version = this.#after.wiring.nodes.has(runtimeId) ? this.#after : this.#before;
    return this.#names.atRuntime(runtimeId, version.nodes);
  }

  /** The needed parts of a twin whose own standing moved. */
  #children(was: WiredTwin, is: WiredTwin, moved: (then: number, now: number) => boolean): string[] {
    const then = new Map((this.#before.parts.get(was.address) ?? []).map((part) => [part.node, part]));
    const now = new Map((this.#after.parts.get(is.address) ?? []).map((part) => [part.node, part]));
    return [...new Set([...then.keys(), ...now.keys()])].flatMap((node) => {
      const [old, part] = [then.get(node), now.get(node)];
      const name = oneLine((part ?? old)!.name);
      if (part === undefined) return [`${name} is no needed part of it any more`];
      if (old === undefined)
        return [`${name}, at ${rungInWords(part.wired, part.capabilities)}, is a part of it now`];
      return moved(old.wired, part.wired)
        ? [`its part ${name} is at ${rungInWords(part.wired, part.capabilities)} now`]
        : [];
    });
  }

  /**
   * Where no piece of a path tells: the change, where there are hardly others; else what the wires warn of in the
   * version that has less; else all that changed about the twin's pieces.
   */
  #anyhow(having: WiredTwin, lacking: WiredTwin, warned: string): string[] {
    const all = this.#plausible.length <= MANY ? inOrder(this.#plausible) : [];
    if (all.length > 0 && all.length <= FEW) return all;
    const known = new Set(having.warnings.map(({ code, node }) => `${code} ${node}`));
    const warnings = lacking.warnings
      .filter(({ code, node }) => !known.has(`${code} ${node}`))
      .map(({ node, text }) => `${warned}${this.#words(node)}: ${text}`);
    if (warnings.length > 0) return warnings;
    const pieces = new Set(
      [...having.members, ...lacking.members, having.node].flatMap((id) => [
        ...idsOf(id, this.#before.nodes),
        ...idsOf(id, this.#after.nodes),
      ]),
    );
    return inOrder(this.#plausible.filter(({ about }) => pieces.has(about)));
  }
}
