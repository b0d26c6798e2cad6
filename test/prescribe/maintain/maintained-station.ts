import {
  type MaintainedPlant,
  readMaintainedPlant,
} from "../../../runtime/prescribe/maintain/rolling/maintained-plant.ts";

export const TWIN = "acme/leipzig/body/station120";
/** A Monday, 00:00 UTC. */
export const MONDAY_US = Date.UTC(2026, 10, 23) * 1000;
export const HOUR_US = 3_600_000_000;

/** A station of two guns that wear by the cycle and a fan that is due by the calendar. */
export const STATION = {
  name: "station 120",
  setup_cost: 300,
  downtime_cost_rate: 200,
  repairmen: 2,
  horizon_h: 48,
  open_orders_h: 24,
  parts: [{ id: "caps", on_hand: 1, lead_h: 12 }],
  components: [
    gun("r1-caps", "r1", "R1"),
    gun("r2-caps", "r2", "R2"),
    {
      id: "fan",
      asset: `${TWIN}/fan`,
      class: "fan",
      alpha: 1,
      beta: 4,
      duration_h: 1,
      mtbf_h: 20,
    },
  ],
};

function gun(id: string, robot: string, mark: string) {
  return {
    id,
    label: `${mark} caps`,
    asset: `${TWIN}/${robot}`,
    class: "gun",
    alpha: 2,
    beta: 8,
    duration_h: 0.5,
    counter: "cycle/count",
    life_cycles: 600,
    cycles_per_h: 60,
    part: "caps",
    mark,
  };
}

export const plantOf = (more: object = {}): MaintainedPlant =>
  readMaintainedPlant({ ...STATION, ...more }, "station");
