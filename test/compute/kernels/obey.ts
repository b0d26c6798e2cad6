import { readFileSync } from "node:fs";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";
import { RungError } from "../../../runtime/core/errors.ts";

export type Order =
  | { readonly do: "read"; readonly file: string }
  | { readonly do: "environment" }
  | { readonly do: "spin until cancelled" }
  | { readonly do: "spin for ever" }
  | { readonly do: "eat memory" }
  | { readonly do: "refuse" };

/** Does what a misbehaving kernel might do. */
export async function run(order: Order, control: KernelControl): Promise<string> {
  switch (order.do) {
    case "read":
      return readFileSync(order.file, "utf8").slice(0, 10);
    case "environment":
      return Object.keys(process.env).join(",");
    case "spin until cancelled":
      for (;;) await control.breathe();
    case "spin for ever":
      for (let i = 0; ; i++) if (i < 0) return "never";
    case "eat memory": {
      const eaten: number[][] = [];
      for (;;) eaten.push(new Array<number>(1e5).fill(eaten.length + 0.5));
    }
    case "refuse":
      throw new RungError({
        code: "not-positive",
        where: "oven1/zone3",
        what: "heat transfer must be > 0 W/m²K",
      });
  }
}
