import { movedEnds, type RawNode, referencesOf } from "./merge-content.ts";
import { otherOf, SIDES, type Side, type SidesOfNode } from "./merge-sides.ts";
import type { NodeNames } from "./node-names.ts";

/** What both sides changed so that only a person can say which holds. */
export interface MergeConflict {
  /** Id of the tab, subflow or configuration node to choose for. */
  readonly place: string;
  /** Everything the choice is about: places hang together where one half of each would leave an end loose. */
  readonly places: readonly string[];
  readonly name: string;
  /** Why it is one; `you` has made mine, `they` theirs. */
  readonly sentences: readonly string[];
}

const WHOSE: Readonly<Record<Side, string>> = { mine: "Your", theirs: "Their" };

/**
 * Which places conflict, and which of them hang together: whichever side is then taken for each, every wire and
 * configuration has both its ends, and a node that was moved stands once.
 */
export class Knots {
  readonly #sides: ReadonlyMap<string, SidesOfNode>;
  readonly #names: NodeNames;
  readonly #parent = new Map<string, string>();
  readonly #reasons: { readonly place: string; readonly sentence: string }[] = [];
  /** What was asked for since the last tie. */
  #places: Map<string, string[]> | undefined;

  constructor(sides: ReadonlyMap<string, SidesOfNode>, names: NodeNames) {
    this.#sides = sides;
    this.#names = names;
  }

  /** Makes these places one conflict. @returns whether they were not yet */
  tie(places: readonly string[], sentence: string): boolean {
    const fresh = places.filter((place) => !this.#parent.has(place));
    for (const place of fresh) this.#parent.set(place, place);
    const roots = new Set(places.map((place) => this.#root(place)));
    if (fresh.length === 0 && roots.size === 1) return false;
    const [first] = roots;
    for (const root of roots) this.#parent.set(root, first!);
    this.#places = undefined;
    this.#reasons.push({ place: first!, sentence });
    return true;
  }

  /** Says why of places that are in conflict already. */
  explain(place: string, sentence: string): void {
    this.#reasons.push({ place, sentence });
  }

  isTied(node: SidesOfNode): boolean {
    return node.places.some((place) => this.#parent.has(place));
  }

  areOne(places: readonly string[]): boolean {
    return (
      places.every((place) => this.#parent.has(place)) &&
      new Set(places.map((place) => this.#root(place))).size === 1
    );
  }

  /** The place to choose for, where a node is in a conflict. */
  conflictOf(node: SidesOfNode): string | undefined {
    const place = node.places.find((one) => this.#parent.has(one));
    return place === undefined ? undefined : this.#byRoot().get(this.#root(place))![0];
  }

  conflicts(): MergeConflict[] {
    return [...this.#byRoot()].map(([root, places]) => {
      const sentences = this.#reasons
        .filter(({ place }) => this.#root(place) === root)
        .map(({ sentence }) => sentence);
      return {
        place: places[0]!,
        places,
        name: places.map((place) => this.#names.of(place)).join(", "),
        sentences: [...new Set(sentences)],
      };
    });
  }

  /** Tied places by their root: tabs before subflows before configuration, each as they stand in the flows. */
  #byRoot(): Map<string, string[]> {
    if (this.#places !== undefined) return this.#places;
    const rank = (place: string) => {
      const type = anyOf(this.#sides.get(place))?.type;
      return type === "tab" ? 0 : type === "subflow" ? 1 : 2;
    };
    const tied = [...this.#sides.keys()].filter((place) => this.#parent.has(place));
    this.#places = new Map();
    for (const place of tied.sort((a, b) => rank(a) - rank(b))) {
      const root = this.#root(place);
      this.#places.set(root, [...(this.#places.get(root) ?? []), place]);
    }
    return this.#places;
  }

  #root(place: string): string {
    let at = place;
    for (let up = this.#parent.get(at)!; up !== at; up = this.#parent.get(at)!) at = up;
    return at;
  }
}

/** Finds every conflict between two sides. */
export function knotsOf(sides: ReadonlyMap<string, SidesOfNode>, names: NodeNames): Knots {
  const knots = new Knots(sides, names);
  tieWhatMeets(sides, knots, names);
  tieLooseEnds(sides, knots, names);
  return knots;
}

/** Nodes that both sides touched: changed, removed, or laid a wire to. */
function tieWhatMeets(sides: ReadonlyMap<string, SidesOfNode>, knots: Knots, names: NodeNames): void {
  const [mine, theirs] = [touchedBy("mine", sides), touchedBy("theirs", sides)];
  for (const node of sides.values()) {
    const { id, changed, entered, isAgreed } = node;
    const sentence = (() => {
      if (!isAgreed && changed.mine && changed.theirs) return bothChanged(node, names);
      if (entered.mine && (entered.theirs || node.theirs === undefined)) return bothChanged(node, names);
      if (entered.theirs && node.mine === undefined) return bothChanged(node, names);
      if (mine.has(id) && theirs.has(id)) return wiresMeet(node, names);
      return undefined;
    })();
    if (sentence !== undefined && !knots.tie(node.places, sentence)) knots.explain(node.places[0]!, sentence);
  }
}

/** Ids of what one side changed and of the ends of the wires it laid or took away. */
function touchedBy(side: Side, sides: ReadonlyMap<string, SidesOfNode>): Set<string> {
  const touched = new Set<string>();
  for (const node of sides.values()) {
    if (node.isAgreed || !node.changed[side]) continue;
    touched.add(node.id);
    for (const end of movedEnds(node.base, node[side])) touched.add(end);
  }
  return touched;
}

function wiresMeet(node: SidesOfNode, names: NodeNames): string {
  const { mine, theirs } = node.changed;
  if (mine === theirs) return `You and they both changed wires at ${names.of(node.id)}.`;
  return mine
    ? `You changed ${names.of(node.id)}, they changed a wire at it.`
    : `They changed ${names.of(node.id)}, you changed a wire at it.`;
}

function bothChanged(node: SidesOfNode, names: NodeNames): string {
  if (node.mine === undefined) return `You deleted ${names.of(node.id)}, they changed it.`;
  if (node.theirs === undefined) return `They deleted ${names.of(node.id)}, you changed it.`;
  return `You and they both changed ${names.of(node.id)}.`;
}

/**
 * A node of one side may need what only that side has: where that could be taken from the other, both places are
 * one conflict. A tie makes new ones possible, so this goes on until there is none.
 */
function tieLooseEnds(sides: ReadonlyMap<string, SidesOfNode>, knots: Knots, names: NodeNames): void {
  const needs = needsOf(sides);
  const mayBe = (node: SidesOfNode, side: Side) => knots.isTied(node) || node.changed[side];
  let isSettled = false;
  while (!isSettled) {
    isSettled = true;
    for (const { from, to, side } of needs) {
      const places = [...from.places, ...to.places];
      if (!mayBe(from, side) || !mayBe(to, otherOf(side)) || knots.areOne(places)) continue;
      knots.tie(
        places,
        `${WHOSE[side]} ${names.of(from.id)} needs ${names.of(to.id)}, ${absence(to, side)}.`,
      );
      isSettled = false;
    }
    for (const node of sides.values()) {
      if (node.places.length < 2 || !knots.isTied(node) || knots.areOne(node.places)) continue;
      knots.tie(node.places, `A side moved ${names.of(node.id)} between them.`);
      isSettled = false;
    }
  }
}

interface Need {
  readonly from: SidesOfNode;
  readonly to: SidesOfNode;
  readonly side: Side;
}

/** What stands on one side only and is named by a node that differs. */
function needsOf(sides: ReadonlyMap<string, SidesOfNode>): Need[] {
  const needs: Need[] = [];
  for (const side of SIDES) {
    const isLone = (id: string) => {
      const node = sides.get(id);
      return node?.[side] !== undefined && node[otherOf(side)] === undefined;
    };
    for (const from of sides.values()) {
      const raw = from[side];
      if (raw === undefined || from.isAgreed) continue;
      for (const id of referencesOf(raw, isLone)) needs.push({ from, to: sides.get(id)!, side });
    }
  }
  return needs;
}

function absence({ base }: SidesOfNode, side: Side): string {
  if (base === undefined) return side === "mine" ? "which they do not have" : "which you do not have";
  return side === "mine" ? "which they deleted" : "which you deleted";
}

const anyOf = (node: SidesOfNode | undefined): RawNode | undefined =>
  node?.mine ?? node?.theirs ?? node?.base;
