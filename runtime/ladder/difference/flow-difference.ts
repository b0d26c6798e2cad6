import { type FlowProblem, readFlow } from "../flow-nodes.ts";
import { type AnalyseOptions, analyse } from "../wiring.ts";
import { CauseFinder, Version } from "./causes.ts";
import { NodeNames, nameOf, SHARED } from "./node-names.ts";
import { type Statement, statementsOf, TOLD_FIRST } from "./statements.ts";
import { type TwinDifference, twinDifferences } from "./twin-difference.ts";

export type { TwinDifference };

/** What changed on one tab, in one subflow, or in the configuration that all tabs share. */
export interface PlaceDifference {
  /** Id of the tab or subflow; empty for what is shared. */
  readonly id: string;
  readonly kind: "tab" | "subflow" | "shared";
  readonly name: string;
  /** `forecast exhaust ahead: Horizon 300 s -> 600 s`. */
  readonly sentences: readonly string[];
}

/** Something in one of the flows that could not be read; the rest was compared. */
export interface DifferenceProblem extends FlowProblem {
  readonly side: "before" | "after";
}

/** What changed between two flows. */
export interface FlowDifference {
  /** Tabs first, then subflows, then what is shared; each kind in the order of names. */
  readonly places: readonly PlaceDifference[];
  readonly twins: readonly TwinDifference[];
  readonly problems: readonly DifferenceProblem[];
  /** True where nothing changed but where things stand on their canvas. */
  readonly isSame: boolean;
}

/**
 * What changed from one flow to another, in words: nodes, parameters, wires, groups, and what it did to class and rung
 * of every twin, with the cause. Where things stand, and in which order, is no change. Secrets are never shown. Pure;
 * runs in the browser; a malformed flow gives problems, never a throw. The work grows with the number of nodes, wires
 * and fields, besides that of `analyse`.
 * @param before nodes of all tabs, as Node-RED exports them
 * @param after the same, later
 */
export function flowDifference(
  before: unknown,
  after: unknown,
  options: AnalyseOptions = {},
): FlowDifference {
  const [readBefore, readAfter] = [readFlow(before), readFlow(after)];
  const was = new Version(readBefore.nodes, analyse(before, options));
  const is = new Version(readAfter.nodes, analyse(after, options));
  const names = new NodeNames(was.nodes, is.nodes);
  const statements = statementsOf(was.nodes, is.nodes, names);
  const causes = new CauseFinder(was, is, names, statements);
  const places = placesOf(statements, names, (id) => is.nodes.get(id) ?? was.nodes.get(id));
  const twins = twinDifferences(was.wiring, is.wiring, causes);
  const problems = [
    ...readBefore.problems.map((problem) => ({ side: "before" as const, ...problem })),
    ...readAfter.problems.map((problem) => ({ side: "after" as const, ...problem })),
  ];
  return { places, twins, problems, isSame: places.length === 0 && twins.length === 0 };
}

const KINDS: readonly PlaceDifference["kind"][] = ["tab", "subflow", "shared"];

function placesOf(
  statements: readonly Statement[],
  names: NodeNames,
  nodeOf: (id: string) => Parameters<typeof nameOf>[0] | undefined,
): PlaceDifference[] {
  const byPlace = new Map<string, Statement[]>();
  for (const statement of statements) {
    const list = byPlace.get(statement.place);
    if (list === undefined) byPlace.set(statement.place, [statement]);
    else list.push(statement);
  }
  const places = [...byPlace].map(([id, list]): PlaceDifference => {
    const node = nodeOf(id);
    // What concerns the tab itself comes before what stands on it.
    const rank = ({ about, to, aspect }: Statement) =>
      about === id && to === undefined ? 0 : TOLD_FIRST[aspect];
    const sentences = list
      .sort((a, b) => rank(a) - rank(b) || compare(a.text, b.text))
      .map(({ text }) => text);
    const kind = id === SHARED ? "shared" : node?.type === "subflow" ? "subflow" : "tab";
    const name = node === undefined ? names.place(id) : nameOf(node) || id;
    return { id, kind, name, sentences };
  });
  return places.sort(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compare(a.name, b.name) || compare(a.id, b.id),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
