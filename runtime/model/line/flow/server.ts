import type { Timer } from "../events/timer.ts";
import { SERVER_STATES } from "../line-run.ts";
import type { ServerState } from "../line-state.ts";
import type { Breakable, Breakdown } from "./breakdown.ts";
import type { FlowSetting } from "./flow-setting.ts";
import { told } from "./flow-tally.ts";
import type { Operator, OperatorRequest } from "./operator-pool.ts";
import type { Outlet } from "./outlet.ts";
import type { Part } from "./part.ts";
import { partOf, stateOf } from "./part-state.ts";
import { OFF_SHIFT } from "./source.ts";
import type { Machine, Station } from "./station.ts";

/** What a server is at, whether or not it rests meanwhile. The first five are its states in `SERVER_STATES` too. */
export const IDLE = 0;
export const SETUP = 1;
export const WORK = 2;
export const BLOCKED = 3;
export const WAITING = 4;
export const WALKING = 5;
const DOWN = 5;
const OFF = 6;
const PHASES = ["idle", "setup", "work", "blocked", "waiting", "walking"] as const;

/** A reason to hold a timer, beside `OFF_SHIFT`. */
const IS_DOWN = 2;

/**
 * One machine of a station. What both engines do at each step stands here; in which order, in `CallbackServer` and
 * `GeneratorServer`: operators come, setup, work, now and then work again, and out.
 */
export abstract class Server implements Machine, Breakable, OperatorRequest {
  /** `st01/0`. */
  readonly name: string;
  readonly block: string;
  readonly index: number;
  /** Seconds in each of `SERVER_STATES`, up to the last change. */
  readonly timesS = new Float64Array(SERVER_STATES.length);
  part: Part | undefined;
  protected readonly setting: FlowSetting;
  protected readonly station: Station;
  protected readonly outlet: Outlet;
  /** The walk, setup or work it is at. */
  protected readonly timer: Timer;
  protected readonly breakdown: Breakdown | undefined;
  protected phase = IDLE;
  /** What is left of the work, breakdowns by operation included. */
  protected workLeftS = 0;
  /** What a disassembly has to hand on, the last first. */
  protected outputs: Part[] = [];
  #operators: readonly Operator[] = [];
  #walkS = 0;
  #setFor: string | undefined;
  #state = IDLE;
  #sinceS: number;
  #isOff = false;

  constructor(station: Station, index: number, setting: FlowSetting) {
    this.name = `${station.id}/${index}`;
    this.block = station.id;
    this.index = index;
    this.station = station;
    this.setting = setting;
    this.#sinceS = setting.calendar.nowS;
    this.timer = setting.timer(`${this.name}/work`, () => this.timeIsUp());
    this.outlet = setting.outlet(station.id, this.name, () => this.delivered());
    this.breakdown = this.makeBreakdown();
  }

  get skill(): string {
    return this.station.block.operators!.skill;
  }

  get count(): number {
    return this.station.block.operators!.count;
  }

  get positionM(): readonly [number, number] | undefined {
    return this.station.block.positionM;
  }

  get isDown(): boolean {
    return this.breakdown?.isDown ?? false;
  }

  /** Takes a part; it has none. */
  abstract accept(part: Part): void;

  /** The timer ran out. */
  protected abstract timeIsUp(): void;
  /** A part that had to wait is gone. */
  protected abstract delivered(): void;
  /** Operators come who were waited for. */
  protected abstract called(): void;
  protected abstract makeBreakdown(): Breakdown | undefined;
  /** Goes on from a phase with a part: `leftS` of a walk, setup or work, or all of it. */
  protected abstract goOn(phase: number, leftS: number | undefined): void;
  /** Mended; the work that stopped may go on. */
  protected abstract worksAgain(): void;

  /** Goes on from a state whose parts and people it has got back; without one: idle. */
  live(state: ServerState | undefined): void {
    this.breakdown?.live(state);
    if (state === undefined || this.part === undefined) {
      this.goOn(IDLE, undefined);
      return;
    }
    this.goOn(PHASES.indexOf(state.phase), state.leftS);
  }

  state(): ServerState {
    const own = this.part === undefined ? [] : [this.part];
    const parts = this.outputs.length > 0 ? this.outputs.toReversed() : own;
    return {
      phase: PHASES[this.phase]!,
      parts: parts.map(stateOf),
      ...(this.timer.isOn || (this.phase === WORK && this.isDown) ? { leftS: this.#leftS() } : {}),
      ...(this.#setFor === undefined ? {} : { setFor: this.#setFor }),
      ...this.breakdown?.state(this.phase === WORK ? this.timer.leftS : 0),
      ...(this.#operators.length === 0 ? {} : { operators: this.#operators.map(({ name }) => name) }),
    };
  }

  onShift(isOn: boolean): void {
    this.#isOff = !isOn;
    for (const timer of [this.timer, this.breakdown?.timer]) {
      if (isOn) timer?.letGo(OFF_SHIFT);
      else timer?.hold(OFF_SHIFT);
    }
    this.#show();
  }

  goesDown(): void {
    this.timer.hold(IS_DOWN);
    this.#show();
  }

  comesUp(): void {
    this.timer.letGo(IS_DOWN);
    this.#show();
    if (this.breakdown!.isByOperation) this.worksAgain();
  }

  granted(operators: readonly Operator[], walkS: number): void {
    this.#operators = operators;
    this.#walkS = walkS;
    if (this.phase === WAITING) this.called();
  }

  /** Brings the times up to now. */
  countTimes(): void {
    const nowS = this.setting.calendar.nowS;
    this.timesS[this.#state]! += nowS - this.#sinceS;
    this.#sinceS = nowS;
  }

  protected enter(phase: number): void {
    this.phase = phase;
    this.#show();
  }

  protected get needsOperators(): boolean {
    return this.station.block.operators !== undefined;
  }

  /** Asks for operators. @returns whether they come at once; else `called` tells of them */
  protected callOperators(): boolean {
    return this.setting.operators!.request(this);
  }

  protected get walkS(): number {
    return this.#walkS;
  }

  protected letOperatorsGo(): void {
    const operators = this.#operators;
    if (operators.length === 0) return;
    this.#operators = [];
    this.setting.operators!.release(operators);
  }

  /** Setup that the part needs, s. */
  protected setupS(): number {
    const kind = this.part!.kind;
    const from = this.#setFor;
    this.#setFor = kind;
    return from === undefined || from === kind ? 0 : this.station.setupS(from, kind);
  }

  /** The part's work is done. @returns the parts it has become, the last first */
  protected finished(): Part[] {
    return this.station.outputs(this.part!, this.outputs);
  }

  #leftS(): number {
    const isStopped = this.phase === WORK && this.breakdown?.isByOperation === true;
    return isStopped ? this.workLeftS + this.timer.leftS : this.timer.leftS;
  }

  /** Takes back what a state says it has. */
  restore(state: ServerState): void {
    if (state.isDown && state.downLeftS !== undefined) this.breakdown?.crew?.seize();
    this.#setFor = state.setFor;
    const [part, ...outputs] = state.parts.map((one) => partOf(one, this.setting));
    this.part = part;
    this.outputs = outputs.toReversed();
    if (part !== undefined) this.#setFor ??= part.kind;
    const names = state.operators ?? [];
    this.#operators = (this.setting.operators?.operators ?? []).filter(({ name }) => names.includes(name));
    for (const operator of this.#operators) {
      operator.isFree = false;
      if (this.positionM === undefined) continue;
      operator.block = this.block;
      operator.positionM = this.positionM;
    }
  }

  #show(): void {
    const state = this.#isOff ? OFF : this.isDown ? DOWN : this.phase === WALKING ? WAITING : this.phase;
    const isSame = state === this.#state;
    if (!isSame) {
      const nowS = this.setting.calendar.nowS;
      this.timesS[this.#state]! += nowS - this.#sinceS;
      this.#sinceS = nowS;
      this.station.turns(this.#state, state);
      this.#state = state;
    }
    const { trace } = this.setting.tally;
    if (trace === undefined || (isSame && state !== WORK)) return;
    trace({
      atS: this.setting.calendar.nowS,
      block: this.block,
      server: this.index,
      event: SERVER_STATES[state]!,
      ...(this.part === undefined ? {} : told(this.part)),
    });
  }
}
