import type { Rung } from "../../core/evidence.ts";
import type { DataPathGraph } from "../graph.ts";
import type { PlacedNode } from "../placed-nodes.ts";
import type { TwinClass, WiredTwin } from "./wired-twin.ts";

/** What a label says of the ladder: a rung or a class. */
type Claim = { readonly rung: Rung } | { readonly class: TwinClass };

const CLASSES: readonly TwinClass[] = ["model", "shadow", "twin"];

/** Words that claim a rung or a class wherever they stand; "twin", "forecast" or "act" alone name a part. */
const CLAIMS: readonly { readonly words: RegExp; readonly claim: Claim }[] = [
  {
    // An autonomous vehicle is a machine, not a twin's rung.
    words:
      /\bautonom(?:ous|e[rsnm]?)?\b(?!\W+(?:mobile?|guided|driving|fahr|vehicle|robot|truck|drone|forklift|cart))/i,
    claim: { rung: 5 },
  },
  { words: /\b(?:prescriptive|präskriptive?[rsnm]?)\b/i, claim: { rung: 4 } },
  { words: /\b(?:predictive|prädiktive?[rsnm]?)\b/i, claim: { rung: 3 } },
  { words: /\bdigital(?:e[rsnm]?)?[\s-]+(?:twin|zwilling)s?\b/i, claim: { class: "twin" } },
  { words: /\bdigital(?:e[rsnm]?)?[\s-]+(?:shadow|schatten)s?\b/i, claim: { class: "shadow" } },
];

/** "level 5" by itself, not a tank's: nothing but a stop or a word for twins before and after it. */
const LEVEL =
  /(?:^|[^\p{L}\p{N}\s]\s*|\b(?:twin|shadow|autonomy|maturity|zwilling)\s+)(?:level|rung|stufe)\s*([0-5])(?=\s*(?:$|[^\p{L}\p{N}\s]|\b(?:twin|shadow|zwilling)\b))/iu;

/** What is denied or planned is not claimed. */
const DENIED =
  /\b(?:not|no|non|never|semi|towards?|future|planned|kein(?:e[rsnm]?)?|nicht|geplant)[\s-]+(?:an?\s+)?$/i;

/** @param isWhole a twin, tab, group or subflow, whose level is the ladder's; that of a single node may be a tank's */
export function claimOf(label: string, isWhole: boolean): Claim | undefined {
  for (const { words, claim } of CLAIMS) {
    const found = words.exec(label);
    if (found !== null && !DENIED.test(label.slice(0, found.index))) return claim;
  }
  const level = isWhole ? LEVEL.exec(label)?.[1] : undefined;
  return level === undefined ? undefined : { rung: Number(level) as Rung };
}

const isTrueOf = (claim: Claim, { wired, class: kind }: WiredTwin): boolean =>
  "rung" in claim ? wired >= claim.rung : CLASSES.indexOf(kind) >= CLASSES.indexOf(claim.class);

interface Label {
  readonly node: string;
  readonly text: string;
  readonly claim: Claim;
}

/**
 * Twins with a warning for every label that claims more than is wired: the twin's own name, names of nodes on its
 * paths, and of groups, subflows and tabs round them. A label that is true of one of its twins is true.
 */
export function withLabelClaims(graph: DataPathGraph, twins: readonly WiredTwin[]): WiredTwin[] {
  const labels = claimingLabels(graph);
  const contradicted = new Map<string, { label: Label; twins: WiredTwin[]; isTrue: boolean }>();
  const says = (label: Label | undefined, twin: WiredTwin) => {
    if (label === undefined) return;
    const entry = contradicted.get(label.node) ?? { label, twins: [], isTrue: false };
    contradicted.set(label.node, entry);
    if (!entry.twins.includes(twin)) entry.twins.push(twin);
    entry.isTrue ||= isTrueOf(label.claim, twin);
  };
  for (const twin of labels.isNone ? [] : twins) {
    says(labels.of(twin.node), twin);
    for (const id of new Set([...twin.states, ...twin.members]))
      for (const around of labels.round(id, twin.states.includes(id))) says(labels.of(around), twin);
  }
  const warnings = new Map<WiredTwin, WiredTwin["warnings"][number][]>();
  for (const { label, twins: named, isTrue } of contradicted.values()) {
    if (isTrue) continue;
    const claimed = "rung" in label.claim ? `rung ${label.claim.rung}` : `class ${label.claim.class}`;
    for (const twin of named) {
      const text = `"${label.text}" claims ${claimed}; wired is rung ${twin.wired}, class ${twin.class}`;
      const list = warnings.get(twin) ?? [];
      list.push({ code: "label-contradicts-wiring", node: label.node, text });
      warnings.set(twin, list);
    }
  }
  return twins.map((twin) => {
    const more = warnings.get(twin);
    return more === undefined ? twin : { ...twin, warnings: [...twin.warnings, ...more] };
  });
}

interface Labels {
  readonly isNone: boolean;
  of(id: string): Label | undefined;
  /** Ids of what a running node stands in, itself first; the tab only where it is a state. */
  round(id: string, isState: boolean): string[];
}

function claimingLabels(graph: DataPathGraph): Labels {
  const { nodes } = graph;
  const labels = new Map<string, Label>();
  const read = (node: string, text: unknown, isWhole: boolean) => {
    if (typeof text !== "string" || text === "") return;
    const claim = claimOf(text, isWhole);
    if (claim !== undefined) labels.set(node, { node, text, claim });
  };
  for (const { id, type, raw } of nodes.values()) {
    if (type === "tab") read(id, raw.label, true);
    else if (type === "subflow" || type === "group") read(id, raw.name, true);
  }
  for (const { id, node } of graph.configs.values()) read(id, node.raw.name, true);
  const placed = new Map<string, PlacedNode>();
  for (const one of graph.placed) {
    placed.set(one.id, one);
    read(one.id, one.node.raw.name, false);
  }
  return {
    isNone: labels.size === 0,
    of: (id) => labels.get(id),
    round(id, isState) {
      const one = placed.get(id);
      if (one === undefined) return [id];
      const list = new Set([id]);
      if (one.node.type.startsWith("subflow:")) list.add(one.node.type.slice("subflow:".length));
      for (let group = one.node.raw.g; typeof group === "string" && !list.has(group); ) {
        list.add(group);
        group = nodes.get(group)?.raw.g;
      }
      return isState ? [...list, one.tab] : [...list];
    },
  };
}
