/**
 * What the process itself says is the cause of each fault of the Tennessee Eastman process, as the measured or
 * manipulated variable nearest to where the disturbance enters, or the valve that a loop moves directly against it
 * (Downs and Vogel 1993, the process and its faults; Russell, Chiang and Braatz 2000, the faults under the control
 * of Lyman and Georgakis). Set down before any ranking was computed, and not changed since.
 */
export interface RightCause {
  readonly fault: number;
  /** One of these among the first four is right. */
  readonly variables: readonly string[];
  readonly reason: string;
}

export const RIGHT_CAUSES: readonly RightCause[] = [
  {
    fault: 1,
    variables: ["XMV(4)", "XMEAS(4)"],
    reason: "the A/C ratio of stream 4 steps: its flow and its valve",
  },
  {
    fault: 2,
    variables: ["XMV(6)", "XMEAS(10)", "XMEAS(30)", "XMEAS(24)"],
    reason:
      "the inert B in stream 4 steps: it is seen in reactor feed and purge gas and leaves by the purge alone, so flow and valve of the purge",
  },
  {
    fault: 4,
    variables: ["XMV(10)"],
    reason: "the reactor's cooling water comes in warmer: the loop answers with its flow",
  },
  { fault: 6, variables: ["XMEAS(1)"], reason: "stream 1, the A feed, is lost: its flow" },
  {
    fault: 7,
    variables: ["XMV(4)"],
    reason: "the header of stream 4 loses pressure: the flow loop opens its valve",
  },
  {
    fault: 8,
    variables: ["XMEAS(23)", "XMEAS(24)", "XMEAS(25)", "XMEAS(4)", "XMV(4)"],
    reason: "A, B and C of stream 4 vary: they are first seen in the reactor feed; or stream 4 itself",
  },
  {
    fault: 10,
    variables: ["XMEAS(18)", "XMEAS(19)", "XMV(9)"],
    reason:
      "the temperature of stream 4 varies, which enters at the stripper's bottom: stripper temperature, and the steam that holds it",
  },
];
