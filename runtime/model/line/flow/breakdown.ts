import { sampler } from "../duration.ts";
import { Process, type ProcessBody } from "../events/process.ts";
import type { Timer } from "../events/timer.ts";
import type { Failure } from "../line-model.ts";
import type { ServerState } from "../line-state.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { RepairPool, RepairRequest } from "./repair-pool.ts";

/** What breaks down. */
export interface Breakable {
  readonly name: string;
  readonly block: string;
  goesDown(): void;
  comesUp(): void;
}

/** Breakdowns and repairs of one server. */
export abstract class Breakdown implements RepairRequest {
  readonly name: string;
  readonly isByOperation: boolean;
  /** By time: until the next breakdown. Down: until it is mended. */
  readonly timer: Timer;
  /** By operation: seconds of work until the next breakdown. */
  upLeftS = Number.POSITIVE_INFINITY;
  isDown = false;
  protected readonly server: Breakable;
  readonly crew: RepairPool | undefined;
  readonly #betweenS: () => number;
  readonly #repairS: () => number;
  #downLeftS: number | undefined;

  constructor(failure: Failure, server: Breakable, setting: FlowSetting) {
    this.name = server.name;
    this.server = server;
    this.isByOperation = failure.by === "operation";
    this.crew = failure.crew === undefined ? undefined : setting.crews.get(failure.crew);
    this.#betweenS = sampler(failure.meanBetween, setting.random(server.name, "failure"));
    this.#repairS = sampler(failure.repair, setting.random(server.name, "repair"));
    this.timer = setting.timer(`${server.name}/breakdown`, () => this.timeIsUp());
  }

  /** @param state where it stands; left out: whole */
  live(state: ServerState | undefined): void {
    const upLeftS = state?.upLeftS ?? this.#betweenS();
    if (this.isByOperation) this.upLeftS = upLeftS;
    if (state?.isDown === true) {
      this.isDown = true;
      this.#downLeftS = state.downLeftS;
      this.server.goesDown();
      // A repair with a time is under way; else the crew is asked, in the order of the queue.
      if (state.downLeftS !== undefined) this.mend();
      else if (this.crew === undefined || this.crew.request(this)) this.mend();
    } else if (!this.isByOperation) this.timer.start(upLeftS);
    this.run();
  }

  /** @param runLeftS work that is counted as done and still runs */
  state(runLeftS: number): Pick<ServerState, "upLeftS" | "isDown" | "downLeftS"> {
    if (this.isDown) return { isDown: true, ...(this.timer.isOn ? { downLeftS: this.timer.leftS } : {}) };
    return { upLeftS: this.isByOperation ? this.upLeftS + runLeftS : this.timer.leftS };
  }

  /** Somebody of the crew comes. */
  abstract begin(): void;

  /** It breaks down while it works. */
  abstract fail(): void;

  protected abstract timeIsUp(): void;

  protected run(): void {
    // What happens event by event is under way already.
  }

  protected nextUpS(): number {
    return this.#betweenS();
  }

  protected mend(): void {
    this.timer.start(this.#downLeftS ?? this.#repairS());
    this.#downLeftS = undefined;
  }
}

/** Event by event. */
export class CallbackBreakdown extends Breakdown {
  override begin(): void {
    this.mend();
  }

  override fail(): void {
    this.isDown = true;
    this.server.goesDown();
    if (this.crew === undefined || this.crew.request(this)) this.mend();
  }

  protected override timeIsUp(): void {
    if (!this.isDown) {
      this.fail();
      return;
    }
    this.isDown = false;
    this.crew?.release();
    if (this.isByOperation) this.upLeftS = this.nextUpS();
    this.server.comesUp();
    if (!this.isByOperation) this.timer.start(this.nextUpS());
  }
}

/** As a process. */
export class GeneratorBreakdown extends Breakdown {
  readonly #calendar: FlowSetting["calendar"];
  #process: Process | undefined;

  constructor(failure: Failure, server: Breakable, setting: FlowSetting) {
    super(failure, server, setting);
    this.#calendar = setting.calendar;
  }

  override begin(): void {
    this.#process!.resume();
  }

  override fail(): void {
    this.#process!.resume();
  }

  protected override timeIsUp(): void {
    this.#process!.resume();
  }

  protected override run(): void {
    this.#process = new Process(this.#calendar, () => this.#life(), "now");
  }

  *#life(): ProcessBody {
    if (this.isDown) {
      if (!this.timer.isOn) yield* this.#crewComes();
      yield* this.#mended();
    }
    for (;;) {
      yield; // until it breaks down
      this.isDown = true;
      this.server.goesDown();
      if (this.crew === undefined || this.crew.request(this)) this.mend();
      else yield* this.#crewComes();
      yield* this.#mended();
    }
  }

  *#crewComes(): ProcessBody {
    yield;
    this.mend();
  }

  *#mended(): ProcessBody {
    yield;
    this.isDown = false;
    this.crew?.release();
    if (this.isByOperation) this.upLeftS = this.nextUpS();
    this.server.comesUp();
    if (!this.isByOperation) this.timer.start(this.nextUpS());
  }
}
