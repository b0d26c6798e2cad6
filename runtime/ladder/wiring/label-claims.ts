import type { Rung } from "../../core/evidence.ts";
import { INSTANCE } from "../flow-index.ts";
import type { PlacedFlow, PlacedNode } from "../placed-nodes.ts";
import type { TwinClass, WiredTwin, WiringWarning } from "./wired-twin.ts";

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

/** Groups in groups beyond this are a circle, or nobody's reading. */
const MOST_GROUPS = 64;

/** A name that claims something, and the node, tab, group or subflow that has it. */
export interface Label {
  readonly node: string;
  readonly text: string;
  readonly claim: Claim;
}

/**
 * Labels that speak for a twin: its own name, names of nodes on its paths, of groups and subflows round them, and of
 * the tabs of its states.
 * @param config the twin's configuration node
 */
export function labelsRound(flow: PlacedFlow, config: PlacedNode, members: readonly PlacedNode[]): Label[] {
  const labels = new Map<string, Label | undefined>();
  const read = (node: string, text: unknown, isWhole: boolean) => {
    if (labels.has(node)) return;
    const claim = typeof text === "string" && text !== "" ? claimOf(text, isWhole) : undefined;
    labels.set(node, claim && { node, text: text as string, claim });
  };
  const { index } = flow;
  read(config.id, config.node.raw.name, true);
  for (const member of members) {
    read(member.id, member.node.raw.name, false);
    if (member.isInstance) {
      const subflow = member.type.slice(INSTANCE.length);
      read(subflow, index.node(subflow)?.raw.name, true);
    }
    const groups = new Set<string>();
    for (
      let at = index.groupOf(member.nodeId);
      at !== undefined && !groups.has(at) && groups.size < MOST_GROUPS;
      at = index.groupOf(at)
    ) {
      groups.add(at);
      if (index.standing(at)?.type === "group") read(at, index.node(at)!.raw.name, true);
    }
    if (member.role === "state") read(member.tab, index.node(member.tab)?.raw.label, true);
  }
  return [...labels.values()].filter((label) => label !== undefined);
}

/**
 * Warnings, by node of the twin, of labels that claim more than is wired. A label that is true of one of its twins is
 * true.
 * @param labelsOf `labelsRound` a twin, by its node
 */
export function contradictions(
  twins: readonly WiredTwin[],
  labelsOf: (node: string) => readonly Label[],
): Map<string, WiringWarning[]> {
  const claims = new Map<string, { label: Label; twins: WiredTwin[]; isTrue: boolean }>();
  for (const twin of twins) {
    for (const label of labelsOf(twin.node)) {
      const entry = claims.get(label.node) ?? { label, twins: [], isTrue: false };
      claims.set(label.node, entry);
      entry.twins.push(twin);
      entry.isTrue ||= isTrueOf(label.claim, twin);
    }
  }
  const warnings = new Map<string, WiringWarning[]>();
  for (const { label, twins: named, isTrue } of claims.values()) {
    if (isTrue) continue;
    const claimed = "rung" in label.claim ? `rung ${label.claim.rung}` : `class ${label.claim.class}`;
    for (const { node, wired, class: kind } of named) {
      const text = `"${label.text}" claims ${claimed}; wired is rung ${wired}, class ${kind}`;
      const list = warnings.get(node) ?? [];
      list.push({ code: "label-contradicts-wiring", node: label.node, text });
      warnings.set(node, list);
    }
  }
  return warnings;
}
