import { RungError } from "../core/errors.ts";
import type { TwinRegistry } from "../describe/twin-registry.ts";
import type { OvenSessions } from "../predict/oven-sessions.ts";
import { designSituation } from "./design-situation.ts";
import { forkSibling, type Sibling } from "./sibling.ts";

/**
 * Forks an oven as it is now: as it is followed, or, where nothing follows it, as its model alone says.
 * @throws RungError `no-model`; `not-tracking` while what follows it still learns
 */
export function forkOven(ovens: OvenSessions, twins: Pick<TwinRegistry, "get">, twin: string): Sibling {
  const snapshot = twins.get(twin)?.snapshot();
  if (ovens.has(twin)) return forkSibling(ovens.require(twin).situation(), "estimate", snapshot);
  const model = ovens.model(twin);
  if (model === undefined) {
    throw new RungError({
      code: "no-model",
      where: twin === "" ? "sibling" : twin,
      what: twin === "" ? "no twin is chosen" : "has no model that could be forked",
      advice: "choose a twin that an oven node is the model of",
    });
  }
  const timeUs = snapshot !== undefined && Number.isFinite(snapshot.timeUs) ? snapshot.timeUs : 0;
  return forkSibling({ ...designSituation(model), twin, timeUs }, "configuration", snapshot);
}
