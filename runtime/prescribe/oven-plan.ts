import type { BodyType } from "../model/oven/body-type.ts";

/** Another body than the one the oven is followed with. */
export interface PlanBody {
  /** With all multipliers 1, s, one per node of the situation. */
  readonly timeConstantS: readonly number[];
  readonly startC: number;
  readonly bodyKg: number;
  readonly skidKg: number;
  /** Its panels, where it is a body type of the model; a ride of the model takes them. */
  readonly type?: Pick<BodyType, "nodes" | "couplings">;
}

/** How the oven is run in one scenario, once its air has settled. */
export interface OvenPlan {
  /** Setpoints, °C. A zone that is off stands at hall temperature. */
  readonly setpointC: readonly number[];
  /** Zones that are off: their emitters are too. Left out, none is. */
  readonly off?: readonly boolean[];
  readonly speedMPerMin: number;
  /** A standstill that meets the body at an even place of its ride, minutes. */
  readonly stopMin: number;
  /** Left out: the body of the situation. */
  readonly body?: PlanBody;
}
