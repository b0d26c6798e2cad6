import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import type { Frame } from "../../../runtime/core/frame.ts";
import { FrameBuilder } from "../../../runtime/core/frame.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { unaccounted } from "../../../runtime/describe/ledger.ts";
import type { Sink } from "../../../runtime/describe/sink.ts";
import { walkSegment } from "../../../runtime/describe/spool/segment-walk.ts";
import { Synchroniser } from "../../../runtime/describe/synchroniser.ts";
import { account, type StoredSample } from "../account.ts";
import type { Fault, FaultContext, Outcome } from "../fault.ts";
import { addressOfTag, type ProducedSample, readProduction } from "../production.ts";
import { pause, Rig, until } from "../rig.ts";

const SOURCE = "opcua:link1:source1";
const SEGMENT = /^\d{16}-([0-9a-f]{8})\.seg$/;

/** A spool as a killed recorder left it, with nothing of it stored yet. */
interface LeftSpool {
  readonly rig: Rig;
  /** The folder of the synchroniser. */
  readonly folder: string;
  readonly segment: string;
  readonly bytes: Buffer;
  readonly salt: number;
  readonly fromUs: number;
  readonly produced: readonly ProducedSample[];
}

async function leaveSpool(context: FaultContext): Promise<LeftSpool> {
  const rig = await Rig.opcua(context);
  await rig.startProducer();
  await rig.startRecorder({ isStoring: false });
  await rig.flowing();
  await pause(1000 + context.random.integer(500));
  const fromUs = rig.view()!.completeUs;
  await rig.killRecorder();
  const folder = join(rig.home, "history", "rung.duckdb.sync");
  const segment = readdirSync(join(folder, "spool")).find((name) => SEGMENT.test(name))!;
  const bytes = readFileSync(join(folder, "spool", segment));
  const salt = Number.parseInt(SEGMENT.exec(segment)![1]!, 16);
  return { rig, folder, segment, bytes, salt, fromUs, produced: [...readProduction(rig.logs[0]!)] };
}

/** What the sink of a damaged spool got, and what the ledger says of the rest. */
async function reopen(left: LeftSpool, damage: (segment: string) => void): Promise<Outcome> {
  const folder = join(left.rig.context.folder, "damaged");
  cpSync(left.folder, folder, { recursive: true });
  damage(join(folder, "spool", left.segment));
  const stored: StoredSample[] = [];
  const sink: Sink = {
    name: "memory",
    async store(frames) {
      for (const frame of frames) {
        for (const { address, sourceTimeUs, value, quality } of frame) {
          stored.push({ address, timeUs: sourceTimeUs, value, quality });
        }
      }
    },
  };
  const synchroniser = await Synchroniser.open({ folder, feeds: { idleMs: 20 } });
  try {
    // The plant has gone on meanwhile: its next values end the gap.
    const next = left.produced.at(-1)!;
    const after = left.produced
      .filter(({ timeUs }) => timeUs === next.timeUs)
      .map((sample) => ({ ...sample, timeUs: next.timeUs + 1e6, value: sample.value + 1 }));
    await synchroniser.accept(frameOf(after));
    await synchroniser.attach(sink);
    const counters = () => synchroniser.conservation().flatMap(({ spool, sinks }) => [spool, ...sinks]);
    await until(() => counters().every(({ queued }) => queued === 0), "the spool to be drained");
    const { spool, sinks } = synchroniser.conservation()[0]!;
    return {
      ...account({
        produced: [[...left.produced, ...after]],
        stored,
        fromUs: left.fromUs,
        isInLedger: (address, timeUs) => synchroniser.gaps.isOpen(SOURCE, address, timeUs),
      }),
      deduplicated: sinks[0]!.deduplicated,
      filledIn: 0,
      dropped: { ...spool.dropped, ...sinks[0]!.dropped },
      looks: 1,
      violations: counters().filter((one) => unaccounted(one) !== 0).length,
      causes: synchroniser.gaps.query().map(({ cause }) => cause),
      problems: [],
    };
  } finally {
    await synchroniser.close();
    rmSync(folder, { recursive: true });
  }
}

function frameOf(samples: readonly ProducedSample[]): Frame {
  const dictionary = new Dictionary(
    samples.map(({ tag }) => ({
      address: addressOfTag(tag),
      kind: "measurement",
      type: "number",
      update: { mode: "cyclic", periodMs: 100 },
    })),
  );
  const builder = new FrameBuilder({ source: SOURCE, reality: "live", dictionary });
  for (const [row, { timeUs, value }] of samples.entries()) builder.add(row, value, timeUs, GOOD);
  return builder.build({ epoch: 2, first: 0, receiveTimeUs: samples[0]!.timeUs });
}

/** One sum of what many reopened spools came to. */
function sum(outcomes: readonly Outcome[]): Outcome {
  const [first, ...rest] = outcomes;
  return rest.reduce((total, one) => {
    const dropped = { ...total.dropped };
    for (const [reason, samples] of Object.entries(one.dropped))
      dropped[reason] = (dropped[reason] ?? 0) + samples;
    return {
      produced: total.produced + one.produced,
      stored: total.stored + one.stored,
      inLedger: total.inLedger + one.inLedger,
      unexplained: total.unexplained + one.unexplained,
      duplicates: total.duplicates + one.duplicates,
      foreign: total.foreign + one.foreign,
      examples: [...total.examples, ...one.examples].slice(0, 5),
      deduplicated: total.deduplicated + one.deduplicated,
      filledIn: total.filledIn + one.filledIn,
      dropped,
      looks: total.looks + one.looks,
      violations: total.violations + one.violations,
      causes: [...new Set([...total.causes, ...one.causes])].sort(),
      problems: [...new Set([...total.problems, ...one.problems])].sort(),
    };
  }, first!);
}

/** A write that was cut short anywhere in the last record, and then Rung itself on the shortest of them. */
const truncated: Fault = {
  name: "spool truncated at every byte of its last record",
  async run(context) {
    const left = await leaveSpool(context);
    const { bytes, rig } = left;
    const last = walkSegment(bytes, left.salt).parts.at(-1)!;
    assert.ok("at" in last, "the last record is whole");
    const length = bytes.length - last.at;
    const every = context.isShort ? Math.ceil(length / 8) : 1;
    const outcomes: Outcome[] = [];
    for (let kept = context.isShort ? context.seed % every : 0; kept < length; kept += every) {
      const outcome = await reopen(left, (segment) => truncateSync(segment, last.at + kept));
      assert.ok(outcome.inLedger >= last.head.rows, `the record cut at byte ${kept} stands in the ledger`);
      outcomes.push(outcome);
    }
    truncateSync(join(left.folder, "spool", left.segment), last.at + context.random.integer(length));
    await rig.startRecorder();
    await rig.flowing();
    return sum([...outcomes, await rig.finish()]);
  },
};

/** A byte anywhere in the spool is no longer what was written. */
const flipped: Fault = {
  name: "flipped byte in the spool",
  async run(context) {
    const left = await leaveSpool(context);
    const { bytes, rig, random } = { ...left, random: context.random };
    const flip = (segment: string): void => {
      const damaged = Buffer.from(bytes);
      const at = random.integer(damaged.length);
      damaged[at]! ^= 1 << random.integer(8);
      writeFileSync(segment, damaged);
    };
    const outcomes: Outcome[] = [];
    for (let time = 0; time < (context.isShort ? 8 : 100); time++) outcomes.push(await reopen(left, flip));
    flip(join(left.folder, "spool", left.segment));
    await rig.startRecorder();
    await rig.flowing();
    return sum([...outcomes, await rig.finish()]);
  },
};

export const SPOOL_DAMAGE: readonly Fault[] = [truncated, flipped];
