import { RungError } from "../../../core/errors.ts";
import type { Finding } from "../../../diagnose/finding.ts";
import { type LineMessage, takeLine } from "../../../predict/line/line-message.ts";
import { type MaintenanceInstance, readMaintenanceInstance } from "../maintenance-instance.ts";
import type { LifeMessage } from "./foretold-life.ts";
import type { StopWindow } from "./stop-windows.ts";

/** What a message asks of a plan, or tells it. */
export type PlanInput =
  | { readonly is: "life"; readonly life: LifeMessage }
  | { readonly is: "finding"; readonly finding: Finding }
  | { readonly is: "line"; readonly line: LineMessage }
  | { readonly is: "stops"; readonly stops: readonly StopWindow[] }
  /** A planning task of its own, beside the plan that rolls. */
  | { readonly is: "instance"; readonly instance: MaintenanceInstance }
  | { readonly is: "request" };

/**
 * Reads a message that is no frame. Lives, findings and causes, lines and planned stops go by their `kind`; an object with
 * components is a planning task; anything else without a kind asks for the plan.
 * @throws RungError `plan-input` that says what is wrong, `maintenance-instance`
 */
export function planInput(payload: unknown, where: string): PlanInput {
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "plan-input", where, what, advice });
  };
  if (Array.isArray(payload)) return refuse("got a list", "send one message each");
  if (typeof payload !== "object" || payload === null) return { is: "request" };
  const { kind } = payload as { kind?: unknown };
  switch (kind) {
    case undefined:
      if ("components" in payload || "activities" in payload)
        return { is: "instance", instance: readMaintenanceInstance(payload, where) };
      return { is: "request" };
    case "life":
      return { is: "life", life: payload as LifeMessage };
    case "finding":
      return { is: "finding", finding: findingOf(payload, refuse) };
    case "cause":
      return { is: "finding", finding: findingOf(ofCause(payload), refuse) };
    case "line":
      return { is: "line", line: takeLine(payload, where) };
    case "planned-stops":
      return { is: "stops", stops: stopsOf((payload as { stops?: unknown }).stops, refuse) };
    default:
      return refuse(
        `plans nothing by ${JSON.stringify(kind)}`,
        "send a life, a finding, a cause, a line, planned-stops or a frame",
      );
  }
}

type Refuse = (what: string, advice: string) => never;

/** A cause explains a finding, under its id, and says where to look: at the signals that it blames, the first first. */
function ofCause(payload: object): object {
  const { causes } = payload as { causes?: readonly { kind?: unknown; id?: unknown; belief?: unknown }[] };
  const blamed = Array.isArray(causes) ? causes.filter((one) => one?.kind === "signal") : [];
  const contributions = blamed.map(({ id, belief }) => ({ address: id, share: belief }));
  return { priority: 2, active: true, ...payload, contributions };
}

function findingOf(payload: unknown, refuse: Refuse): Finding {
  const finding = payload as Partial<Finding> | null;
  const isWhole =
    typeof finding?.id === "string" &&
    typeof finding.twin === "string" &&
    typeof finding.title === "string" &&
    Array.isArray(finding.contributions) &&
    finding.contributions.every((one) => typeof one?.address === "string") &&
    (finding.priority === 1 || finding.priority === 2 || finding.priority === 3) &&
    Number.isFinite(finding.sinceUs) &&
    Number.isFinite(finding.timeUs);
  if (isWhole) return { ...(finding as Finding), active: finding.active !== false };
  return refuse(
    "a finding is not whole",
    "it has id, twin, title, priority, contributions, sinceUs and timeUs",
  );
}

function stopsOf(given: unknown, refuse: Refuse): StopWindow[] {
  if (!Array.isArray(given))
    return refuse("planned stops are no list", 'send {"stops": [{"fromUs": …, "toUs": …}]}');
  return given.map((one: Partial<StopWindow> | null, i) => {
    const { fromUs, toUs, why } = one ?? {};
    if (!Number.isFinite(fromUs) || !Number.isFinite(toUs) || !(fromUs! < toUs!))
      return refuse(
        `stop ${i} goes from ${fromUs} to ${toUs}`,
        "give both in µs since 1970, the end after the beginning",
      );
    return {
      fromUs: fromUs!,
      toUs: toUs!,
      why: typeof why === "string" && why !== "" ? why : "planned stop",
    };
  });
}
