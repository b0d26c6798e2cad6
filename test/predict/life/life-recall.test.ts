import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RungError } from "../../../runtime/core/errors.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import { BAD } from "../../../runtime/core/quality.ts";
import type { HistoryAt, HistoryRange } from "../../../runtime/describe/historian/history-types.ts";
import { lifeBegin, type UseHistory } from "../../../runtime/predict/life/life-begin.ts";
import { LifeIntake } from "../../../runtime/predict/life/life-intake.ts";
import type { LifeMessage } from "../../../runtime/predict/life/life-message.ts";
import type { LifeModel } from "../../../runtime/predict/life/life-model.ts";
import type { LifeSession, LifeSessionParts } from "../../../runtime/predict/life/life-session.ts";
import type { MetLife } from "../../../runtime/predict/life/met-life.ts";
import { CYCLE_US, frameOf, START_US, TWINS } from "./pump-frames.ts";
import { pumpModel, pumpSession } from "./pump-session.ts";
import { signedOff } from "./signed-off.ts";
import { wornPump } from "./worn-pumps.ts";

const TWIN = TWINS[0];
/** A cycle takes so many minutes: a life spans several stretches of history. */
const MINUTES = 20;
const signedOffAt = (order: string, timeUs: number) => ({
  ...signedOff(TWIN, order, "as foretold"),
  timeUs,
  begunUs: timeUs,
});
const endUs = (minute: number) => START_US + minute * CYCLE_US;

/** Frames as a history keeps them. Answers at most `most` samples to a question. */
class KeptFrames implements UseHistory {
  readonly #samples: readonly { address: string; timeUs: number; value: number; quality: number }[];
  readonly #most: number;

  constructor(frames: readonly Frame[], most = 1_000_000) {
    this.#most = most;
    this.#samples = frames
      .flatMap((frame) =>
        Array.from({ length: frame.length }, (_, row) => ({
          address: frame.addressAt(row),
          timeUs: frame.sourceTimeUsAt(row),
          value: frame.valueAt(row),
          quality: frame.qualityAt(row),
        })),
      )
      .sort((a, b) => a.timeUs - b.timeUs);
  }

  async at([address]: readonly string[], timeUs: number): Promise<HistoryAt> {
    const stood = this.#samples.findLast((one) => one.address === address && one.timeUs <= timeUs);
    return {
      addresses: [address!],
      value: Float64Array.of(stood?.value ?? Number.NaN),
      sourceTimeUs: Float64Array.of(stood?.timeUs ?? Number.NaN),
      quality: Uint32Array.of(stood?.quality ?? BAD),
    };
  }

  async range(address: string, fromUs: number, toUs: number): Promise<HistoryRange> {
    const all = this.#samples.filter((sample) => sample.address === address);
    if (all.length === 0)
      throw new RungError({ code: "unknown-address", where: address, what: "was never stored" });
    const inside = all.filter(({ timeUs }) => timeUs >= fromUs && timeUs < toUs);
    const found = inside.slice(0, this.#most);
    return {
      address,
      unit: undefined,
      sourceTimeUs: Float64Array.from(found, ({ timeUs }) => timeUs),
      value: Float64Array.from(found, ({ value }) => value),
      quality: Uint32Array.from(found, ({ quality }) => quality),
      other: new Map(),
      realities: ["virtual"],
      complete: found.length === inside.length,
    };
  }
}

describe("predict/life from history", function () {
  this.timeout(20_000);
  let model: LifeModel;
  before(() => {
    model = pumpModel(40);
  });
  const open = (more?: Partial<LifeSessionParts>) => pumpSession(model, more);
  /** A pump's record as frames, its counter from `from` on, its time from a minute on. */
  const framesOf = (seed: number, from = 1, minute = 0): Frame[] =>
    wornPump(seed).map((row, i) => frameOf(0, row, from + i, minute + i * MINUTES));
  /** The newest message of frames that are taken in live. */
  const fed = (session: LifeSession, frames: readonly Frame[]): LifeMessage =>
    frames.map((frame) => session.consume(TWIN, frame)).findLast((message) => message !== undefined)!;
  const timeOf = (frame: Frame) => frame.sourceTimeUsAt(0);

  it("goes on after a restart as if it had never stopped", async () => {
    const frames = framesOf(720);
    const whole = fed(open(), frames);
    const cut = frames.length - 7;
    const again = open();
    const recalled = await again.recall(TWIN, new KeptFrames(frames), timeOf(frames[cut]!));
    assert.deepEqual([recalled!.cycle, recalled!.madeAtUs], [cut - 1, timeOf(frames[cut - 1]!)]);
    assert.deepEqual(fed(again, frames.slice(cut)), whole);
    assert.ok(whole.rul < 15 && whole.drivers.length > 0, whole.reason);
    const range = (session: LifeSession) =>
      session.evidence(() => undefined).find(({ id }) => id.includes("/life-range/"));
    const lived = open();
    fed(lived, frames);
    assert.deepEqual(range(again), range(lived));
  });

  it("says of a life that it saw little of that it did", () => {
    const { reason, cycle } = fed(open(), framesOf(720).slice(-7));
    assert.match(reason, new RegExp(`; only 6 of its ${cycle} cycles were seen[.;]`));
    assert.doesNotMatch(fed(open(), framesOf(720)).reason, /were seen/);
  });

  it("takes the present life alone: since the counter fell", async () => {
    const before = framesOf(721);
    const present = framesOf(722, 1, before.length * MINUTES).slice(0, 60);
    const history = new KeptFrames([...before, ...present]);
    const session = open();
    await session.recall(TWIN, history, timeOf(present[50]!));
    assert.deepEqual(fed(session, present.slice(50)), fed(open(), present));
  });

  it("takes the present life alone: since the part was renewed, where the counter ran on", async () => {
    const before = framesOf(721);
    const ran = before.length;
    const present = framesOf(722, ran + 1, ran * MINUTES).slice(0, 60);
    const kept: MetLife[] = [];
    const live = open({ onMet: (life) => kept.push(life) });
    fed(live, [...before, present[0]!]);
    live.signOff(signedOffAt("bearing-1", timeOf(present[0]!)));
    const { unit: _, ...whole } = fed(live, present.slice(1));
    const again = open({ met: kept });
    const untilUs = timeOf(present[50]!);
    await again.recall(TWIN, new KeptFrames([...before, ...present]), untilUs);
    const { unit: __, ...told } = fed(again, present.slice(50));
    assert.deepEqual(told, whole);
    assert.equal(told.cycle, 59);
  });

  it("takes cycles of seconds, several of them in a frame of history", async () => {
    const frames = wornPump(731).map((row, i) => frameOf(0, row, i + 1, i / 10));
    const session = open();
    await session.recall(TWIN, new KeptFrames(frames), timeOf(frames.at(-5)!));
    assert.deepEqual(fed(session, frames.slice(-5)), fed(open(), frames));
  });

  it("passes over counts that are bad, and cycles that are not there", async () => {
    const frames = framesOf(723).filter((_, i) => i % 9 !== 4);
    const { dictionary } = frames[0]!;
    const bad = new FrameBuilder({ source: "s", reality: "virtual", dictionary });
    bad.add(0, 0, endUs(40 * MINUTES + 1), BAD);
    const history = new KeptFrames([...frames, bad.build({ epoch: 1, first: 0, receiveTimeUs: 0 })]);
    const session = open();
    await session.recall(TWIN, history, timeOf(frames.at(-5)!));
    assert.deepEqual(fed(session, frames.slice(-5)), fed(open(), frames));
  });

  it("begins anew where history knows nothing of it", async () => {
    const frames = framesOf(724);
    for (const history of [new KeptFrames([]), new KeptFrames([frameOf(1, [2, 60, 6], 1)])]) {
      const session = open();
      assert.equal(await session.recall(TWIN, history, timeOf(frames[0]!)), undefined);
      assert.deepEqual(fed(session, frames), fed(open(), frames));
    }
  });

  it("passes over pauses, but reads nothing from before one of more than a year", async () => {
    const frames = framesOf(724).slice(0, 40);
    for (const [days, seen] of [
      [300, 79],
      [400, 39],
    ] as const) {
      const later = framesOf(724, 41, days * 24 * 60).slice(0, 41);
      const session = open();
      const told = await session.recall(TWIN, new KeptFrames([...frames, ...later]), timeOf(later[40]!));
      assert.equal(told!.cycle, 79);
      const anew = open();
      const expected = fed(anew, seen === 79 ? [...frames, ...later.slice(0, 40)] : later.slice(0, 40));
      assert.deepEqual(
        [told!.rul, told!.health, told!.reason],
        [expected.rul, expected.health, expected.reason],
      );
    }
  });

  it("takes the present life alone: since the counter was set back while nothing followed it", async () => {
    const before = framesOf(733);
    const kept: MetLife[] = [];
    const live = open({ onMet: (life) => kept.push(life) });
    fed(live, before.slice(0, 51));
    live.signOff(signedOffAt("bearing-6", timeOf(before[50]!)));
    assert.deepEqual(
      kept.map(({ nextFrom }) => nextFrom),
      [50],
    );
    const present = framesOf(734, 1, before.length * MINUTES);
    // Fewer cycles than the renewal's value, and more.
    for (const cycles of [40, 75]) {
      const renewals = kept.slice(0, 1);
      const session = open({ met: renewals, onMet: (life) => renewals.push(life) });
      const history = new KeptFrames([...before.slice(0, 70), ...present]);
      await session.recall(TWIN, history, timeOf(present[cycles]!));
      const told = fed(session, present.slice(cycles, cycles + 2));
      assert.deepEqual(told, fed(open(), present.slice(0, cycles + 2)));
      assert.equal(renewals.at(-1)!.nextFrom, 0, "kept");
    }
  });

  it("takes a sign-off of work that began before the counter fell for that of the life before", async () => {
    const before = framesOf(735).slice(0, 60);
    const present = framesOf(736, 1, 60 * MINUTES).slice(0, 50);
    const kept: MetLife[] = [];
    const session = open({ onMet: (life) => kept.push(life) });
    await session.recall(TWIN, new KeptFrames([...before, ...present]), timeOf(present[30]!));
    fed(session, present.slice(30, 40));
    session.signOff({ ...signedOff(TWIN, "bearing-7", "failed"), begunUs: timeOf(before[58]!) });
    assert.deepEqual(
      kept.map(({ cycle, nextFrom }) => ({ cycle, nextFrom })),
      [{ cycle: null, nextFrom: 0 }],
    );
    const { unit, cycle } = fed(session, present.slice(40));
    assert.deepEqual([unit, cycle], [1, 49]);
  });

  it("judges nothing that was foretold to nobody", async () => {
    const kept: MetLife[] = [];
    const frames = framesOf(725);
    const session = open({ onMet: (life) => kept.push(life) });
    await session.recall(TWIN, new KeptFrames(frames), timeOf(frames.at(-4)!));
    fed(session, frames.slice(-4));
    session.signOff(signedOff(TWIN, "bearing-2", "failed"));
    assert.deepEqual(
      kept.map(({ order, foretold, isInside }) => ({ order, foretold, isInside })),
      [{ order: "bearing-2", foretold: null, isInside: null }],
    );
    assert.equal(kept[0]!.cycle, frames.length - 1);
  });

  for (const [when, isEarly] of [
    ["before the first frame", true],
    ["before a cycle since the restart was complete", false],
  ] as const)
    it(`takes a sign-off ${when} for that of the life that history tells, however far the counter ran on unseen`, async () => {
      const frames = framesOf(726);
      const later = frames
        .slice(40)
        .map((_, i) => frameOf(0, wornPump(737)[i]!, 900 + i, (400 + i) * MINUTES));
      const kept: MetLife[] = [];
      const session = open({ onMet: (life) => kept.push(life) });
      const event = signedOff(TWIN, "bearing-3", "as foretold");
      if (isEarly) session.signOff(event);
      await session.recall(TWIN, new KeptFrames(frames.slice(0, 40)), timeOf(later[0]!));
      fed(session, later.slice(0, 1));
      if (!isEarly) session.signOff(event);
      const { unit, cycle } = fed(session, later.slice(1, 11));
      assert.deepEqual(
        kept.map((life) => [life.cycle, life.nextFrom]),
        [[40, 899]],
      );
      assert.deepEqual([unit, cycle], [2, 10]);
    });

  it("says where there is more of the counter than can be asked for", async () => {
    const history = new KeptFrames(framesOf(727), 5);
    await assert.rejects(lifeBegin(history, `${TWIN}/cycles`, undefined, endUs(MINUTES * 50)), {
      code: "past-too-much",
      message: /\/cycles: has more than 5 samples in 6\.0 hours of history \(let it be told less often/,
    });
  });

  describe("taken in", () => {
    const intakeOf = (history: UseHistory, more?: Partial<LifeSessionParts>) => {
      const told: LifeMessage[] = [];
      const problems: unknown[] = [];
      const session = open(more);
      const intake = new LifeIntake({
        session,
        history,
        onMessage: (message) => told.push(message),
        onProblem: (problem) => problems.push(problem),
      });
      const idle = async () => {
        for (let turn = 0; turn < 100_000 && intake.recalling > 0; turn++) await nextTurn();
        assert.equal(intake.recalling, 0);
      };
      return { intake, told, problems, session, idle };
    };

    it("waits for its past, and keeps the order of what comes meanwhile", async () => {
      const frames = framesOf(728);
      const { intake, told, problems, idle } = intakeOf(new KeptFrames(frames));
      for (const frame of frames.slice(60, 63)) intake.take({ twin: TWIN, frame });
      intake.take(signedOff(TWIN, "bearing-4", "as foretold"));
      intake.take({ twin: TWIN, frame: frames[63]! });
      assert.equal(intake.recalling, 1);
      await idle();
      assert.deepEqual(
        told.map(({ unit, cycle }) => [unit, cycle]),
        // The cycle that goes on at the restart ends with the second frame.
        [
          [1, 59],
          [1, 60],
          [1, 61],
          [1, 62],
          [2, 1],
        ],
      );
      assert.deepEqual(problems, []);
    });

    it("lets frames go where too many wait, never a sign-off", async () => {
      const kept: MetLife[] = [];
      const { intake, told, problems, idle } = intakeOf(new KeptFrames([]), {
        onMet: (life) => kept.push(life),
      });
      intake.take({ twin: TWIN, frame: frameOf(0, [2, 60, 6], 1) });
      intake.take({ twin: TWIN, frame: frameOf(0, [2, 60, 6], 2) });
      intake.take(signedOff(TWIN, "bearing-5", "failed"));
      for (let cycle = 3; cycle <= 10_002; cycle++)
        intake.take({ twin: TWIN, frame: frameOf(0, [2, 60, 6], cycle) });
      await idle();
      assert.deepEqual(problems, []);
      assert.deepEqual(
        kept.map(({ order }) => order),
        ["bearing-5"],
      );
      // The first three frames went: the part is as old as the first cycle that is left, the fourth.
      assert.equal(told.length, 9_998);
      assert.equal(told.at(-1)!.cycle, 10_001 - 3);
    });

    it("reads the past of one asset after that of another", async () => {
      let reading = 0;
      const past = new KeptFrames(framesOf(732));
      const slow: UseHistory = {
        at: async (addresses, timeUs) => {
          reading++;
          assert.equal(reading, 1);
          await nextTurn();
          reading--;
          return past.at(addresses, timeUs);
        },
        range: (address, fromUs, toUs) => past.range(address, fromUs, toUs),
      };
      const { intake, told, problems, idle } = intakeOf(slow);
      intake.take({ twin: TWIN, frame: framesOf(732)[40]! });
      intake.take({ twin: TWINS[1], frame: frameOf(1, [2, 60, 6], 1) });
      assert.equal(intake.recalling, 2);
      await idle();
      assert.deepEqual(problems, []);
      assert.deepEqual(
        told.map(({ twin, cycle }) => [twin, cycle]),
        [
          [TWIN, 39],
          [TWIN, 40],
        ],
      );
    });

    it("follows an asset anew where history fails, and says so", async () => {
      const frames = framesOf(729);
      const broken: UseHistory = {
        at: () => Promise.reject(new Error("the disk is gone")),
        range: () => assert.fail("not asked"),
      };
      const { intake, told, problems, idle } = intakeOf(broken);
      for (const frame of frames) intake.take({ twin: TWIN, frame });
      await idle();
      assert.match(String(problems), /p1: its past is not known, so that .* from now on: the disk is gone/);
      assert.equal(problems.length, 1);
      assert.deepEqual(told.at(-1), fed(open(), frames));
    });

    it("takes no sample twice, whatever the first frames are of", async () => {
      const frames = framesOf(738);
      const old = frameOf(0, [9, 99, 1], 0, 30 * MINUTES + 1).filter((row) => row < 3);
      const { intake, told, idle } = intakeOf(new KeptFrames([...frames.slice(0, 61), old]));
      // A property that changed long ago is told first, in a frame of its own and beside the counter.
      intake.take({ twin: TWIN, frame: old });
      assert.equal(intake.recalling, 0);
      const { dictionary } = old;
      const beside = new FrameBuilder({ source: "s", reality: "virtual", dictionary });
      for (const frame of [old, frames[60]!])
        for (let row = 0; row < frame.length; row++)
          beside.add(frame.indexAt(row), frame.valueAt(row), frame.sourceTimeUsAt(row), frame.qualityAt(row));
      intake.take({ twin: TWIN, frame: beside.build({ epoch: 1, first: 0, receiveTimeUs: 0 }) });
      for (const frame of frames.slice(61)) intake.take({ twin: TWIN, frame });
      await idle();
      const whole = open();
      fed(whole, frames.slice(0, 31));
      whole.consume(TWIN, old);
      assert.deepEqual(told.at(-1), fed(whole, frames.slice(31)));
    });

    it("reads no further after its end, and tells nothing", async () => {
      const past = new KeptFrames(framesOf(730));
      let answer: (() => void) | undefined;
      let asked = 0;
      const slow: UseHistory = {
        at: (addresses, timeUs) => past.at(addresses, timeUs),
        range: async (address, fromUs, toUs) => {
          asked++;
          if (asked === 4)
            await new Promise<void>((resolve) => {
              answer = resolve;
            });
          return past.range(address, fromUs, toUs);
        },
      };
      const { intake, told, problems } = intakeOf(slow);
      intake.take({ twin: TWIN, frame: framesOf(730).at(-1)! });
      while (asked < 4) await nextTurn();
      intake.close();
      answer!();
      for (let turn = 0; turn < 1000; turn++) await nextTurn();
      assert.deepEqual([told, problems], [[], []]);
      // The walk back and the stretch after it; all of it would be 30.
      assert.ok(asked <= 12, `${asked} questions`);
    });
  });
});
