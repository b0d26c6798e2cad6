import type { Frame } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";
import { readActions } from "../../runtime/diagnose/action-table.ts";
import { Detector } from "../../runtime/diagnose/detector.ts";
import { detectorOptions } from "../../runtime/diagnose/detector-options.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import type { ActionRow } from "../../runtime/diagnose/finding-words.ts";
import { RowGatherer } from "../../runtime/diagnose/row-gatherer.ts";
import { chooseSignals, type Signal, tickPeriodUs } from "../../runtime/diagnose/signal.ts";
import { TickAssembler } from "../../runtime/diagnose/tick-assembler.ts";
import { calibrateWatchable } from "../../runtime/diagnose/watchable.ts";

/** What is read of a node of a flow: a source's table, or a detector's form. */
export interface FlowNode {
  readonly id: string;
  readonly bindings?: readonly BindingRow[];
  readonly properties?: string;
  readonly budget?: number;
  readonly hours?: number;
  readonly actions?: unknown;
}

/** A detect node without its session: gathers rows of normal operation when told, and watches from when it is told. */
export class LiveDetector {
  readonly node: string;
  readonly twin: string;
  readonly signals: readonly Signal[];
  readonly periodUs: number;
  /** Hours of history that the node asks for. */
  readonly hours: number;
  readonly #actions: readonly ActionRow[];
  readonly #budgetPercent: number;
  readonly #assembler: TickAssembler;
  readonly #setpoint: (address: string) => number | undefined;
  #gathered: RowGatherer | undefined;
  #detector: Detector | undefined;

  constructor(
    { id, properties: pattern = "", budget = 5, hours = 8, actions }: FlowNode,
    properties: readonly Property[],
    twin: string,
    setpoint: (address: string) => number | undefined,
  ) {
    this.node = id;
    this.twin = twin;
    this.signals = chooseSignals(properties, twin, pattern);
    this.periodUs = tickPeriodUs(this.signals);
    this.hours = hours;
    this.#budgetPercent = budget;
    this.#actions = readActions(actions, id);
    this.#assembler = new TickAssembler(this.signals, this.periodUs);
    this.#setpoint = setpoint;
  }

  /** Ticks judged so far. */
  get ticks(): number {
    return this.#detector?.counts.ticks ?? 0;
  }

  /** @param rows most that are kept */
  gather(rows: number): void {
    this.#gathered = new RowGatherer(
      this.signals.map(({ property }) => property.address),
      rows,
    );
  }

  /** Calibrates on the rows gathered, as the node's session does on history, and watches from now on. */
  watch(): void {
    const { count } = this.#gathered!;
    const { names, values, timeUs } = this.#gathered!.columns();
    this.#gathered = undefined;
    const columns = {
      names,
      values: values.map((column) => column.slice(0, count)),
      timeUs: timeUs.slice(0, count),
    };
    const calibration = calibrateWatchable(
      columns,
      detectorOptions({ falseAlarmBudget: this.#budgetPercent / 100 }),
    );
    const byAddress = new Map(this.signals.map((signal) => [signal.property.address, signal]));
    this.#detector = new Detector({
      twin: this.twin,
      node: this.node,
      signals: calibration.names.map((name) => byAddress.get(name)!),
      periodUs: this.periodUs,
      calibration,
      references: this.#setpoint,
      actions: this.#actions,
    });
  }

  consume(frame: Frame): Finding[] {
    if (this.#detector !== undefined) return this.#detector.consume(frame);
    this.#assembler.consume(frame, (timeUs, row) => this.#gathered?.add(timeUs, row));
    return [];
  }
}
