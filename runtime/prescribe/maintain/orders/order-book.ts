import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, RungError } from "../../../core/errors.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { UsageMark } from "../rolling/usage-meter.ts";
import { type OrderLine, type OrderState, type WorkOrder, withLine } from "./work-order.ts";

/** Which orders are asked for; times are of their opening, on the twin's clock, from is included and to is not. */
export interface OrderQuestion {
  readonly twin?: string | undefined;
  readonly asset?: string | undefined;
  readonly component?: string | undefined;
  readonly states?: readonly OrderState[] | undefined;
  readonly fromUs?: TimeUs | undefined;
  readonly toUs?: TimeUs | undefined;
}

/**
 * Work orders, kept as a file of JSON lines that only ever grows: who did what and when can be read from it for good. A
 * line is on the disk before it counts. One that a kill left half written is passed over and told of in `broken`.
 */
export class OrderBook {
  readonly path: string;
  readonly #orders = new Map<string, WorkOrder>();
  readonly #used = new Map<string, UsageMark>();
  readonly #listeners = new Set<(order: WorkOrder, line: OrderLine) => void>();
  /** Lines of the file that say nothing. */
  readonly broken: number;
  /** What is appended begins a line of its own. */
  #endsWhole: boolean;

  /** @throws RungError `orders-unreadable` */
  constructor(path: string) {
    this.path = path;
    const text = existsSync(path) ? this.#read() : "";
    let broken = 0;
    for (const row of text.split("\n")) {
      if (row === "") continue;
      const line = lineOf(row);
      if (line === undefined) broken++;
      else this.#take(line);
    }
    this.broken = broken;
    this.#endsWhole = text === "" || text.endsWith("\n");
  }

  #read(): string {
    try {
      return readFileSync(this.path, "utf8");
    } catch (cause) {
      throw new RungError({
        code: "orders-unreadable",
        where: this.path,
        what: messageOf(cause),
        advice: "look at the file's permissions",
        cause,
      });
    }
  }

  #take(line: OrderLine): WorkOrder | undefined {
    if (line.kind === "used") {
      const { used, timeUs } = line;
      // JSON has no NaN.
      this.#used.set(`${line.twin} ${line.component}`, { used, reading: line.reading ?? Number.NaN, timeUs });
      return undefined;
    }
    const order = withLine(this.#orders.get(line.order), line);
    if (order !== undefined) this.#orders.set(line.order, order);
    return order;
  }

  /** Writes a line and waits for the disk. @throws RungError `orders-unwritable`: then nothing has changed */
  append(line: OrderLine): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const file = openSync(this.path, "a", 0o600);
      try {
        writeSync(file, `${this.#endsWhole ? "" : "\n"}${JSON.stringify(line)}\n`);
        fsyncSync(file);
        this.#endsWhole = true;
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      this.#endsWhole = false;
      throw new RungError({
        code: "orders-unwritable",
        where: this.path,
        what: messageOf(cause),
        advice: "make room on its disk, or look at the file's permissions",
        cause,
      });
    }
    const order = this.#take(line);
    if (order !== undefined) for (const listener of this.#listeners) listener(order, line);
  }

  /** @returns ends the listening */
  onLine(listener: (order: WorkOrder, line: OrderLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get(order: string): WorkOrder | undefined {
    return this.#orders.get(order);
  }

  /** What was last noted of a component's use; undefined: nothing. */
  used(twin: string, component: string): UsageMark | undefined {
    return this.#used.get(`${twin} ${component}`);
  }

  /** In the order of their opening. */
  query({
    twin,
    asset,
    component,
    states,
    fromUs = -Infinity,
    toUs = Infinity,
  }: OrderQuestion = {}): WorkOrder[] {
    return [...this.#orders.values()].filter(
      (one) =>
        (twin === undefined || one.twin === twin) &&
        (asset === undefined || one.asset === asset || one.asset.startsWith(`${asset}/`)) &&
        (component === undefined || one.component === component) &&
        (states === undefined || states.includes(one.state)) &&
        one.openedUs >= fromUs &&
        one.openedUs < toUs,
    );
  }
}

const KINDS = new Set(["opened", "planned", "begun", "ticked", "unticked", "signed off", "dropped", "used"]);

function lineOf(row: string): OrderLine | undefined {
  try {
    const thing = JSON.parse(row) as OrderLine | null;
    return thing !== null && KINDS.has(thing.kind) ? thing : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
