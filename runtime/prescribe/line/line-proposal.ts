import { RungError } from "../../core/errors.ts";
import type { LineModel } from "../../model/line/line-model.ts";
import type { Comparison, Constraint, Recommendation } from "../recommendation.ts";
import { allocateBuffers } from "./buffer-allocation.ts";
import { leastStaff, type StaffChoice } from "./least-staff.ts";
import { compareLines, type FigureRun, interval, lineFigures, ordersDoneS } from "./line-figures.ts";
import { withPeople, withPlaces, withSequence } from "./line-variants.ts";
import type { ContestOptions } from "./ocba.ts";
import { sequenceOrders } from "./order-sequence.ts";

/** A proposed change of a line's design with its projected effect. Its parts are those of a `Recommendation`. */
export interface LineProposal
  extends Pick<Recommendation, "title" | "changes" | "comparisons" | "constraints"> {
  /** Orders in the sequence that is proposed, by their ids. */
  readonly sequence?: readonly string[];
  /** How surely it is the right choice among those that were ranked. */
  readonly selection: { readonly probability: number; readonly words: string };
}

/** Replications from here on choose nothing: they tell what the choice gives. */
const FRESH_FROM = 1_000_000;
const FRESH = 40;

const percent = (probability: number): string =>
  `${(100 * probability).toFixed(probability > 0.99 ? 2 : 1)} %`;

/**
 * Proposes how a line's buffer places are shared out.
 * @param buffers ids of those that share them
 * @param places in all; left out: as many as these buffers have now
 * @throws RungError `line-variant`, `buffer-allocation`, `contest`
 */
export function proposeBuffers(
  model: LineModel,
  buffers: readonly string[],
  run: FigureRun,
  options: {
    readonly places?: number | undefined;
    readonly budget?: number;
    readonly probability?: number;
  } = {},
): LineProposal {
  const now = buffers.map((id) => {
    const block = model.blocks.find((one) => one.id === id);
    return block?.kind === "buffer" ? (block.places ?? Number.NaN) : Number.NaN;
  });
  const places = options.places ?? now.reduce((sum, each) => sum + each, 0);
  const found = allocateBuffers(
    {
      buffers: buffers.length,
      places,
      throughput: (shared, replication) =>
        lineFigures(withPlaces(model, buffers, shared), run, replication).throughputPerHour,
    },
    options,
  );
  const { ranking } = found;
  const among = found.isExhaustive
    ? `all ${found.candidates.length} ways to share ${places} places out`
    : `the ${found.candidates.length} best ways that a search met`;
  return {
    title: `Share ${places} buffer places out as ${found.places.join(", ")}`,
    changes: buffers
      .map((id, i) => ({ target: `${id} places`, from: now[i]!, to: found.places[i]!, unit: "1" }))
      .filter(({ from, to }) => from !== to),
    comparisons: compareLines(model, withPlaces(model, buffers, found.places), run, FRESH_FROM, FRESH),
    constraints: [
      { name: "buffer places", value: places, limit: places, unit: "1", verdict: "at limit", hard: true },
    ],
    selection: {
      probability: ranking.probability,
      words: `best of ${among} with a probability of at least ${percent(ranking.probability)}`,
    },
  };
}

/**
 * Proposes the fewest operators with whom a line reaches its target.
 * @param targetPerHour parts
 * @throws RungError `line-variant`, `staff`; `no-staff` where no number of people surely reaches it
 */
export function proposeStaff(
  model: LineModel,
  targetPerHour: number,
  run: FigureRun,
  options: { readonly most?: number; readonly probability?: number } = {},
): LineProposal {
  const groups = model.operators?.groups ?? [];
  const { most = 2 * Math.max(0, ...groups.map(({ count }) => count)) } = options;
  const { chosen, looked, probability } = leastStaff(
    {
      groups: groups.map(() => ({ least: 1, most })),
      target: targetPerHour,
      throughput: (people, replication) =>
        lineFigures(withPeople(model, people), run, replication).throughputPerHour,
    },
    options,
  );
  if (chosen === undefined) {
    const best = looked.reduce<StaffChoice>(
      (one, other) => (other.throughput.value > one.throughput.value ? other : one),
      looked[0]!,
    );
    throw new RungError({
      code: "no-staff",
      where: model.name,
      what: `no number of operators surely makes ${targetPerHour} per hour; ${best.people.join(", ")} make ${best.throughput.value.toFixed(1)}`,
      advice: "lower the target, allow more people, or look at what else holds the line up",
    });
  }
  const { people, throughput } = chosen;
  return {
    title: `${people.reduce((sum, each) => sum + each, 0)} operators make ${targetPerHour} per hour`,
    changes: groups
      .map(({ id, count }, i) => ({ target: `${id} people`, from: count, to: people[i]!, unit: "1" }))
      .filter(({ from, to }) => from !== to),
    comparisons: compareLines(model, withPeople(model, people), run, FRESH_FROM, FRESH),
    constraints: [
      {
        name: "throughput",
        value: throughput.low,
        limit: targetPerHour,
        unit: "1/h",
        verdict: "free",
        hard: true,
      },
    ],
    selection: {
      probability,
      words: `fewest of ${looked.length} choices looked at; with a probability of at least ${percent(probability)} none is told to reach the target that misses it`,
    },
  };
}

/**
 * Proposes a sequence of the model's orders that is done early.
 * @throws RungError `line-orders`, `sequence`
 */
export function proposeSequence(
  model: LineModel,
  run: FigureRun,
  options: Partial<ContestOptions> = {},
): LineProposal {
  const orders = model.orders ?? [];
  const cost = (sequence: readonly number[], replication: number): number =>
    ordersDoneS(withSequence(model, sequence), run, replication);
  const { sequence, candidates, ranking } = sequenceOrders({ orders: orders.length, cost }, options);
  const given = orders.map((_, i) => i);
  const fresh = Array.from({ length: FRESH }, (_, k) => FRESH_FROM + k);
  const before = fresh.map((replication) => cost(given, replication));
  const after = fresh.map((replication) => cost(sequence, replication));
  const done: Comparison = {
    what: "all orders done after",
    unit: "s",
    baseline: interval(before),
    scenario: interval(after),
    difference: interval(after.map((value, k) => value - before[k]!)),
  };
  const constraints: readonly Constraint[] = [];
  const names = sequence.map((i) => orders[i]!.id);
  return {
    title: `Make the orders in the sequence ${names.join(", ")}`,
    changes: [],
    sequence: names,
    comparisons: [done],
    constraints,
    selection: {
      probability: ranking.probability,
      words: `best of the ${candidates.length} sequences that a search kept with a probability of at least ${percent(ranking.probability)}`,
    },
  };
}
