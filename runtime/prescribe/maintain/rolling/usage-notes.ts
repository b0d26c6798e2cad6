import type { OrderBook } from "../orders/order-book.ts";
import type { MaintainedComponent } from "./maintained-plant.ts";
import type { RollingPlan } from "./rolling-plan.ts";
import type { UsageMark } from "./usage-meter.ts";

/** Use is noted each time that this share of a life has passed: a restart loses no more of a running time. */
const NOTED_SHARE = 0.01;

/** Keeps in the book of work orders what components have been used, so that a restart does not make them new. */
export class UsageNotes {
  readonly #book: OrderBook;
  readonly #twin: string;
  /** As noted last, and as they were found at the start. */
  readonly marks: Map<string, UsageMark>;

  constructor(book: OrderBook, twin: string, components: readonly MaintainedComponent[]) {
    this.#book = book;
    this.#twin = twin;
    this.marks = new Map(
      components.flatMap(({ id }) => {
        const mark = book.used(twin, id);
        return mark === undefined ? [] : [[id, mark] as const];
      }),
    );
  }

  /** @param isDue also notes what has hardly moved, where it has moved at all @throws RungError `orders-unwritable` */
  note(plan: RollingPlan, isDue: boolean): void {
    for (const { id } of plan.plant.components) {
      const meter = plan.meter(id);
      if (meter === undefined) continue;
      const { mark, life } = meter;
      const known = this.marks.get(id);
      if (!Number.isFinite(mark.timeUs) || (known !== undefined && known.used === mark.used)) continue;
      const movedBy = Math.abs(mark.used - (known?.used ?? Number.POSITIVE_INFINITY));
      if (!isDue && movedBy < NOTED_SHARE * life) continue;
      this.#book.append({ kind: "used", twin: this.#twin, component: id, ...mark });
      this.marks.set(id, mark);
    }
  }
}
