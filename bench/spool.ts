/**
 * What it costs to keep every sample in the crash-safe spool before anybody works with it: frames of 1,000 samples,
 * with the spool off and on, at a rate a plant reaches and at full speed. Usage: node bench/spool.ts [seconds] [rounds]
 *
 * Main-thread CPU is the CPU time of the thread that sources and nodes run in; the process's counts the spool's
 * worker too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Dictionary } from "../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../runtime/core/frame.ts";
import { GOOD } from "../runtime/core/quality.ts";
import { Random } from "../runtime/core/random.ts";
import type { Sink } from "../runtime/describe/sink.ts";
import { Synchroniser } from "../runtime/describe/synchroniser.ts";

const [seconds = 4, rounds = 3] = process.argv.slice(2).map(Number);
const ROWS = 1000;
const RATE_FRAMES = 100;

const dictionary = new Dictionary(
  Array.from({ length: ROWS }, (_, i) => ({
    address: `acme/leipzig/paint/oven1/tag${i}`,
    kind: "measurement",
    type: "number",
    update: { mode: "cyclic", periodMs: 10 },
  })),
);
const random = new Random(1);
const VALUES = Float64Array.from({ length: ROWS }, () => random.normal());

function frameAt(number: number): Frame {
  const builder = new FrameBuilder({ source: "bench", reality: "live", dictionary }, ROWS);
  const timeUs = 1.79e15 + number * 10_000;
  for (let row = 0; row < ROWS; row++) builder.add(row, VALUES[row]!, timeUs, GOOD);
  return builder.build({ epoch: 1, first: number * ROWS, receiveTimeUs: timeUs });
}

/** Takes everything at once and keeps nothing: what is left is the cost of getting there. */
class NullSink implements Sink {
  readonly name = "null";
  samples = 0;
  async store(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) this.samples += frame.length;
  }
}

interface Result {
  readonly framesPerS: number;
  readonly valuesPerS: number;
  readonly mainUsPerValue: number;
  readonly totalUsPerValue: number;
}

type Mode = "off" | "spool" | "spool and sink";

async function measure(mode: Mode, framesPerS: number | undefined): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "rung-bench-spool-"));
  const synchroniser = await Synchroniser.open({ folder });
  const sink = new NullSink();
  if (mode === "spool and sink") await synchroniser.attach(sink);
  const take = async (frame: Frame): Promise<void> => {
    if (mode === "off") await sink.store([frame]);
    else await synchroniser.accept(frame);
  };
  let number = 0;
  for (; number < 50; number++) await take(frameAt(number));
  const cpuBegin = process.cpuUsage();
  const mainBegin = mainThreadUs();
  const begin = performance.now();
  const first = number;
  const underWay = new Set<Promise<void>>();
  while (performance.now() - begin < seconds * 1000) {
    const due = framesPerS === undefined ? 32 : Math.floor(((performance.now() - begin) / 1000) * framesPerS);
    while (framesPerS === undefined ? underWay.size < due : number - first < due) {
      const kept = take(frameAt(number++)).finally(() => underWay.delete(kept));
      underWay.add(kept);
    }
    await (framesPerS === undefined
      ? Promise.race(underWay)
      : new Promise((resolve) => setTimeout(resolve, 5)));
  }
  await Promise.all(underWay);
  while (mode === "spool and sink" && sink.samples < number * ROWS - ROWS * 60) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const tookS = (performance.now() - begin) / 1000;
  const mainUs = mainThreadUs() - mainBegin;
  const cpu = process.cpuUsage(cpuBegin);
  const values = (number - first) * ROWS;
  const wrong = synchroniser.conservation().filter(({ spool }) => Object.keys(spool.dropped).length > 0);
  if (wrong.length > 0) throw new Error(`samples were dropped: ${JSON.stringify(wrong)}`);
  await synchroniser.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    framesPerS: (number - first) / tookS,
    valuesPerS: values / tookS,
    mainUsPerValue: mainUs / values,
    totalUsPerValue: (cpu.user + cpu.system) / values,
  };
}

/** CPU time of this thread, µs. */
function mainThreadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
const shown = (number: number, digits: number): string =>
  number.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

const MODES: readonly Mode[] = ["off", "spool", "spool and sink"];
const lines: string[] = [];
for (const rate of [RATE_FRAMES, undefined]) {
  const results = new Map<Mode, Result[]>(MODES.map((mode) => [mode, []]));
  // One after another, interleaved, so that a busy machine is no one's alone.
  for (let round = 0; round < rounds; round++) {
    for (const mode of MODES) results.get(mode)!.push(await measure(mode, rate));
  }
  for (const mode of MODES) {
    const of = (key: keyof Result): number => median(results.get(mode)!.map((result) => result[key]));
    lines.push(
      `| ${rate === undefined ? "as fast as it goes" : `${rate} frames/s`} | ${mode} | ${shown(of("framesPerS"), 0)} | ${shown(of("valuesPerS"), 0)} | ${shown(of("mainUsPerValue"), 3)} | ${shown(of("totalUsPerValue"), 3)} |`,
    );
  }
}
console.log(`# spool

Frames of ${ROWS.toLocaleString("en")} samples made and handed over in one process, each acknowledged once it is on disk (group commit, fdatasync);
"spool and sink" also puts them in order, leaves repetitions out and hands them to a sink that keeps nothing. Making
the frames is part of every row. Median of ${rounds} rounds of ${seconds} s; ${cpus().length} cores, Node ${process.version}.

| rate | spool | frames/s | values/s | main thread, µs/value | process, µs/value |
|---|---|---|---|---|---|
${lines.join("\n")}`);
