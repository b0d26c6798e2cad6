import { isoFromUs } from "../../core/time.ts";
import type { UnguardedOutput } from "../wiring/wired-twin.ts";
import type { ActuatorFacts, EnvelopeFacts, HostFacts, IsolationFacts } from "./host-facts.ts";
import { isNotKnown, type Known, type NotKnown, notKnown } from "./not-known.ts";
import type { Piece } from "./pieces.ts";

/** Whether anything of this flow can change the plant. */
export interface Acting {
  readonly mode: Known<"read-only" | "acting">;
  /** Why, in words. */
  readonly reason: string;
  readonly actuates: readonly Piece[];
  /** Null where the twin has none. */
  readonly envelope: Known<EnvelopeFacts> | null;
  /** Of the actuator from the host; null where the flow leads to no actuate. */
  readonly isolation: Known<IsolationFacts> | null;
  /** Outputs that could write to a plant past the envelope. */
  readonly unguardedOutputs: readonly { readonly node: string; readonly type: string }[];
}

/** Where something of the flow could write. */
export interface Ways {
  /** The twin and everything below it in its family. */
  readonly twins: readonly string[];
  /** The actuates that the twin's flow leads to. */
  readonly actuates: readonly Piece[];
  /** The flow has an actuate, on whatever path. */
  readonly flowActs: boolean;
  /** Unguarded outputs that data of these twins reaches. */
  readonly outputs: readonly UnguardedOutput[];
}

/**
 * Read-only or acting. An output past the envelope is watched by nobody, so with one neither can be said.
 * @param host what runs, or why nothing does
 */
export function actingOf(ways: Ways, host: HostFacts | NotKnown): Acting {
  const { mode, reason, envelope, isolation } = guarded(ways, host);
  const past = `could write to the plant past the envelope: ${ways.outputs.map(({ type, node }) => `${type} ${node}`).join(", ")}`;
  const unwatched = ways.outputs.length > 0 && mode !== "acting";
  return {
    mode: unwatched ? notKnown(past) : mode,
    reason: unwatched ? past : reason,
    actuates: ways.actuates,
    envelope,
    isolation,
    unguardedOutputs: ways.outputs.map(({ node, type }) => ({ node, type })),
  };
}

type Guarded = Pick<Acting, "mode" | "reason" | "envelope" | "isolation">;

function guarded({ twins, actuates, flowActs }: Ways, host: HostFacts | NotKnown): Guarded {
  const reason = "no actuate on a path of this twin";
  const readOnly: Guarded = { mode: "read-only", reason, envelope: null, isolation: null };
  if (!flowActs) return readOnly;
  const facts = isNotKnown(host) ? host : host.actuator(twins);
  if (facts === "absent") {
    const absent = notKnown("no actuator runs");
    return { mode: "read-only", reason: absent.notKnown, envelope: absent, isolation: absent };
  }
  if (isNotKnown(facts)) return { mode: facts, reason: facts.notKnown, envelope: facts, isolation: facts };
  if (facts.envelope === null && actuates.length === 0) return readOnly;
  return { ...armed(facts), envelope: facts.envelope, isolation: facts.isolation };
}

function armed({ envelope }: ActuatorFacts): Pick<Acting, "mode" | "reason"> {
  if (envelope === null) return { mode: "read-only", reason: "the actuator has no envelope for this twin" };
  if (!envelope.commissioned) {
    const reason =
      envelope.commissionedHash === null
        ? "the envelope was never commissioned"
        : "the envelope that the flow wants is not the one that was commissioned";
    return { mode: "read-only", reason };
  }
  if (envelope.mode === "observe") {
    const why = envelope.disarmedBecause;
    return { mode: "read-only", reason: why === null ? "not armed" : `disarmed: ${why}` };
  }
  if (envelope.hold !== null) return { mode: "read-only", reason: `on hold: ${envelope.hold}` };
  const until =
    envelope.armedUntilUs === null
      ? ""
      : ` until ${isoFromUs(envelope.armedUntilUs).slice(0, 16).replace("T", " ")} UTC`;
  return envelope.mode === "act"
    ? { mode: "acting", reason: `armed to act${until}` }
    : { mode: "acting", reason: `armed${until} to write what a person approves` };
}
