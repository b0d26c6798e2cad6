import type { Rung } from "../../core/evidence.ts";
import type { FlowProblem } from "../flow-nodes.ts";
import type { DataPathGraph } from "../graph.ts";
import { type Cells, sameData, sameList } from "../incremental/cells.ts";
import type { PlacedNode } from "../placed-nodes.ts";
import type { DeclaredRole } from "../roles.ts";
import { declaredTwin, declaredTwins, statesByTwin } from "./declared-twins.ts";
import { federatedRungs, parentAddresses } from "./federation.ts";
import { examine, type Findings } from "./findings.ts";
import { hiddenUse, hiddenWays, leadsToPiece } from "./hidden-ways.ts";
import { TwinHints } from "./hints.ts";
import { contradictions, labelsRound } from "./label-claims.ts";
import { namedModels } from "./models.ts";
import type { Reach, Search } from "./reach.ts";
import { actuateWithEnvelopes, pastState, warningsOfStrays } from "./strays.ts";
import {
  cumulative,
  describeTwin,
  isNeeded,
  type JudgedRows,
  judgeRows,
  withFamily,
} from "./verdict-of-twin.ts";
import type { UnguardedOutput, WiredTwin, Wiring, WiringWarning } from "./wired-twin.ts";

/** What the wires of a flow say about its twins, brought up to date when it is asked for. */
export interface WiringCells {
  /** Makes every search; gives the edges that they looked at. To be asked before the twins. */
  steps(): number;
  twins(): readonly WiredTwin[];
  /** Ways past the wires. */
  notAnalysable(): Wiring["notAnalysable"];
  outputs(): readonly UnguardedOutput[];
  /** Of twins, their parents, and states. */
  problems(): readonly FlowProblem[];
}

/**
 * Searches are made once per twin, source and actuate, and joined over the flow; what is joined is taken apart again
 * for each twin, so that a twin whose part stays the same is left alone.
 * @param isWhole false where part of the flow was not searched
 */
export function wiringCells(
  cells: Cells,
  graph: DataPathGraph,
  reach: Reach,
  declaredRoles: Readonly<Record<string, DeclaredRole>>,
  isWhole: () => boolean,
): WiringCells {
  // Below, a twin is known by the id of its configuration node.

  const declaration = cells.by(
    (config: PlacedNode) => declaredTwin(graph, config),
    (a, b) => sameData({ ...a, placed: "" }, { ...b, placed: "" }),
  );
  const declared = cells.cell(() => {
    const problems: FlowProblem[] = [];
    const configs = graph.flow.index.withRole("twin").flatMap((id) => graph.flow.placesOf(id, "config"));
    const twins = declaredTwins(configs.map(declaration), problems);
    return { twins, byNode: new Map(twins.map((twin) => [twin.node, twin])), problems };
  });
  const twinAt = cells.by((node: string) => declared.get().byNode.get(node));

  const states = cells.cell(() => {
    const problems: FlowProblem[] = [];
    return { byTwin: statesByTwin(graph, declared.get().twins, problems), problems };
  });
  const statesOf = cells.by(
    (node: string): readonly number[] => states.get().byTwin.get(node) ?? [],
    sameList,
  );

  const parents = cells.cell(() => {
    const problems: FlowProblem[] = [];
    const byAddress = parentAddresses(declared.get().twins, problems);
    return { byAddress, isParent: new Set(byAddress.values()), problems };
  });

  const use = cells.by((vertex: number) => hiddenUse(graph.vertices[vertex]!.placed), sameData);
  const leads = cells.by((vertex: number) => leadsToPiece(graph, reach, vertex), sameSearch);
  const hidden = cells.cell(() => {
    let steps = 0;
    const leadsOn = (vertex: number) => {
      const search = leads(vertex);
      steps += search.steps;
      return search.found.length > 0;
    };
    return { ...hiddenWays(graph, use, leadsOn), steps };
  }, sameData);

  const findingsOf = cells.by(
    (node: string): Findings =>
      examine(graph, reach, twinAt(node)!, statesOf(node), twinAt, hidden.get().ways),
  );
  const found = () => declared.get().twins.map(({ node }) => findingsOf(node));

  const hints = cells.cell(() => new TwinHints(graph, declared.get().twins, states.get().byTwin));
  const past = cells.by((source: number) => pastState(graph, reach, source), sameSearch);
  const named = cells.by((actuate: number) => actuateWithEnvelopes(graph, reach, actuate), sameSearch);
  const strays = cells.cell(() => {
    let steps = 0;
    const counted = (search: Search) => {
      steps += search.steps;
      return search.found;
    };
    const warnings = warningsOfStrays(
      graph,
      hints.get(),
      found(),
      (source) => counted(past(source)),
      (actuate) => counted(named(actuate)),
    );
    return { warnings, steps };
  });
  const straysOf = cells.by(
    (node: string): readonly WiringWarning[] => strays.get().warnings.get(node) ?? [],
    sameData,
  );

  const models = cells.cell(() => namedModels(graph, declared.get().twins));
  const modelsOf = cells.by((node: string): readonly number[] => models.get().get(node) ?? [], sameList);
  const judgedOf = cells.by(
    (node: string): JudgedRows => judgeRows(graph, findingsOf(node), modelsOf(node), isWhole()),
  );
  const judged = () => declared.get().twins.map(({ node }) => judgedOf(node));

  const loose = cells.cell(() => {
    const members = new Set<string>();
    for (const twin of judged()) for (const { id } of twin.members) members.add(id);
    return hints.get().loose(members);
  });
  const looseOf = cells.by((node: string): readonly number[] => loose.get().get(node) ?? [], sameList);

  const rungs = cells.cell((): Map<string, Rung> => {
    const { byAddress } = parents.get();
    const members = judged().map(({ findings, rows }) => {
      const { address } = findings.twin;
      const member = {
        parent: byAddress.get(address) ?? null,
        needed: isNeeded(findings),
        hasState: findings.states.length > 0,
        own: cumulative(rows),
      };
      return [address, member] as const;
    });
    return federatedRungs(new Map(members));
  });
  const placeInFamily = cells.by((node: string) => {
    const { address } = twinAt(node)!;
    const { byAddress, isParent } = parents.get();
    return {
      wired: rungs.get().get(address)!,
      parent: byAddress.get(address) ?? null,
      isParent: isParent.has(address),
    };
  }, sameData);
  const described = cells.by((node: string) =>
    describeTwin(graph, judgedOf(node), {
      ...placeInFamily(node),
      loose: looseOf(node),
      strays: straysOf(node),
      declared: declaredRoles,
    }),
  );

  const family = cells.cell<readonly WiredTwin[]>(
    () => withFamily(declared.get().twins.map(({ node }) => described(node))),
    sameList,
  );
  const labelsOf = cells.by((node: string) => {
    return labelsRound(graph.flow, twinAt(node)!.placed, judgedOf(node).members);
  }, sameData);
  const contradicted = cells.cell(() => contradictions(family.get(), labelsOf));
  const contradictionsOf = cells.by(
    (node: string): readonly WiringWarning[] => contradicted.get().get(node) ?? [],
    sameData,
  );
  const inFamily = cells.cell(() => new Map(family.get().map((twin) => [twin.node, twin])));
  const familyOf = cells.by(
    (node: string) => inFamily.get().get(node)!,
    (a, b) => a === b || sameData(a, b),
  );
  const labelled = cells.by((node: string): WiredTwin => {
    const twin = familyOf(node);
    const more = contradictionsOf(node);
    return more.length === 0 ? twin : { ...twin, warnings: [...twin.warnings, ...more] };
  });
  const twins = cells.cell<readonly WiredTwin[]>(
    () => declared.get().twins.map(({ node }) => labelled(node)),
    sameList,
  );
  const outputs = cells.cell<readonly UnguardedOutput[]>(() => {
    const reached = new Map<string, { node: string; type: string; twins: string[] }>();
    for (const vertex of graph.withRole("unguarded output")) {
      const { id, placed } = graph.vertices[vertex]!;
      reached.set(id, { node: id, type: placed.type, twins: [] });
    }
    for (const { twin, unguarded } of found())
      for (const id of unguarded.keys()) reached.get(id)!.twins.push(twin.address);
    return [...reached.values()];
  }, sameData);

  return {
    steps: () => found().reduce((sum, { steps }) => sum + steps, strays.get().steps + hidden.get().steps),
    notAnalysable: () => hidden.get().notAnalysable,
    twins: () => twins.get(),
    outputs: () => outputs.get(),
    problems: () => [...declared.get().problems, ...parents.get().problems, ...states.get().problems],
  };
}

const sameSearch = (before: Search, after: Search): boolean =>
  before.steps === after.steps && sameList(before.found, after.found);
