import { Process, type ProcessBody } from "../events/process.ts";
import { type Breakdown, GeneratorBreakdown } from "./breakdown.ts";
import type { Part } from "./part.ts";
import { BLOCKED, IDLE, SETUP, Server, WAITING, WALKING, WORK } from "./server.ts";

/** A server as a process: its life can be read from top to bottom. */
export class GeneratorServer extends Server {
  #process: Process | undefined;

  override accept(part: Part): void {
    this.part = part;
    if (!this.#process!.isRunning) this.#process!.resume();
  }

  protected override makeBreakdown(): Breakdown | undefined {
    const { failure } = this.station.block;
    return failure && new GeneratorBreakdown(failure, this, this.setting);
  }

  protected override goOn(phase: number, leftS: number | undefined): void {
    this.#process = new Process(this.setting.calendar, () => this.#life(phase, leftS), "now");
  }

  protected override timeIsUp(): void {
    this.#process!.resume();
  }

  protected override called(): void {
    this.#process!.resume();
  }

  protected override worksAgain(): void {
    if (this.phase === WORK) this.#process!.resume();
  }

  protected override delivered(): void {
    this.#process!.resume();
  }

  *#life(startsAt: number, startsLeftS: number | undefined): ProcessBody {
    let [phase, leftS] = [startsAt, startsLeftS];
    for (;;) {
      if (this.part === undefined) {
        this.enter(IDLE);
        yield; // until a part comes
      }
      if (phase !== BLOCKED) yield* this.#serve(phase, leftS);
      yield* this.#handOn(phase === BLOCKED);
      phase = IDLE;
      leftS = undefined;
    }
  }

  /** @param from the phase it goes on from, with `leftS` of it */
  *#serve(from: number, leftS: number | undefined): ProcessBody {
    if (from === IDLE || from === WAITING) {
      if (this.needsOperators) yield* this.#operatorsCome();
    } else if (from === WALKING) yield* this.#spend(WALKING, leftS ?? 0);
    if (from === SETUP) yield* this.#spend(SETUP, leftS ?? this.setupS());
    else if (from !== WORK) {
      const setupS = this.setupS();
      if (setupS > 0) yield* this.#spend(SETUP, setupS);
    }
    let workS = (from === WORK ? leftS : undefined) ?? this.station.workS(this.part!);
    do {
      yield* this.#work(workS);
      workS = this.station.workAgainS(this.part!);
    } while (workS > 0);
    this.letOperatorsGo();
  }

  *#operatorsCome(): ProcessBody {
    if (!this.callOperators()) {
      this.enter(WAITING);
      yield; // until they are called
    }
    if (this.walkS > 0) yield* this.#spend(WALKING, this.walkS);
  }

  *#work(workS: number): ProcessBody {
    this.enter(WORK);
    const { breakdown } = this;
    this.workLeftS = workS;
    if (breakdown?.isByOperation !== true) {
      this.workLeftS = 0;
      this.timer.start(workS);
      yield;
      return;
    }
    if (breakdown.isDown) yield; // until it is mended
    for (;;) {
      const runS = Math.min(this.workLeftS, breakdown.upLeftS);
      this.workLeftS -= runS;
      breakdown.upLeftS -= runS;
      this.timer.start(runS);
      yield;
      if (this.workLeftS === 0) return;
      breakdown.fail();
      yield; // until it is mended
    }
  }

  *#spend(phase: number, seconds: number): ProcessBody {
    this.enter(phase);
    this.timer.start(seconds);
    yield;
  }

  /** @param waits it waits already since the run began */
  *#handOn(waits: boolean): ProcessBody {
    if (waits) {
      this.enter(BLOCKED);
      this.outputs = [...this.outputs, this.part!];
      if (this.setting.waitsAgain(this.outlet, this.part)) {
        yield;
        this.outputs.pop();
      }
    } else this.outputs = this.finished();
    while (this.outputs.length > 0) {
      this.part = this.outputs.at(-1)!;
      if (!this.outlet.send(this.part)) {
        if (this.phase !== BLOCKED) this.enter(BLOCKED);
        yield; // until there is room
      }
      this.outputs.pop();
    }
    this.part = undefined;
    this.phase = IDLE;
    this.station.freed();
  }
}
