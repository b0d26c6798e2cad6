import { type Breakdown, CallbackBreakdown } from "./breakdown.ts";
import type { Part } from "./part.ts";
import { BLOCKED, IDLE, SETUP, Server, WAITING, WALKING, WORK } from "./server.ts";

/** A server event by event: what comes next stands in each event's own method. */
export class CallbackServer extends Server {
  #isFreeing = false;

  override accept(part: Part): void {
    this.part = part;
    // While it still calls the next part, it begins when it has done so.
    if (!this.#isFreeing) this.#begin();
  }

  protected override makeBreakdown(): Breakdown | undefined {
    const { failure } = this.station.block;
    return failure && new CallbackBreakdown(failure, this, this.setting);
  }

  protected override goOn(phase: number, leftS: number | undefined): void {
    if (phase === IDLE) {
      if (this.part === undefined) this.enter(IDLE);
      else this.#begin();
    } else if (phase === WAITING) this.#begin();
    else if (phase === BLOCKED) {
      this.enter(BLOCKED);
      this.outputs = [...this.outputs, this.part!];
      if (!this.setting.waitsAgain(this.outlet, this.part)) this.#handOn();
    } else if (phase === WORK) this.#work(leftS ?? this.station.workS(this.part!));
    else {
      this.enter(phase);
      this.timer.start(leftS ?? (phase === SETUP ? this.setupS() : 0));
    }
  }

  protected override timeIsUp(): void {
    if (this.phase === WORK) this.#worked();
    else if (this.phase === SETUP) this.#work(this.station.workS(this.part!));
    else this.#setUp();
  }

  protected override called(): void {
    this.#walk();
  }

  protected override worksAgain(): void {
    if (this.phase === WORK) this.#workOn();
  }

  protected override delivered(): void {
    this.outputs.pop();
    this.#handOn();
  }

  #begin(): void {
    if (!this.needsOperators) {
      this.#setUp();
      return;
    }
    if (this.callOperators()) this.#walk();
    else this.enter(WAITING);
  }

  #walk(): void {
    if (this.walkS > 0) {
      this.enter(WALKING);
      this.timer.start(this.walkS);
    } else this.#setUp();
  }

  #setUp(): void {
    const setupS = this.setupS();
    if (setupS > 0) {
      this.enter(SETUP);
      this.timer.start(setupS);
    } else this.#work(this.station.workS(this.part!));
  }

  #work(workS: number): void {
    this.workLeftS = workS;
    this.enter(WORK);
    if (!this.isDown || this.breakdown?.isByOperation !== true) this.#workOn();
  }

  #workOn(): void {
    const { breakdown } = this;
    const runS = breakdown?.isByOperation ? Math.min(this.workLeftS, breakdown.upLeftS) : this.workLeftS;
    this.workLeftS -= runS;
    if (breakdown?.isByOperation) breakdown.upLeftS -= runS;
    this.timer.start(runS);
  }

  #worked(): void {
    if (this.workLeftS > 0) {
      this.breakdown!.fail();
      return;
    }
    const againS = this.station.workAgainS(this.part!);
    if (againS > 0) {
      this.#work(againS);
      return;
    }
    this.letOperatorsGo();
    this.outputs = this.finished();
    this.#handOn();
  }

  #handOn(): void {
    while (this.outputs.length > 0) {
      this.part = this.outputs.at(-1)!;
      if (!this.outlet.send(this.part)) {
        if (this.phase !== BLOCKED) this.enter(BLOCKED);
        return;
      }
      this.outputs.pop();
    }
    this.part = undefined;
    this.phase = IDLE;
    this.#isFreeing = true;
    this.station.freed();
    this.#isFreeing = false;
    // `freed` may have brought the next part.
    if ((this.part as Part | undefined) === undefined) this.enter(IDLE);
    else this.#begin();
  }
}
