import type { Reality } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import type { Known, NotKnown } from "./not-known.ts";
import type { SourcePiece } from "./pieces.ts";

/** A source as it was heard, beside what the flow declares of it. */
export interface HeardSource {
  /** Its identity in frames: `opcua:plantlink:ovenplc`. */
  readonly source: string;
  /** As its link's clock says. */
  readonly reality: Reality;
  readonly open: boolean;
  /** When something last came from it, on its link's clock. */
  readonly lastSignUs: TimeUs;
}

/** What a detector was calibrated on. */
export interface CalibrationFacts {
  /** SHA-256 of the calibration as it is stored. */
  readonly hash: string;
  readonly rows: number;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  readonly validUntilUs: TimeUs;
}

/** The envelope of a twin as the actuator has it. */
export interface EnvelopeFacts {
  readonly name: string;
  /** SHA-256 of what the flow wants; null where no flow wants it. */
  readonly wantedHash: string | null;
  /** SHA-256 of what was commissioned; null before that. */
  readonly commissionedHash: string | null;
  /** What the flow wants is what was commissioned. */
  readonly commissioned: boolean;
  readonly commissionedHow: string | null;
  readonly mode: "observe" | "advise" | "act";
  readonly hold: string | null;
  readonly disarmedBecause: string | null;
  /** Wall time; null while not armed. */
  readonly armedUntilUs: TimeUs | null;
}

export interface IsolationFacts {
  readonly isolated: boolean;
  readonly measured: boolean;
  readonly reasons: readonly string[];
}

export interface ActuatorFacts {
  readonly isolation: IsolationFacts;
  /** Null where it has none for these twins. */
  readonly envelope: EnvelopeFacts | null;
}

/** What a passport asks of whoever runs the flow. */
export interface HostFacts {
  /** The clock of the twin's link; undefined where no link is open. */
  clockUs(twin: string): TimeUs | undefined;
  heard(twin: string, source: SourcePiece): Known<HeardSource>;
  /**
   * The actuator, and the envelope by which it may write to one of these twins; of several the one that lets the most
   * through. Asked only where the flow has an actuate. `absent`: none runs, so nobody can write through it.
   * @param twins a twin and everything below it in its family
   */
  actuator(twins: readonly string[]): ActuatorFacts | "absent" | NotKnown;
  /** The calibration that a detector's node has stored for the twin. */
  calibration(twin: string, node: string): Known<CalibrationFacts>;
}
