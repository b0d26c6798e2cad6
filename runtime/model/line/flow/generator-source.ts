import { Process, type ProcessBody } from "../events/process.ts";
import type { LineOrder, SourceBlock } from "../line-model.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Part } from "./part.ts";
import { Source } from "./source.ts";

/** As a process. */
export class GeneratorSource extends Source {
  readonly #setting: FlowSetting;
  #process: Process | undefined;

  constructor(block: SourceBlock, orders: readonly LineOrder[], setting: FlowSetting) {
    super(block, orders, setting);
    this.#setting = setting;
  }

  protected override live(firstInS: number | undefined, part?: Part, isWaiting = false): void {
    this.#process = new Process(this.#setting.calendar, () => this.#life(firstInS, part, isWaiting), "now");
  }

  protected override wake(): void {
    this.#process?.resume();
  }

  *#life(firstInS: number | undefined, waiting: Part | undefined, isWaiting: boolean): ProcessBody {
    if (isWaiting) yield;
    else if (waiting !== undefined && !this.outlet.send(waiting)) yield;
    let inS = waiting === undefined ? firstInS : undefined;
    for (;;) {
      if (this.interarrivalS !== undefined) {
        this.timer.start(inS ?? this.interarrivalS());
        inS = undefined;
        yield;
      }
      const part = this.arrival();
      if (part === undefined) return;
      if (!this.outlet.send(part)) yield;
    }
  }
}
