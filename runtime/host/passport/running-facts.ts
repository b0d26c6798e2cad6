import { join } from "node:path";
import type { ActuatorClient } from "../../act/actuator-client.ts";
import type { ArmMode } from "../../act/arming.ts";
import type { EnvelopeStatus } from "../../act/status.ts";
import { isWithin } from "../../core/address.ts";
import { canonicalHash } from "../../core/canonical-json.ts";
import { calibrationFile } from "../../diagnose/calibration-file.ts";
import type { ActuatorFacts, EnvelopeFacts, HostFacts } from "../../ladder/passport/host-facts.ts";
import { type NotKnown, notKnown } from "../../ladder/passport/not-known.ts";
import type { Services } from "../services.ts";

/** What the running product knows for a passport, asked when it is issued. */
export function runningFacts(services: Services): HostFacts {
  const { clocks, twins, home } = services;
  return {
    clockUs: (twin) => twins.get(twin)?.clock()?.nowUs(),
    heard: (twin, { node, type }) => {
      const sources = twins.get(twin)?.sources ?? [];
      // A recording is named after its content, every other source after its node.
      const own = sources.filter(({ name }) =>
        type === "rung-recording" ? name.startsWith("recording:") : name.endsWith(`:${node}`),
      );
      if (own.length === 0) return notKnown("nothing came from it yet");
      if (own.length > 1) return notKnown("several recordings feed this twin, and none tells its node");
      const { name, reality, lastSignUs } = own[0]!;
      return {
        source: name,
        reality,
        open: clocks.get(name) !== undefined,
        lastSignUs: Math.trunc(lastSignUs),
      };
    },
    actuator: (addresses) => actuatorFacts(services.actuator(), addresses),
    calibration: (twin, node) => {
      const stored = calibrationFile(join(home, "detect"), node, twin).load();
      if (stored?.calibration?.version !== 2) return notKnown("no calibration is stored");
      const { rows, fromUs, toUs, validUntilUs } = stored.calibration;
      return { hash: canonicalHash(stored), rows, fromUs, toUs, validUntilUs };
    },
  };
}

/**
 * The actuator's last word on some twins, in the passport's terms.
 * @param twins a twin and everything below it in its family
 */
export function actuatorFacts(
  client: Pick<ActuatorClient, "status" | "problem" | "page">,
  twins: readonly string[],
): ActuatorFacts | "absent" | NotKnown {
  const { status, problem, page } = client;
  if (page === null) return "absent";
  if (status === undefined) return notKnown(problem ?? "the actuator does not answer");
  const { isolated, measured, reasons } = status.isolation;
  const writesTo = ({ twin, targets }: EnvelopeStatus) =>
    twins.some((one) => one === twin || targets.some(({ address }) => isWithin(address, one)));
  const envelopes = status.envelopes.filter((one) => !one.retired && writesTo(one));
  const [most] = envelopes.sort((a, b) => permits(b) - permits(a));
  return {
    isolation: { isolated, measured, reasons },
    envelope: most === undefined ? null : envelopeFacts(most),
  };
}

/** How much an envelope lets through now, for comparison. */
function permits(envelope: EnvelopeStatus): number {
  const { commissioned, arming } = envelope;
  return commissioned && arming.hold === null
    ? ["observe", "advise", "act"].indexOf(writingMode(envelope)) + 1
    : 0;
}

/** As it is armed; one whose setpoints have no request block writes nothing, whatever a person approves. */
function writingMode({ arming: { mode }, targets }: EnvelopeStatus): ArmMode {
  const writesNothing = targets.length > 0 && targets.every(({ hasRequestBlock }) => !hasRequestBlock);
  return writesNothing ? "observe" : mode;
}

function envelopeFacts(envelope: EnvelopeStatus): EnvelopeFacts {
  const { hold, disarmedBecause } = envelope.arming;
  return {
    name: envelope.name,
    wantedHash: envelope.wantedHash,
    commissionedHash: envelope.commissionedHash,
    commissioned: envelope.commissioned,
    commissionedHow: envelope.commissionedHow,
    mode: writingMode(envelope),
    hold: hold === null ? null : hold.causes.join("; "),
    disarmedBecause,
    armedUntilUs: envelope.armedUntilMs === null ? null : envelope.armedUntilMs * 1000,
  };
}
