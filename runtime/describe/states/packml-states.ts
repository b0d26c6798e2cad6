/** What a state means for production; how it is drawn follows from it. */
export type StateMeaning = "running" | "waiting" | "changing" | "stopped" | "failed" | "other";

export interface NamedState {
  readonly code: number;
  readonly name: string;
  readonly meaning: StateMeaning;
}

/**
 * States of a unit by their PackML number (ISA-TR88.00.02; names as the OPC UA companion specification OPC 30050 has
 * them). Acting states between two others count as changing; clearing is part of a failure.
 */
export const PACKML: readonly NamedState[] = [
  { code: 0, name: "Undefined", meaning: "other" },
  { code: 1, name: "Clearing", meaning: "failed" },
  { code: 2, name: "Stopped", meaning: "stopped" },
  { code: 3, name: "Starting", meaning: "changing" },
  { code: 4, name: "Idle", meaning: "waiting" },
  { code: 5, name: "Suspended", meaning: "waiting" },
  { code: 6, name: "Execute", meaning: "running" },
  { code: 7, name: "Stopping", meaning: "changing" },
  { code: 8, name: "Aborting", meaning: "failed" },
  { code: 9, name: "Aborted", meaning: "failed" },
  { code: 10, name: "Holding", meaning: "changing" },
  { code: 11, name: "Held", meaning: "other" },
  { code: 12, name: "Unholding", meaning: "changing" },
  { code: 13, name: "Suspending", meaning: "changing" },
  { code: 14, name: "Unsuspending", meaning: "changing" },
  { code: 15, name: "Resetting", meaning: "changing" },
  { code: 16, name: "Completing", meaning: "changing" },
  { code: 17, name: "Complete", meaning: "changing" },
];
