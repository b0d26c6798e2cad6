import type { Evidence } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import { adviseOnlyCause } from "./envelope.ts";
import { missesAllowed, WINDOW } from "./outcome.ts";
import type { ActuatorStatus } from "./status.ts";

interface About {
  readonly twin: string;
  /** Id of the Node-RED node that says it. */
  readonly node: string;
  readonly timeUs: TimeUs;
}

/**
 * What the actuator's status says about row 5 of a twin: commissioned and armed, isolation measured, heartbeat
 * alive, writes verified. A silent actuator fails every one of them.
 * @param problem why there is no status
 */
export function actuatorEvidence(
  status: ActuatorStatus | undefined,
  problem: string | null,
  about: About,
): Evidence[] {
  const envelope = status?.envelopes.find((one) => one.twin === about.twin && !one.retired);
  const base = { twin: about.twin, rung: 5, node: about.node, timeUs: about.timeUs } as const;
  const id = (name: string) => `${about.twin}/5/${name}`;
  const silent = problem ?? "the actuator does not answer";
  const arming = envelope?.arming;
  const adviseOnly = adviseOnlyCause(
    (envelope?.targets ?? []).filter((one) => !one.hasRequestBlock).map(({ address }) => address),
  );
  const armed =
    envelope?.commissioned === true &&
    adviseOnly === undefined &&
    arming?.mode === "act" &&
    arming.hold === null;
  const armCause =
    status === undefined
      ? silent
      : envelope === undefined
        ? "the actuator has no envelope for this twin"
        : adviseOnly !== undefined
          ? adviseOnly
          : !envelope.commissioned
            ? "the envelope the flow wants is not commissioned"
            : arming!.hold !== null
              ? `on hold: ${arming!.hold.causes.join("; ")}`
              : (arming!.disarmedBecause ??
                (arming!.mode === "advise" ? "armed to ask, not to act" : "not armed"));
  const measured = status?.isolation.measured === true;
  const heard = status !== undefined && status.hostSilentMs !== null;
  // Where a person had the setpoint, nothing was to be read back.
  const last = (envelope?.writes ?? []).filter(({ state }) => state !== "taken-over" && state !== "local");
  const failed = last.filter(({ state }) => state !== "verified");
  return [
    {
      ...base,
      id: id("armed"),
      what: "envelope commissioned and armed",
      value: armed ? 1 : 0,
      limit: "armed to act",
      verdict: armed ? "holds" : "fails",
      ...(armed ? {} : { cause: armCause }),
    },
    {
      ...base,
      id: id("isolation"),
      what: status?.isolation.isolated ? "isolation of the actuator" : "isolation measured: not isolated",
      value: status?.isolation.isolated ? 1 : 0,
      limit: status?.reality === "live" ? "isolated from the host" : "measured (virtual plant)",
      verdict: measured && (status.isolation.isolated || status.reality === "virtual") ? "holds" : "fails",
      ...(status === undefined
        ? { cause: silent }
        : status.isolation.isolated
          ? {}
          : { cause: `not isolated: ${status.isolation.reasons.join(", ")}` }),
    },
    {
      ...base,
      id: id("heartbeat"),
      what: "heartbeat between host and actuator",
      value: heard ? status.hostSilentMs! / 1000 : null,
      unit: "s",
      limit: "< 5 s",
      verdict: heard && status.hostSilentMs! < 5_000 ? "holds" : "fails",
      ...(heard ? {} : { cause: silent }),
    },
    {
      ...base,
      id: id("read-back"),
      what: "writes verified by read-back",
      value: last.length === 0 ? null : last.length - failed.length,
      limit: `all of the last ${last.length || 1}`,
      ...(last.length === 0
        ? ({ verdict: "collecting", progress: { n: 0, of: 1 } } as const)
        : failed.length === 0
          ? ({ verdict: "holds" } as const)
          : ({
              verdict: "fails",
              cause: `${failed.length} of ${last.length} not read back: ${failed[0]!.reason}`,
            } as const)),
    },
  ];
}

/** Row 5's own score: misses of the projected interval over the last 20 actions. */
export function outcomeEvidence(judged: readonly boolean[], about: About): Evidence {
  const misses = judged.filter((inside) => !inside).length;
  const base = {
    id: `${about.twin}/5/outcome`,
    twin: about.twin,
    rung: 5,
    node: about.node,
    timeUs: about.timeUs,
    what: "projected interval missed",
    value: judged.length === 0 ? null : misses,
    unit: "1",
    limit: `at most 4 of ${WINDOW} (binomial 95 % of 10 %)`,
  } as const;
  if (judged.length < WINDOW) {
    return { ...base, verdict: "collecting", progress: { n: judged.length, of: WINDOW } };
  }
  if (missesAllowed(misses, judged.length)) return { ...base, verdict: "holds" };
  return {
    ...base,
    verdict: "fails",
    cause: `${misses} of the last ${WINDOW} actions missed their projection`,
  };
}

/** Stands on the board while no outcome node speaks: without it row 5 would hold on actions nobody judged. */
export const nothingJudged = (about: About): Evidence => outcomeEvidence([], about);
