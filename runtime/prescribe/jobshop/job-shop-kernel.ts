import type { Kernel, KernelControl } from "../../compute/kernel.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { JobShop } from "./job-shop.ts";
import { type JobShopAnswer, type JobShopBudget, solvingJobShop } from "./solve-job-shop.ts";

export interface JobShopOrder {
  readonly shop: JobShop;
  readonly budget: Omit<JobShopBudget, "onBetter">;
}

/** A schedule of a job shop in a compute child, which can be called off. */
export const JOB_SHOP: Kernel<JobShopOrder, JobShopAnswer> = {
  name: "job shop",
  module: siblingModule(import.meta.url, "./job-shop-kernel").href,
};

export async function run({ shop, budget }: JobShopOrder, control: KernelControl): Promise<JobShopAnswer> {
  const steps = solvingJobShop(shop, budget);
  for (let step = steps.next(); ; step = steps.next()) {
    await control.breathe();
    if (step.done) return step.value;
  }
}
