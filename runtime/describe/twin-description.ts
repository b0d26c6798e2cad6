import { isAddress, isWithin } from "../core/address.ts";
import { RungError } from "../core/errors.ts";
import { RUNGS, type Rung } from "../core/evidence.ts";

export const SCOPES = ["component", "machine", "process", "system", "enterprise"] as const;
export type Scope = (typeof SCOPES)[number];

/** What a twin is for, as its configuration says it. */
export interface TwinDescription {
  readonly address: string;
  /** What an operator calls it: "Oven 1". */
  readonly name: string;
  readonly scope: Scope;
  /** Address of the twin it is part of. */
  readonly parent?: string;
  /** Whether the parent's rung needs this twin; where not, `reason` says why. */
  readonly needed: boolean;
  readonly reason?: string;
  /** The decision it serves: "hold the cure window at least gas". */
  readonly objective: string;
  /** The rung that is enough for the objective. */
  readonly targetRung: Rung;
}

/**
 * Checks a description and names every fault at once.
 * @throws RungError `bad-twin`
 */
export function validateTwin(twin: TwinDescription): void {
  const faults: string[] = [];
  if (!isAddress(twin.address)) faults.push(`address ${JSON.stringify(twin.address)} is no ISA-95 path`);
  if (!SCOPES.includes(twin.scope))
    faults.push(`scope must be one of ${SCOPES.join(", ")}, got ${twin.scope}`);
  if (!RUNGS.includes(twin.targetRung))
    faults.push(`target rung must be a whole number from 0 to 5, got ${twin.targetRung}`);
  if (twin.parent !== undefined) {
    if (!isAddress(twin.parent)) faults.push(`parent ${JSON.stringify(twin.parent)} is no ISA-95 path`);
    else if (isWithin(twin.parent, twin.address))
      faults.push("the parent is the twin itself or lies below it");
  }
  if (!twin.needed && !twin.reason?.trim())
    faults.push("a twin its parent does not need must say the reason");
  if (faults.length > 0) {
    throw new RungError({
      code: "bad-twin",
      where: `twin ${twin.name || twin.address || "without a name"}`,
      what: faults.join("; "),
      advice: "correct the twin's configuration",
    });
  }
}
