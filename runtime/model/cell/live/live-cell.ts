import { Worker } from "node:worker_threads";
import { RungError } from "../../../core/errors.ts";
import type { Frame } from "../../../core/frame.ts";
import { siblingModule } from "../../../core/sibling-module.ts";
import type { TimeUs } from "../../../core/time.ts";
import type {
  LiveAnswer,
  LiveClearance,
  LiveReady,
  LiveReply,
  LiveStart,
  RobotAngles,
} from "./live-message.ts";
import { LiveReadings, type RobotReadings } from "./live-readings.ts";

/** Probes and cycles whose mean is judged: one alone has the probe's noise, many come too late. */
export const JUDGED = 3;

/** Joint angles read longer after a probe than this may be of a robot that has moved on, µs. */
const PROBE_HOLDS_US = 2e6;

/** One robot of a live cell, in the units people read. Plain data. */
export interface LiveRobot {
  readonly robot: string;
  /** Joint angles now, rad, as drawn. */
  readonly qRad: readonly number[];
  /** The nearest thing; absent where nothing is within half a metre. */
  readonly clearance?: {
    readonly mm: number;
    readonly limitMm: number;
    readonly body: string;
    readonly obstacle: string;
    readonly points: LiveClearance["points"];
  };
  /** TCP as probed against the model, mean of the last probes, mm; absent before the first. */
  readonly tcpDriftMm?: number;
  readonly probes: number;
  /** Mean of the last cycles, and what the program is planned to take, s. */
  readonly cycleS?: number;
  readonly plannedS?: number;
  readonly cycles: number;
}

/** A cell as it stands now. */
export interface LiveCellView {
  readonly kind: "live-cell";
  readonly cell: string;
  readonly variant: string | undefined;
  /** Source time of the newest joint angle. */
  readonly timeUs: TimeUs;
  readonly robots: readonly LiveRobot[];
}

interface Judged {
  /** TCP as probed less TCP by the model, m, newest last. */
  readonly offsetsM: (readonly [number, number, number])[];
  readonly cyclesS: number[];
  probedUs: TimeUs;
  cycleUs: TimeUs;
  plannedS: number | undefined;
}

/**
 * A cell that follows its plant: joint angles of frames move the model, in a thread of its own, and it tells how near the
 * robots are to anything now, how far their tools stand from where the model has them, and how long their programs take
 * against the plan. One question is under way at a time; what comes meanwhile is asked together afterwards.
 */
export class LiveCell {
  readonly ready: LiveReady;
  readonly #worker: Worker;
  readonly #readings: LiveReadings;
  readonly #judged: ReadonlyMap<string, Judged>;
  #view: LiveCellView | undefined;
  #isAsking = false;
  #asking:
    | { poses: RobotAngles[]; probed: { robot: string; atM: Float64Array }[]; timeUs: TimeUs }
    | undefined;
  /** A new view, in the thread of the caller. */
  onView: (view: LiveCellView) => void = () => undefined;
  onFault: (fault: RungError) => void = () => undefined;

  private constructor(worker: Worker, ready: LiveReady) {
    this.#worker = worker;
    this.ready = ready;
    this.#readings = new LiveReadings(ready.robots);
    this.#judged = new Map(
      ready.robots.map((robot) => [
        robot,
        { offsetsM: [], cyclesS: [], probedUs: 0, cycleUs: 0, plannedS: undefined },
      ]),
    );
    worker.on("message", (reply: LiveReply) => {
      if ("answer" in reply) this.#answered(reply.answer);
      else if ("fault" in reply) this.#failed(new RungError(reply.fault));
    });
    worker.on("error", (error) =>
      this.#failed(
        new RungError({ code: "live-cell", where: ready.cell, what: error.message, cause: error }),
      ),
    );
  }

  /** Reads the cell in its thread. @throws RungError of the cell file, or `live-cell` */
  static async start(start: LiveStart): Promise<LiveCell> {
    const worker = new Worker(siblingModule(import.meta.url, "./live-worker"), { workerData: start });
    try {
      const ready = await new Promise<LiveReady>((resolve, reject) => {
        worker.once("message", (reply: LiveReply) => {
          if ("ready" in reply) resolve(reply.ready);
          else if ("fault" in reply) reject(new RungError(reply.fault));
        });
        worker.once("error", reject);
        worker.once("exit", () => reject(new Error("its thread ended")));
      });
      return new LiveCell(worker, ready);
    } catch (thrown) {
      await worker.terminate();
      if (thrown instanceof RungError) throw thrown;
      throw new RungError({ code: "live-cell", where: start.file, what: String(thrown), cause: thrown });
    }
  }

  get view(): LiveCellView | undefined {
    return this.#view;
  }

  /** Takes a frame of the cell's twin; the view follows. @throws RungError `unit-mismatch` */
  accept(frame: Frame, twin: string): void {
    this.#readings.take(frame, twin);
    this.#ask();
  }

  async close(): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #ask(): void {
    if (this.#isAsking) return;
    const poses: RobotAngles[] = [];
    const probed: { robot: string; qRad: readonly number[]; atM: Float64Array }[] = [];
    for (const robot of this.ready.robots) {
      const readings = this.#readings.robots.get(robot.toLowerCase())!;
      const judged = this.#judged.get(robot)!;
      this.#takeCycle(robot, readings, judged);
      if (readings.qRad.some(Number.isNaN)) continue;
      const qRad = [...readings.qRad];
      poses.push({ robot, qRad });
      const probedUs = Math.max(...readings.probedUs);
      // All three of one probe, and joint angles no older than it: the robot stands still until the next body.
      const isWhole = readings.probedUs.every((timeUs) => timeUs === probedUs);
      const isNew = probedUs > judged.probedUs && !readings.probedM.some(Number.isNaN);
      if (!isWhole || !isNew || readings.qTimeUs.some((timeUs) => timeUs < probedUs)) continue;
      judged.probedUs = probedUs;
      if (readings.qTimeUs.some((timeUs) => timeUs > probedUs + PROBE_HOLDS_US)) continue;
      probed.push({ robot, qRad, atM: readings.probedM.slice() });
    }
    if (poses.length === 0) return;
    this.#isAsking = true;
    this.#asking = { poses, probed, timeUs: this.#readings.newestUs };
    this.#worker.postMessage({ poses, probed: probed.map(({ robot, qRad }) => ({ robot, qRad })) });
  }

  /** Only cycles of a program that the cell knows are held against the plan. */
  #takeCycle(robot: string, readings: RobotReadings, judged: Judged): void {
    const { cycleS, cycleUs, program } = readings;
    judged.plannedS = this.ready.programs.find(
      (one) => one.robot === robot && one.name === program,
    )?.durationS;
    if (!(cycleUs > judged.cycleUs) || Number.isNaN(cycleS)) return;
    judged.cycleUs = cycleUs;
    keep(judged.cyclesS, cycleS);
  }

  #answered({ clearances, tcps }: LiveAnswer): void {
    const { poses, probed, timeUs } = this.#asking!;
    this.#isAsking = false;
    for (const { robot, tcpM } of tcps) {
      const { atM } = probed.find((one) => one.robot === robot)!;
      keep(this.#judged.get(robot)!.offsetsM, [
        atM[0]! - tcpM[0],
        atM[1]! - tcpM[1],
        atM[2]! - tcpM[2],
      ] as const);
    }
    this.#view = {
      kind: "live-cell",
      cell: this.ready.cell,
      variant: this.ready.variant,
      timeUs,
      robots: poses.map(({ robot, qRad }) =>
        robotView(
          robot,
          qRad,
          this.#judged.get(robot)!,
          clearances.find((one) => one.robot === robot),
        ),
      ),
    };
    this.onView(this.#view);
  }

  #failed(fault: RungError): void {
    this.#isAsking = false;
    this.onFault(fault);
  }
}

function keep<T>(list: T[], value: T): void {
  list.push(value);
  if (list.length > JUDGED) list.shift();
}

function robotView(
  robot: string,
  qRad: readonly number[],
  { offsetsM, cyclesS, plannedS }: Judged,
  near: LiveClearance | undefined,
): LiveRobot {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  // The mean offset, not the mean of its size: noise has no direction.
  const drift = [0, 1, 2].map((i) => mean(offsetsM.map((offset) => offset[i]!)));
  return {
    robot,
    qRad,
    ...(near && {
      clearance: {
        mm: 1000 * near.distanceM,
        limitMm: 1000 * near.limitM,
        body: near.body,
        obstacle: near.obstacle,
        points: near.points,
      },
    }),
    ...(offsetsM.length > 0 && { tcpDriftMm: 1000 * Math.hypot(...drift) }),
    probes: offsetsM.length,
    ...(cyclesS.length > 0 && { cycleS: mean(cyclesS) }),
    ...(plannedS !== undefined && { plannedS }),
    cycles: cyclesS.length,
  };
}
