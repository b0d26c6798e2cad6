import type { TimeUs } from "./time.ts";

/** What was found at the part: how it stood against what had been foretold. */
export const CONDITIONS = ["as foretold", "still good", "failed"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** What a signed-off order tells the rest of the flow: the part is new, or was looked after. Travels as `msg.payload`. */
export interface MaintenanceEvent {
  readonly kind: "maintenance";
  readonly order: string;
  readonly twin: string;
  /** Address of the asset that the component is a part of. */
  readonly asset: string;
  readonly component: string;
  readonly title: string;
  /** On the twin's clock. */
  readonly timeUs: TimeUs;
  /** When the work began. */
  readonly begunUs: TimeUs;
  readonly at: string;
  readonly by: string;
  readonly condition: Condition;
  readonly found: string;
  /** The component is as good as new. */
  readonly isRenewed: boolean;
}

export function isMaintenanceEvent(payload: unknown): payload is MaintenanceEvent {
  if (typeof payload !== "object" || payload === null) return false;
  const { kind, order, asset, component, condition, isRenewed, begunUs } =
    payload as Partial<MaintenanceEvent>;
  const isNamed = [order, asset, component].every((name) => typeof name === "string" && name !== "");
  const isKnown = (CONDITIONS as readonly unknown[]).includes(condition);
  return (
    kind === "maintenance" && isNamed && isKnown && typeof isRenewed === "boolean" && Number.isFinite(begunUs)
  );
}
