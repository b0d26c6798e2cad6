import type { RandomStream } from "../physics/random-stream.ts";
import { ORDER_SIZE, VARIANTS } from "./line-design.ts";

/** An order: so many bodies of one variant, built one after another. */
export interface Order {
  /** `A-100017`. */
  readonly id: string;
  readonly variant: string;
  readonly quantity: number;
  /** Bodies not let in yet. */
  left: number;
}

/** The next order. @param number counts the orders from 1 */
export function nextOrder(number: number, random: RandomStream): Order {
  const draw = random.uniform();
  const upTo = VARIANTS.map((_, i) => VARIANTS.slice(0, i + 1).reduce((sum, { share }) => sum + share, 0));
  const variant = VARIANTS[upTo.findIndex((share) => draw < share)] ?? VARIANTS.at(-1)!;
  const { least, most } = ORDER_SIZE;
  const quantity = least + Math.floor(random.uniform() * (most - least + 1));
  return { id: `A-${100_000 + number}`, variant: variant.name, quantity, left: quantity };
}
