/**
 * What a page of trends costs the host: 20 trends and 100 tiles on one twin of 1,000 properties that are sampled every
 * 100 ms of plant time. Counts are exact; times are of this machine.
 * node bench/trend.ts [refreshes]
 */

import { Revisions } from "../nodes/dashboard/trend/revisions.ts";
import { columnsAfter, seriesHead } from "../nodes/dashboard/trend/trend-curves.ts";
import { Dictionary } from "../runtime/core/dictionary.ts";
import { FrameBuilder } from "../runtime/core/frame.ts";
import { GOOD } from "../runtime/core/quality.ts";
import { Random } from "../runtime/core/random.ts";
import { LiveCurve } from "../runtime/describe/decimate/live-curve.ts";
import type { History } from "../runtime/describe/historian/history.ts";
import { TwinState } from "../runtime/describe/twin-state.ts";

const TWIN = "bench/site/area/machine";
const PROPERTIES = 1000;
const TRENDS = 20;
const TILES = 100;
const PERIOD_US = 100_000;
const SPAN_US = 40 * 60e6;
const COLUMNS = 1200;
const T0_US = 1_790_000_000_000_000;
const refreshes = Number(process.argv[2] ?? 200);
const TICKS_PER_REFRESH = 5;

const dictionary = new Dictionary(
  Array.from({ length: PROPERTIES }, (_, i) => ({
    address: `${TWIN}/p${i}`,
    kind: "measurement" as const,
    type: "number" as const,
    unit: "°C",
    update: { mode: "cyclic" as const, periodMs: PERIOD_US / 1000 },
  })),
);
const addresses = dictionary.properties.map(({ address }) => address);
const random = new Random(1);
let questions = 0;
const history = {
  last: async () => {
    questions++;
    return undefined;
  },
} as unknown as History;

const level = new Float64Array(PROPERTIES).fill(180);
function frame(tick: number) {
  const builder = new FrameBuilder({ source: "bench", reality: "virtual", dictionary }, PROPERTIES);
  for (let index = 0; index < PROPERTIES; index++) {
    level[index]! += random.normal();
    builder.add(index, level[index]!, T0_US + tick * PERIOD_US, GOOD);
  }
  return builder.build({ epoch: 1, first: tick * PROPERTIES, receiveTimeUs: T0_US + tick * PERIOD_US });
}

/** @returns µs per call of the middle one */
const middle = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]! * 1000;

function run(trends: number): { acceptUs: number; curves: LiveCurve[]; state: TwinState; tick: number } {
  const state = new TwinState(TWIN, { clockOf: () => undefined });
  state.accept(frame(0));
  const curves = Array.from({ length: trends }, (_, i) => {
    const curve = new LiveCurve({
      address: addresses[i * 7]!,
      spanUs: SPAN_US,
      columns: COLUMNS,
      history: () => history,
      problem: (error) => console.error(error),
    });
    curve.attach(state);
    return curve;
  });
  const times: number[] = [];
  let tick = 1;
  for (; tick <= 3000; tick++) {
    const next = frame(tick);
    const began = performance.now();
    state.accept(next);
    times.push(performance.now() - began);
  }
  return { acceptUs: middle(times), curves, state, tick };
}

const without = run(0);
const { acceptUs, curves, state, tick: first } = run(TRENDS);
let tick = first;
// The whole span is full before anything is measured.
for (; tick < SPAN_US / PERIOD_US + 100; tick++) state.accept(frame(tick));
const revisions = curves.map(() => new Revisions(1, 0));
const viewTimes: number[] = [];
const tileTimes: number[] = [];
let parts = 0;
let columns = 0;
let points = 0;
let bytes = 0;
const takenBefore = curves.reduce((sum, curve) => sum + curve.columns.taken, 0);
for (let refresh = 0; refresh < refreshes; refresh++) {
  for (let i = 0; i < TICKS_PER_REFRESH; i++) state.accept(frame(tick++));
  let began = performance.now();
  for (const [i, curve] of curves.entries()) {
    curve.attach(state);
    const { after } = revisions[i]!.at([curve.columns.mark()], refresh * 500);
    const head = seriesHead(curve.address, "p", state);
    const changed = columnsAfter(curve.columns, after[0]!);
    parts++;
    columns += changed.length;
    for (const column of changed) points += (column.length - 1) / 2;
    bytes += JSON.stringify({ ...head, columns: changed }).length;
  }
  viewTimes.push((performance.now() - began) / TRENDS);
  began = performance.now();
  for (let tile = 0; tile < TILES; tile++) state.last(addresses[tile * 3]!);
  tileTimes.push((performance.now() - began) / TILES);
}
const taken = curves.reduce((sum, curve) => sum + curve.columns.taken, 0) - takenBefore;
let wholePoints = 0;
let wholeBytes = 0;
const wholeTimes: number[] = [];
for (const curve of curves) {
  const began = performance.now();
  const whole = columnsAfter(curve.columns, -1);
  const text = JSON.stringify(whole);
  wholeTimes.push(performance.now() - began);
  wholeBytes += text.length;
  for (const column of whole) wholePoints += (column.length - 1) / 2;
}
const n = (value: number, digits = 0) => value.toLocaleString("en", { maximumFractionDigits: digits });
const stored = SPAN_US / PERIOD_US;
const asked = curves.reduce((sum, curve) => sum + curve.asked, 0);
console.log(`# trend

Trends of ${n(SPAN_US / 60e6)} min on one twin of ${n(PROPERTIES)} properties, one sample per property every ${PERIOD_US / 1000} ms, ${COLUMNS} columns a
trend (M4), ${refreshes} refreshes of ${TICKS_PER_REFRESH} frames each, Node ${process.version}. Counts are exact; times are medians on two shared cores.

| | |
|---|---|
| samples in the window of one trend | ${n(stored)} |
| points of its whole curve | ${n(wholePoints / TRENDS)} (at most ${n(4 * COLUMNS)}), ${n(wholeBytes / TRENDS / 1024)} KiB, made in ${n(middle(wholeTimes))} µs; once per page that opens or comes back |
| samples in, ${TRENDS} trends, per refresh | ${n(taken / refreshes)} |
| points out, per trend and refresh | ${n(points / parts, 1)} in ${n(columns / parts, 1)} columns, ${n(bytes / parts)} bytes |
| made in, per trend and refresh | ${n(middle(viewTimes), 1)} µs |
| ${TRENDS} trends, share of one core at 2 Hz | ${n((middle(viewTimes) * TRENDS * 2) / 1e4, 2)} % |
| ${TILES} tiles, value read, per tile and refresh | ${n(middle(tileTimes), 2)} µs |
| a frame of ${n(PROPERTIES)} rows into the state, no trend | ${n(without.acceptUs)} µs |
| the same with ${TRENDS} trends | ${n(acceptUs)} µs |
| questions to the historian by ${refreshes} refreshes | ${asked + questions} |`);
for (const curve of [...curves, ...without.curves]) curve.close();
process.exit(0);
