import { Random } from "../../../core/random.ts";
import { EventCalendar } from "../events/event-calendar.ts";
import { Timer } from "../events/timer.ts";
import type { Connection, LineBlock, LineModel } from "../line-model.ts";
import type { LineState } from "../line-state.ts";
import { replicationSeed, streamOf } from "../streams.ts";
import type { ActivePeriods } from "./active-periods.ts";
import { Assembly, Disassembly } from "./assembly.ts";
import { Buffer } from "./buffer.ts";
import { CallbackServer } from "./callback-server.ts";
import { CallbackConveyor, GeneratorConveyor } from "./conveyor.ts";
import type { FlowBlock } from "./flow-block.ts";
import type { FlowSetting } from "./flow-setting.ts";
import { FlowTally, type Tracer } from "./flow-tally.ts";
import { Gate } from "./gate.ts";
import { GeneratorServer } from "./generator-server.ts";
import { GeneratorSource } from "./generator-source.ts";
import { OperatorPool } from "./operator-pool.ts";
import { Outlet } from "./outlet.ts";
import type { Part } from "./part.ts";
import { RepairPool } from "./repair-pool.ts";
import { ShiftSwitch } from "./shift-switch.ts";
import { Sink } from "./sink.ts";
import { CallbackSource } from "./source.ts";
import { standstill } from "./standstill.ts";
import { type MakeServer, Station } from "./station.ts";

export interface SimulationOrder {
  readonly seed: number;
  /** Counted from 0; each has streams of its own. */
  readonly replication: number;
  readonly engine: "generators" | "callbacks";
  readonly initial?: LineState | undefined;
  readonly trace?: Tracer | undefined;
  readonly periods?: ActivePeriods | undefined;
}

/** One replication of a line, which can be run on and asked where it stands. */
export class LineSimulation implements FlowSetting {
  readonly calendar = new EventCalendar();
  readonly tally: FlowTally;
  readonly operators: OperatorPool | undefined;
  readonly crews: ReadonlyMap<string, RepairPool>;
  readonly blocks: readonly FlowBlock[];
  readonly #model: LineModel;
  readonly #order: SimulationOrder;
  readonly #blockOf = new Map<string, FlowBlock>();
  /** Activities by the name that a state gives them. */
  readonly #timers = new Map<string, number>();
  readonly #outlets = new Map<Outlet, readonly Connection[]>();
  /** Where an outlet waited when the state was taken. */
  readonly #waitedAt = new Map<string, string[]>();

  /** @param model one that `readLineModel` or `checkLine` has passed */
  constructor(model: LineModel, order: SimulationOrder) {
    this.#model = model;
    this.#order = order;
    const { initial } = order;
    this.calendar.startAt(initial?.atS ?? 0);
    this.tally = new FlowTally(this.calendar, order.trace);
    this.operators = model.operators && new OperatorPool(model.operators);
    this.crews = new Map((model.crews ?? []).map(({ id, count }) => [id, new RepairPool(count)]));
    for (const { id, waiting } of initial?.blocks ?? []) {
      for (const name of waiting ?? []) {
        this.#waitedAt.set(name, [...(this.#waitedAt.get(name) ?? []), id]);
      }
    }
    this.#supposeWaits();
    this.blocks = model.blocks.map((block) => this.#make(block));
    for (const block of this.blocks) this.#blockOf.set(block.id, block);
    for (const [outlet, connections] of this.#outlets) {
      outlet.connect(connections.map(({ to, share, kinds }) => ({ to: this.#block(to), share, kinds })));
    }
    this.#begin();
  }

  random(block: string, purpose: string): Random {
    const { seed, replication } = this.#order;
    return new Random(replicationSeed(seed, replication), streamOf(block, purpose));
  }

  timer(name: string, action: () => void): Timer {
    const timer = new Timer(this.calendar, name, action);
    this.#timers.set(name, timer.activity);
    return timer;
  }

  outlet(
    block: string,
    name: string,
    delivered: () => void,
    leaves?: (part: Part) => void,
    connections = this.#model.connections.filter(({ from }) => from === block),
  ): Outlet {
    const outlet = new Outlet(name, this.random(name, "way"), delivered, leaves);
    this.#outlets.set(outlet, connections);
    return outlet;
  }

  waitsAgain(outlet: Outlet, part: Part | undefined): boolean {
    const at = (this.#waitedAt.get(outlet.name) ?? []).map((id) => this.#block(id));
    if (part === undefined || at.length === 0) return false;
    outlet.waitAgain(part, at);
    for (const block of at) block.waiting.push(outlet);
    return true;
  }

  /**
   * @param most events after which it stops all the same
   * @returns whether it got to the time
   * @throws RungError `line-standstill` where every part waits for another and nothing is left to happen
   */
  run(untilS: number, most?: number): boolean {
    if (!this.calendar.run(untilS, most)) return false;
    if (this.calendar.peek() === Number.POSITIVE_INFINITY) this.#refuseStandstill();
    return true;
  }

  #refuseStandstill(): void {
    const held = this.blocks.find(({ waiting }) => waiting.some(({ name }) => this.#holdsInside(name)));
    if (held === undefined || this.tally.inside === 0) return;
    throw standstill(this.#model.name, held.id, this.calendar.nowS);
  }

  /** Where the line stands now. */
  state(): LineState {
    const nameOf = new Map([...this.#timers].map(([name, activity]) => [activity, name]));
    const queues: Record<string, readonly string[]> = {};
    if (this.operators?.waiting.length) queues.operators = this.operators.waiting.map(({ name }) => name);
    for (const [id, crew] of this.crews) {
      if (crew.waiting.length > 0) queues[id] = crew.waiting.map(({ name }) => name);
    }
    const places = (this.operators?.operators ?? []).flatMap(({ name, block }) =>
      block === undefined ? [] : [[name, block] as const],
    );
    return {
      atS: this.calendar.nowS,
      blocks: this.blocks.map((block) => ({
        ...block.state(),
        ...(block.waiting.length === 0 ? {} : { waiting: block.waiting.map(({ name }) => name) }),
      })),
      ...(places.length === 0 ? {} : { operators: Object.fromEntries(places) }),
      ...(Object.keys(queues).length === 0 ? {} : { queues }),
      timers: this.calendar.ahead().flatMap((activity) => nameOf.get(activity) ?? []),
    };
  }

  #block(id: string): FlowBlock {
    return this.#blockOf.get(id)!;
  }

  #holdsInside(outlet: string): boolean {
    const block = this.#blockOf.get(outlet) ?? this.#blockOf.get(outlet.slice(0, outlet.lastIndexOf("/")));
    return this.#model.blocks.find(({ id }) => id === block?.id)?.kind !== "source";
  }

  #make(block: LineBlock): FlowBlock {
    const isGenerators = this.#order.engine === "generators";
    const makeServer: MakeServer = (station, index, setting) =>
      isGenerators
        ? new GeneratorServer(station, index, setting)
        : new CallbackServer(station, index, setting);
    const { periods } = this.#order;
    switch (block.kind) {
      case "source": {
        const orders = this.#model.orders ?? [];
        return isGenerators
          ? new GeneratorSource(block, orders, this)
          : new CallbackSource(block, orders, this);
      }
      case "station":
        return new Station(block, this, makeServer, periods);
      case "assembly":
        return new Assembly(block, this, makeServer, periods);
      case "disassembly":
        return new Disassembly(block, this, makeServer, periods);
      case "buffer":
        return new Buffer(block.id, block.places ?? Number.POSITIVE_INFINITY, this);
      case "conveyor":
        return isGenerators ? new GeneratorConveyor(block, this) : new CallbackConveyor(block, this);
      case "gate":
        return new Gate(block, this);
      case "sink":
        return new Sink(block.id, block.scrap === true, this.tally);
    }
  }

  #begin(): void {
    const { initial } = this.#order;
    this.#placeOperators();
    const stateOf = (id: string) => initial?.blocks.find((block) => block.id === id);
    // Who takes parts stands ready before who hands them on.
    const rank = (kind: LineBlock["kind"]): number => (kind === "source" ? 2 : isWork(kind) ? 0 : 1);
    const inOrder = this.#model.blocks
      .map(({ id, kind }, i) => ({ id, i, rank: rank(kind) }))
      .sort((a, b) => a.rank - b.rank || a.i - b.i);
    this.#followShifts();
    for (const state of initial?.blocks ?? []) this.#block(state.id).restore(state);
    for (const { id, i } of inOrder) this.blocks[i]!.begin(stateOf(id));
    this.#reorder();
    // Who is said to be blocked and is not goes on.
    for (const block of this.blocks) if (block.waiting.length > 0) block.roomFreed();
  }

  /** A plant says who is blocked, not at which block: then it waits wherever its parts may go. */
  #supposeWaits(): void {
    for (const { id, servers, isBlocked } of this.#order.initial?.blocks ?? []) {
      const ways = this.#model.connections.filter(({ from }) => from === id).map(({ to }) => to);
      const phases = servers?.map(({ phase }) => phase) ?? (isBlocked ? ["blocked"] : []);
      for (const [i, phase] of phases.entries()) {
        const name = `${id}/${i}`;
        if (phase === "blocked" && !this.#waitedAt.has(name)) this.#waitedAt.set(name, ways);
      }
    }
  }

  #placeOperators(): void {
    const places = this.#order.initial?.operators ?? {};
    for (const operator of this.operators?.operators ?? []) {
      const id = places[operator.name];
      const block = this.#model.blocks.find((one) => one.id === id);
      operator.block = id;
      operator.positionM = block !== undefined && "positionM" in block ? block.positionM : undefined;
    }
  }

  #followShifts(): void {
    const plan = this.#model.calendar;
    if (plan === undefined) return;
    const switches = new Map<string, ShiftSwitch>();
    for (const [i, { shifts }] of this.#model.blocks.entries()) {
      if (shifts === "always") continue;
      const key = shifts?.toSorted().join("+") ?? "";
      const shift = switches.get(key) ?? new ShiftSwitch(this.calendar, plan, shifts);
      switches.set(key, shift);
      this.#timers.set(`shifts/${key}`, shift.activity);
      shift.follow((isOn) => this.blocks[i]!.onShift(isOn));
    }
    for (const shift of switches.values()) shift.begin();
  }

  /** Puts what waits and what happens at one moment into the order of the state. */
  #reorder(): void {
    const { initial } = this.#order;
    if (initial === undefined) return;
    const inOrder = <T extends { readonly name: string }>(all: T[], names: readonly string[] = []): void => {
      const place = ({ name }: T): number => (names.indexOf(name) + 1 || names.length + 1) - 1;
      all.sort((a, b) => place(a) - place(b));
    };
    for (const { id, waiting } of initial.blocks) inOrder(this.#block(id).waiting, waiting);
    if (this.operators !== undefined) inOrder(this.operators.waiting, initial.queues?.operators);
    for (const [id, crew] of this.crews) inOrder(crew.waiting, initial.queues?.[id]);
    for (const name of initial.timers ?? []) {
      const activity = this.#timers.get(name);
      if (activity === undefined || !this.calendar.isAhead(activity)) continue;
      const dueS = this.calendar.dueS(activity);
      this.calendar.cancel(activity);
      this.calendar.schedule(activity, dueS);
    }
  }
}

const isWork = (kind: LineBlock["kind"]): boolean =>
  kind === "station" || kind === "assembly" || kind === "disassembly";
