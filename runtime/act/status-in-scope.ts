import { addressesOf } from "./approvals.ts";
import type { KeptEnvelope } from "./envelope-keeper.ts";
import { inScope, type Person } from "./rights.ts";
import type { ActuatorStatus } from "./status.ts";

/**
 * What a person may see of the status: the envelopes and approvals of which every address lies in the scopes; of an
 * envelope those of the wanted one and of the commissioned one, by which rights are judged too.
 */
export function statusInScope(
  status: ActuatorStatus,
  person: Person,
  kept: readonly Pick<KeptEnvelope, "id" | "addresses">[],
): ActuatorStatus {
  const addresses = new Map(kept.map((one) => [one.id, one.addresses]));
  return {
    ...status,
    envelopes: status.envelopes.filter(({ id }) => inScope(person, addresses.get(id) ?? [])),
    approvals: status.approvals.filter((approval) => inScope(person, addressesOf(approval))),
  };
}
