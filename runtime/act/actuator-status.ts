import type { TimeUs } from "../core/time.ts";
import { plantRefusal } from "./decide.ts";
import { adviseOnlyCause, withoutRequestBlock } from "./envelope.ts";
import type { KeptEnvelope } from "./envelope-keeper.ts";
import type { HostWatch } from "./host-watch.ts";
import type { Isolation } from "./isolation.ts";
import type { ObservedCount } from "./observed-decision.ts";
import { type ActuatorSettings, LEAST_OBSERVED_LIVE } from "./plant/actuator-settings.ts";
import type { PlantView } from "./plant-view.ts";
import type { Check, EnvelopeStatus } from "./status.ts";

export interface StatusContext {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly nowUs: TimeUs;
  readonly view: PlantView | undefined;
  readonly settings: ActuatorSettings;
  readonly isolation: Isolation;
  readonly linkProblem: string | undefined;
  readonly host: HostWatch;
  readonly observed: ObservedCount;
  /** Why the last decision could not be observed, or undefined. */
  readonly notObserved: string | undefined;
  /** What is wrong with the audit, or undefined. */
  readonly auditProblem: string | undefined;
}

/** One envelope as the host and the arming page see it. */
export function buildStatus(kept: KeptEnvelope, context: StatusContext): EnvelopeStatus {
  const { nowMs, wallMs, view } = context;
  const arming = kept.arming.state(nowMs);
  const envelope = kept.shown;
  return {
    id: kept.id,
    name: envelope?.name ?? kept.id,
    twin: envelope?.twin ?? "",
    wantedHash: kept.wantedHash,
    commissionedHash: kept.commission?.hash ?? null,
    commissioned: kept.governing !== undefined,
    retired: kept.retired,
    commissionedHow: kept.commission?.how ?? null,
    arming,
    armedUntilMs: kept.arming.armed ? Math.round(wallMs + arming.armedForMs) : null,
    armRequest: requestOf(kept, nowMs),
    checks: checks(kept, context),
    observed: context.observed,
    targets: (envelope?.targets ?? []).map(({ address, unit, min, max, nodeIds }) => {
      const setpoint = view?.targets.get(address)?.setpoint;
      return {
        address,
        unit,
        min,
        max,
        hasRequestBlock: nodeIds.request !== undefined,
        setpoint: setpoint?.good ? setpoint.value : null,
        inForce: kept.inForce.get(address)?.value ?? null,
        beforeArm: kept.beforeArm.get(address) ?? null,
        ...(kept.proposedBack.has(address) ? { proposedBack: kept.proposedBack.get(address)! } : {}),
      };
    }),
    writes: [...kept.writes],
  };
}

function requestOf(kept: KeptEnvelope, nowMs: number): EnvelopeStatus["armRequest"] {
  const asked = kept.armRequestAt(nowMs);
  return asked === undefined ? null : { by: asked.by, mode: asked.mode, minutes: asked.minutes };
}

function commissionWords({ governing, commission, retired }: KeptEnvelope): string {
  if (governing !== undefined) return commission?.how ?? "";
  return retired ? "retired: the flow has it no longer" : "changed, or never commissioned";
}

function observedValue({ observed, notObserved, settings }: StatusContext): string {
  const { inside, changes, outside, needed } = observed;
  const made = changes === undefined || changes === 0 ? "" : ` (${changes} where the change was made)`;
  const count = `${inside} of ${needed} needed${made}, ${outside} outside`;
  const why = notObserved === undefined ? "" : `; the last was not observed: ${notObserved}`;
  if (settings.reality === "live") return `${count}${why}`;
  if (needed === 0) return `${inside}, none needed (virtual plant; a live one needs ${LEAST_OBSERVED_LIVE})`;
  return `${count} (virtual plant; a live one needs ${LEAST_OBSERVED_LIVE})${why}`;
}

/** What a person reads before arming, each with the value it is judged by. */
function checks(kept: KeptEnvelope, context: StatusContext): Check[] {
  const { view, nowUs, nowMs, host, isolation, settings, linkProblem } = context;
  const envelope = kept.shown;
  const targets = envelope?.targets ?? [];
  const plant = targets
    .map((target) => plantRefusal(target, { view, nowUs }))
    .find((one) => one !== undefined);
  const ages = targets.flatMap(
    ({ address }) =>
      view?.targets.get(address)?.inputs.map((input) => (nowUs - input.sourceTimeUs) / 1e6) ?? [],
  );
  const without = envelope === undefined ? [] : withoutRequestBlock(envelope);
  const silent = host.silentMs(nowMs);
  const rowFour = envelope === undefined ? undefined : host.rowFour(envelope.twin);
  const takenOver = [...kept.takenOver.keys()];
  return [
    {
      what: "Envelope commissioned",
      holds: kept.governing !== undefined,
      value: commissionWords(kept),
    },
    {
      what: "Plant read by the actuator",
      holds: linkProblem === undefined && view !== undefined,
      value: linkProblem ?? `${targets.length} setpoints`,
    },
    {
      what: "Plant fresh, on remote, running",
      holds: plant === undefined,
      value: plant?.reason ?? (ages.length === 0 ? "no input" : `oldest ${Math.max(...ages).toFixed(1)} s`),
    },
    {
      what: "PLC has a request block",
      holds: without.length === 0,
      value: adviseOnlyCause(without) ?? `${targets.length} of ${targets.length} setpoints`,
    },
    {
      what: "Nobody took over",
      holds: takenOver.length === 0,
      value: takenOver.length === 0 ? "none" : takenOver.join(", "),
    },
    {
      what: "Heartbeat of the host",
      holds: host.silence(nowMs) === undefined,
      value: silent === null ? "none yet" : `${(silent / 1000).toFixed(1)} s ago`,
    },
    { what: "Rung 4 held", holds: rowFour === undefined, value: rowFour ?? "held" },
    {
      what: "Observed decisions inside their interval",
      holds: context.observed.enough,
      value: observedValue(context),
    },
    {
      what: "Audit whole",
      holds: context.auditProblem === undefined,
      value: context.auditProblem ?? "as it was written",
    },
    {
      what: settings.reality === "live" ? "Isolated from the host" : "Isolation measured",
      holds: isolation.isolated || settings.reality === "virtual",
      value: isolation.isolated
        ? "own user, own key"
        : `not isolated${settings.reality === "virtual" ? " (virtual plant)" : ""}: ${isolation.reasons.join(", ")}`,
    },
  ];
}
