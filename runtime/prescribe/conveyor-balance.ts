import { RungError } from "../core/errors.ts";

/** A buffer beside the oven, in bodies. */
export interface Buffer {
  readonly capacity: number;
  readonly level: number;
}

/** A conveyor setting for one slot: bodies it carries and what they cost, with the setpoints that belong to it. */
export interface ConveyorRate {
  readonly bodies: number;
  readonly kWh: number;
}

/**
 * An oven between two buffers over equal slots of time. Its conveyor is full, so that each place it moves takes one
 * body in and lets one out, and bodies are whole.
 */
export interface BalanceProblem {
  /** Bodies that come into the buffer before the oven in each slot. */
  readonly arrivals: readonly number[];
  /** Bodies that the booth takes from the buffer behind it in each slot. */
  readonly takes: readonly number[];
  readonly before: Buffer;
  readonly after: Buffer;
  /** Ascending by bodies. */
  readonly rates: readonly ConveyorRate[];
  /** Furthest a slot's rate may be from the one before it, in places of `rates`. */
  readonly mostStep: number;
  /** Least level behind the oven at the end; left out, that of the beginning, so that no stock is eaten up. */
  readonly afterAtEnd?: number;
}

export interface BalanceResult {
  /** Bodies per slot. */
  readonly bodies: readonly number[];
  /** Levels at the end of each slot. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly kWh: number;
}

const MOST_CAPACITY = 2000;
const MOST_SLOTS = 500;

/**
 * The rates of least energy with which the booth never waits and no buffer overflows, by dynamic programming
 * (Bellman 1957): exact, since what both buffers hold together follows from arrivals and takes alone, so that the
 * level before the oven and the last rate are the whole state. Within a slot any order of events is allowed for: the
 * oven starts on what stood there at the slot's begin, and a buffer has room for all that comes before anything goes.
 * @returns undefined where no rates keep that
 * @throws RungError `conveyor-balance`
 */
export function balanceConveyor(problem: BalanceProblem): BalanceResult | undefined {
  check(problem);
  const { arrivals, takes, before, after, rates, mostStep } = problem;
  const slots = arrivals.length;
  const levels = before.capacity + 1;
  const size = levels * rates.length;
  const stocks = stockBySlot(problem);
  let cost = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  // Before the first slot any rate may have been in force.
  for (let r = 0; r < rates.length; r++) cost[before.level * rates.length + r] = 0;
  const cameFrom: Int32Array[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const next = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(size).fill(-1);
    for (let state = 0; state < size; state++) {
      if (cost[state] === Number.POSITIVE_INFINITY) continue;
      const level = Math.floor(state / rates.length);
      const behind = stocks[slot]! - level;
      if (level + arrivals[slot]! > before.capacity || behind < takes[slot]!) continue;
      const last = state % rates.length;
      for (let r = Math.max(0, last - mostStep); r <= Math.min(rates.length - 1, last + mostStep); r++) {
        const { bodies, kWh } = rates[r]!;
        if (bodies > level || behind + bodies > after.capacity) continue;
        const reached = (level - bodies + arrivals[slot]!) * rates.length + r;
        if (cost[state]! + kWh >= next[reached]!) continue;
        next[reached] = cost[state]! + kWh;
        from[reached] = state;
      }
    }
    cost = next;
    cameFrom.push(from);
  }
  const afterAtEnd = problem.afterAtEnd ?? after.level;
  let best = -1;
  for (let state = 0; state < size; state++) {
    if (stocks[slots]! - Math.floor(state / rates.length) < afterAtEnd) continue;
    if (cost[state]! < (best < 0 ? Number.POSITIVE_INFINITY : cost[best]!)) best = state;
  }
  return best < 0 ? undefined : traced(problem, cameFrom, stocks, best, cost[best]!);
}

/** What both buffers hold together at the begin of each slot, and at the end. */
function stockBySlot({ arrivals, takes, before, after }: BalanceProblem): number[] {
  const stocks = [before.level + after.level];
  for (const [slot, come] of arrivals.entries()) stocks.push(stocks[slot]! + come - takes[slot]!);
  return stocks;
}

function traced(
  { rates }: BalanceProblem,
  cameFrom: readonly Int32Array[],
  stocks: readonly number[],
  end: number,
  kWh: number,
): BalanceResult {
  const states: number[] = [];
  for (let slot = cameFrom.length - 1, state = end; slot >= 0; slot--) {
    states.unshift(state);
    state = cameFrom[slot]![state]!;
  }
  const before = states.map((state) => Math.floor(state / rates.length));
  return {
    bodies: states.map((state) => rates[state % rates.length]!.bodies),
    before,
    after: before.map((level, slot) => stocks[slot + 1]! - level),
    kWh,
  };
}

function check(problem: BalanceProblem): void {
  const { arrivals, takes, before, after, rates, mostStep } = problem;
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "conveyor-balance", where: "buffers", what, advice });
  };
  const isCount = (value: unknown, most: number): boolean =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
  for (const [key, list] of Object.entries({ arrivals, takes })) {
    const isFine =
      Array.isArray(list) && list.length <= MOST_SLOTS && list.every((n) => isCount(n, MOST_CAPACITY));
    if (!isFine)
      refuse(
        `${key} must be up to ${MOST_SLOTS} whole numbers from 0 to ${MOST_CAPACITY}`,
        `parameter ${key}`,
      );
  }
  if (arrivals.length !== takes.length || arrivals.length === 0)
    refuse(
      `arrivals has ${arrivals.length} slots, takes ${takes.length}`,
      "give both a number for each slot",
    );
  for (const [key, buffer] of Object.entries({ before, after })) {
    if (!isCount(buffer?.capacity, MOST_CAPACITY))
      refuse(
        `${key}: capacity must be a whole number from 0 to ${MOST_CAPACITY}`,
        `parameter ${key}.capacity`,
      );
    if (!isCount(buffer.level, buffer.capacity))
      refuse(`${key}: level must be a whole number up to its capacity`, `parameter ${key}.level`);
  }
  const isAscending = rates.every(
    ({ bodies, kWh }, r) =>
      isCount(bodies, MOST_CAPACITY) && Number.isFinite(kWh) && (r === 0 || bodies > rates[r - 1]!.bodies),
  );
  if (rates.length === 0 || !isAscending)
    refuse("rates must be whole numbers of bodies, ascending, each with its energy", "parameter rates");
  if (!(Number.isInteger(mostStep) && mostStep >= 0))
    refuse(`mostStep must be a whole number >= 0, got ${mostStep}`, "parameter mostStep");
}
