/**
 * What the line's forecast is worth: the virtual assembly line runs on for days in fast time, every tag of it goes to the
 * session that the `line` node of flows/assembly.json opens, and its forecasts of the horizon and of the shift's end are
 * compared with what came. The horizon is scored by the session itself, as on the ladder; the shift's end here, one
 * forecast per shift and hour left, so that no shift is counted a hundred times.
 *
 * node bench/quality/line-forecast.ts [first seed] [last seed] [hours]
 */
import { readFileSync } from "node:fs";
import { AssemblyLine } from "../../plant/assembly/assembly-line.ts";
import { ASSEMBLY_TAGS, type AssemblyValue } from "../../plant/assembly/assembly-tags.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { readLineModel } from "../../runtime/model/line/line-file.ts";
import { linePaths } from "../../runtime/predict/line/line-paths.ts";
import { LineSession } from "../../runtime/predict/line/line-session.ts";
import { run as outlook } from "../../runtime/predict/line/outlook-kernel.ts";

const START_US = Date.UTC(2026, 8, 21, 6) * 1000;
const TICK_S = 30;
const TWIN = "acme/leipzig/assembly/line1";
/** Planned work left at which the shift's end is foretold, h. */
const LEFT_H = [6, 4, 2, 1, 0.5];
/** Forecasts of a shift's end that are left out: the correction learns from the first horizons. */
const WARM_UP_H = 4;

const [first = 1, last = 2, hours = 168] = process.argv.slice(2).map(Number);
if (![first, last, hours].every(Number.isInteger) || first > last || hours < 12) {
  console.error(
    "line-forecast: expected a first and a last seed in order, and 12 hours or more, whole numbers",
  );
  process.exit(2);
}

interface LineNode {
  readonly type: string;
  readonly file: string;
  readonly paths: string;
  readonly stepMin: number;
  readonly horizonMin: number;
  readonly replications: number;
  readonly seed: number;
}
const root = new URL("../../", import.meta.url);
const flow = JSON.parse(readFileSync(new URL("flows/assembly.json", root), "utf8")) as LineNode[];
const node = flow.find(({ type }) => type === "rung-line")!;
const model = readLineModel(readFileSync(new URL(node.file, root), "utf8"), node.file);

interface ShiftEnd {
  readonly leftH: number;
  readonly made: number;
  readonly mean: number;
  readonly low90: number;
  readonly high90: number;
  /** Of a plain pace: what was made of the shift so far, carried on. */
  readonly pace: number;
}
interface Scored extends ShiftEnd {
  readonly came: number;
}

async function followed(seed: number): Promise<{ session: LineSession; ends: Scored[]; shifts: number }> {
  const line = new AssemblyLine(seed, START_US);
  const dictionary = new Dictionary(
    ASSEMBLY_TAGS.map(
      ({ path, type }): Property => ({
        address: `${TWIN}/${path}`,
        kind: "measurement",
        type: type === "string" ? "string" : "number",
        update: { mode: "onChange" },
      }),
    ),
  );
  let under: Promise<unknown> = Promise.resolve();
  const session = new LineSession({
    twin: TWIN,
    node: node.type,
    model,
    paths: linePaths(JSON.parse(node.paths), node.file),
    stepS: 60 * node.stepMin,
    horizonS: 60 * node.horizonMin,
    replications: node.replications,
    seed: node.seed,
    submit: ({ input }) => {
      const counts = outlook(input, {
        progress: () => undefined,
        breathe: () => Promise.resolve(),
        keep: () => {
          throw new Error("the outlook keeps nothing");
        },
      });
      under = counts;
      return counts;
    },
    onFault: (fault) => {
      throw fault;
    },
  });
  const told: AssemblyValue[] = [];
  const ends: Scored[] = [];
  let open: ShiftEnd[] = [];
  let shifts = 0;
  let shiftMade = 0;
  let workLeftS = Number.NaN;
  let shiftWorkS = 0;
  let sequence = 0;
  for (let s = TICK_S; s <= hours * 3600; s += TICK_S) {
    const timeUs = START_US + s * 1e6;
    line.stepTo(timeUs);
    const builder = new FrameBuilder(
      { source: "plant", reality: "virtual", dictionary },
      ASSEMBLY_TAGS.length,
    );
    for (const [i, { cyclic, read }] of ASSEMBLY_TAGS.entries()) {
      const value = read(line);
      if (Number.isNaN(value) || (!cyclic && told[i] === value)) continue;
      told[i] = value;
      if (typeof value === "string") builder.add(i, Number.NaN, timeUs, GOOD, value);
      else builder.add(i, Number(value), timeUs, GOOD);
    }
    const frame = builder.build({ epoch: 1, first: sequence, receiveTimeUs: timeUs });
    sequence += frame.length;
    const before = workLeftS;
    session.consume(frame);
    await under;
    // The session tells its forecast in the turn after the simulation's.
    await new Promise((resolve) => setImmediate(resolve));
    const { now } = session;
    if (now === undefined) continue;
    if (now.workLeftS > before + TICK_S) {
      shifts++;
      ends.push(...open.map((one) => ({ ...one, came: shiftMade })));
      open = [];
      shiftWorkS = now.workLeftS;
    }
    workLeftS = now.workLeftS;
    shiftMade = now.shiftMade ?? 0;
    const { forecast } = session;
    const leftH = LEFT_H.find((h) => workLeftS <= h * 3600 && before > h * 3600);
    if (leftH === undefined || forecast === undefined || s < WARM_UP_H * 3600 || shifts === 0) continue;
    const { made, mean, low90, high90 } = forecast;
    const pace = made / (1 - forecast.workLeftS / shiftWorkS);
    open.push({ leftH, made, mean, low90, high90, pace });
  }
  session.close();
  return { session, ends, shifts };
}

const rows: string[] = [];
const all: Scored[] = [];
for (let seed = first; seed <= last; seed++) {
  const { session, ends, shifts } = await followed(seed);
  all.push(...ends);
  const skill = session.score.skill!;
  rows.push(
    `| ${seed} | ${session.score.scored} | ${skill.mase.toFixed(2)} (${skill.maseUpper95.toFixed(2)}) | ${(100 * skill.coverage90).toFixed(1)} % | ${shifts} |`,
  );
}
const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
console.log(`# The line's forecast

The virtual assembly line followed for ${hours} h by the line node of flows/assembly.json (${node.replications} replications every
${node.stepMin} min of planned time, ${node.file}), in fast time. MASE is over the better of two plain forecasts (the last
horizon, the mean of the last eight); its upper 95 % bound in brackets. Nothing of the model was fitted to these seeds.

| seed | forecasts of ${node.horizonMin} min scored | MASE | 90 % interval covers | shift ends |
|---|---|---|---|---|
${rows.join("\n")}

The end of a shift, bodies, all seeds: one forecast for each shift and each time left. The plain forecast carries on the
pace of the shift so far.

| planned work left, h | forecasts | mean error | of the plain pace | 90 % interval covers | its width |
|---|---|---|---|---|---|
${LEFT_H.map((h) => {
  const of = all.filter(({ leftH }) => leftH === h);
  if (of.length === 0) return `| ${h} | 0 | - | - | - | - |`;
  const error = meanOf(of.map(({ mean, came }) => Math.abs(mean - came)));
  const paceError = meanOf(of.map(({ pace, came }) => Math.abs(pace - came)));
  const covers = meanOf(of.map(({ low90, high90, came }) => (came >= low90 && came <= high90 ? 100 : 0)));
  const width = meanOf(of.map(({ low90, high90 }) => high90 - low90));
  return `| ${h} | ${of.length} | ${error.toFixed(2)} | ${paceError.toFixed(2)} | ${covers.toFixed(0)} % | ${width.toFixed(1)} |`;
}).join("\n")}`);
