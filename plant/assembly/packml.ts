/**
 * States of a unit by their PackML number (ISA-TR88.00.02; names as the OPC UA companion specification OPC 30050 has
 * them). Position in the list is the number a station reports.
 */
export const PACKML_STATES = [
  "Undefined",
  "Clearing",
  "Stopped",
  "Starting",
  "Idle",
  "Suspended",
  "Execute",
  "Stopping",
  "Aborting",
  "Aborted",
  "Holding",
  "Held",
  "Unholding",
  "Suspending",
  "Unsuspending",
  "Resetting",
  "Completing",
  "Complete",
] as const;

/** A technician mends the station. */
export const CLEARING = 1;
/** Outside the planned operating time. */
export const STOPPED = 2;
/** Something outside the station: no body comes, or the next buffer is full. */
export const SUSPENDED = 5;
export const EXECUTE = 6;
/** Failed, and nobody mends it yet. */
export const ABORTED = 9;
/** Something inside the station: its body waits for an operator. */
export const HELD = 11;
