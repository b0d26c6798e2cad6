/**
 * Covers: the recursion beside the two event engines.
 * Scenario: 50 random serial lines with laws of every kind, failures by time and by operation, buffers and arrivals; first
 * with the same draws, then with others.
 */
import assert from "node:assert/strict";
import { Random } from "../../../../runtime/core/random.ts";
import type { Estimate, LineResult } from "../../../../runtime/model/line/line-result.ts";
import { replicate } from "../../../../runtime/model/line/replicate.ts";
import { AT_S, DONE, rowLength } from "../../../../runtime/model/line/results/totals.ts";
import { asSerialLine } from "../../../../runtime/model/line/serial/as-serial-line.ts";
import { simulateLine } from "../../../../runtime/model/line/simulate.ts";
import { lineOf } from "./line-of.ts";
import { randomLine } from "./random-line.ts";

const LINES = 50;
const ENGINES = ["callbacks", "generators"] as const;

function randomModels() {
  const random = new Random(29);
  return Array.from({ length: LINES }, () => {
    const { placesBehind, ...line } = randomLine(random);
    // A buffer without limit before a station that is not the slowest has no steady state; the others compare as well.
    return lineOf({ ...line, placesBehind: placesBehind.map((places) => Math.min(places, 8)) });
  });
}

const RELATIVE = 1e-9;
const isNear = (one: number, other: number): boolean =>
  Object.is(one, other) || Math.abs(one - other) <= RELATIVE * Math.max(1, Math.abs(one), Math.abs(other));

/** Every estimate of a result, by name. */
function estimates(result: LineResult): Map<string, Estimate> {
  const all = new Map<string, Estimate>([
    ["throughput", result.throughputPerHour],
    ["lead time", result.leadTimeS],
    ["work in progress", result.workInProgress],
  ]);
  for (const { id, ...block } of result.perBlock)
    for (const [name, value] of Object.entries(block)) all.set(`${id} ${name}`, value as Estimate);
  return all;
}

/** Chance of a distance at least so large between two samples of n of one distribution (Kolmogorov; Stephens 1970). */
function chanceOfDistance(one: readonly number[], other: readonly number[]): number {
  const all = [...new Set([...one, ...other])].sort((a, b) => a - b);
  const below = (values: readonly number[], x: number) => values.filter((v) => v <= x).length / values.length;
  const distance = Math.max(...all.map((x) => Math.abs(below(one, x) - below(other, x))));
  const root = Math.sqrt((one.length * other.length) / (one.length + other.length));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  let chance = 0;
  for (let k = 1; k <= 100; k++) chance += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return lambda < 0.2 ? 1 : Math.min(1, Math.max(0, chance));
}

describe("recursion of a serial line", () => {
  it("gives what both event engines give with the same draws, in every figure", () => {
    for (const [i, model] of randomModels().entries()) {
      const run = { lengthS: 500, warmUpS: 100, seed: i, replications: 2, bottleneck: false } as const;
      const fast = estimates(simulateLine(model, { ...run, engine: "recursion" }));
      for (const engine of ENGINES) {
        const slow = estimates(simulateLine(model, { ...run, engine }));
        assert.deepEqual([...fast.keys()], [...slow.keys()]);
        for (const [name, { mean, low, high, n }] of fast) {
          const other = slow.get(name)!;
          const isSame = isNear(mean, other.mean) && isNear(low, other.low) && isNear(high, other.high);
          assert.ok(isSame && n === other.n, `line ${i}, ${engine}, ${name}: ${mean} is not ${other.mean}`);
        }
      }
    }
  }).timeout(30_000);

  it("gives the same distribution of throughputs with other draws: Kolmogorov and Smirnov, Holm at 1 %", () => {
    const replications = 24;
    const throughputs = (
      model: ReturnType<typeof lineOf>,
      engine: "recursion" | "callbacks" | "generators",
      seed: number,
    ) =>
      Array.from({ length: replications }, (_, k) => {
        const run = { lengthS: 200, warmUpS: 50, seed, bottleneck: false } as const;
        const { rows, blocks } = replicate(model, run, k, engine);
        const length = rowLength(blocks);
        return (rows[length + DONE]! - rows[DONE]!) / (rows[length + AT_S]! - rows[AT_S]!);
      });
    const chances = randomModels().flatMap((model, i) => {
      const fast = throughputs(model, "recursion", 3 * i + 1000);
      return ENGINES.map((engine, e) => chanceOfDistance(fast, throughputs(model, engine, 3 * i + 1001 + e)));
    });
    assert.equal(chances.length, 2 * LINES);
    // Holm 1979: the smallest against level / m, the next against level / (m - 1), until one is not rejected.
    const rejected = chances
      .sort((a, b) => a - b)
      .findIndex((chance, k) => chance > 0.01 / (chances.length - k));
    assert.equal(rejected, 0, `smallest chance ${chances[0]}`);
  }).timeout(30_000);

  it("tells a wrong engine from the right one", () => {
    const sample = (shift: number) => {
      const random = new Random(5 + shift * 100);
      return Array.from({ length: 30 }, () => random.normal() + shift);
    };
    assert.ok(chanceOfDistance(sample(0), sample(1.5)) < 1e-4);
  });
});

describe("a model as a serial line", () => {
  const plain = lineOf({
    name: "plain",
    stations: [
      { id: "a", process: { kind: "fixed", valueS: 1 } },
      { id: "b", process: { kind: "fixed", valueS: 2 } },
    ],
    placesBehind: [3],
  });
  const withBlock = (id: string, more: object) => ({
    ...plain,
    blocks: plain.blocks.map((block) => (block.id === id ? { ...block, ...more } : block)),
  });

  it("is found with its places", () => {
    const { stations, placesBehind, blocks } = asSerialLine(plain)!;
    assert.deepEqual(
      stations.map(({ id }) => id),
      ["a", "b"],
    );
    assert.deepEqual(placesBehind, [3]);
    assert.deepEqual(blocks, { source: 0, buffers: [-1, 2], stations: [1, 3], sink: 4 });
    assert.equal(simulateLine(plain, { lengthS: 100, warmUpS: 10, seed: 1 }).engine, "recursion");
  });

  it("is not found where something else happens in it", () => {
    const fixed = { kind: "fixed", valueS: 1 } as const;
    const others = {
      servers: withBlock("a", { servers: 2 }),
      rework: withBlock("a", { rework: { share: 0.1 } }),
      setup: withBlock("a", { setup: [{ time: fixed }] }),
      operators: withBlock("a", { operators: { skill: "weld", count: 1 } }),
      crew: withBlock("a", { failure: { by: "time", meanBetween: fixed, repair: fixed, crew: "c" } }),
      arrivals: withBlock("in", { interarrival: fixed }),
      scrap: withBlock("out", { scrap: true }),
      calendar: { ...plain, calendar: { periodS: 9, startsAtS: 0, shifts: [] } },
      loop: { ...plain, connections: plain.connections.with(-1, { from: "b", to: "a" }) },
    };
    for (const [name, model] of Object.entries(others)) assert.equal(asSerialLine(model), undefined, name);
  });

  it("is asked for where the recursion is", () => {
    const run = { lengthS: 100, warmUpS: 10, seed: 1, engine: "recursion" } as const;
    const refused = (model: ReturnType<typeof lineOf>, more: object, why: RegExp) =>
      assert.throws(() => simulateLine(model, { ...run, ...more }), why);
    refused(withBlock("a", { servers: 2 }), {}, /the line is not serial/);
    refused(plain, { warmUpS: "auto" }, /the warm-up must be given/);
    refused(plain, { onTrace: () => assert.fail() }, /it has no trace/);
    refused(plain, { initial: { atS: 0, blocks: [] } }, /it begins with an empty line/);
  });
});
