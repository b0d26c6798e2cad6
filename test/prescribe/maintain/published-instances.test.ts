import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readMaintenanceInstance } from "../../../runtime/prescribe/maintain/maintenance-instance.ts";
import { planMaintenance } from "../../../runtime/prescribe/maintain/maintenance-plan.ts";
import { skipOrFail } from "../../needs.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/data/maintenance/modapto");

interface Optimum {
  readonly setup_cost: number;
  readonly downtime_cost_rate: number;
  readonly repairmen: number;
  readonly value: number;
  readonly groups: readonly {
    readonly activities: readonly number[];
    readonly time_h: number;
    readonly value: number;
  }[];
}

describe("grouping of maintenance: published instances", () => {
  before(function () {
    if (!existsSync(FOLDER)) skipOrFail(this, `${FOLDER} is not there`);
  });
  const json = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), "utf8"));

  it("reaches each exact optimum to a thousandth, group by group", () => {
    const optima: Record<string, readonly Optimum[]> = json("optimum.json");
    let compared = 0;
    for (const [name, cases] of Object.entries(optima)) {
      for (const optimum of cases) {
        const { setup_cost, downtime_cost_rate, repairmen } = optimum;
        const raw = { ...json(`${name}.json`), setup_cost, downtime_cost_rate, repairmen };
        const plan = planMaintenance(readMaintenanceInstance(raw, name));
        assert.ok(plan.proven);
        assert.ok(Math.abs(plan.value - optimum.value) <= 0.001, `${name}: ${plan.value}`);
        assert.deepEqual(
          plan.groups.map(({ activities }) => activities.map(({ id }) => id)),
          optimum.groups.map(({ activities }) => activities),
        );
        plan.groups.forEach(({ timeH, value }, i) => {
          assert.ok(Math.abs(timeH - optimum.groups[i]!.time_h) <= 0.001);
          assert.ok(Math.abs(value - optimum.groups[i]!.value) <= 0.001);
        });
        compared += 1;
      }
    }
    assert.equal(compared, 5);
  });

  it("finds the activities from the lives of the components", () => {
    const { activities: _, ...raw } = json("published-12.json");
    const found = readMaintenanceInstance(raw, "published-12").activities;
    const listed = readMaintenanceInstance(json("published-12.json"), "published-12").activities;
    assert.deepEqual(
      found.map(({ dueH }) => Math.round(dueH * 1000) / 1000),
      listed.map(({ dueH }) => dueH),
    );
  });
});
