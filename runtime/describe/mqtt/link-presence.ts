/**
 * How a link tells others at the broker that it is there: a retained message of QoS 1 on one topic, its opposite as
 * the connection's last will. The connection then always begins a new session.
 */
export interface LinkPresence {
  readonly topic: string;
  /** Asked before each connection. */
  will(): Buffer;
  /** Published when the subscriptions stand, before anything else. */
  birth(): Buffer;
  /** What to publish after this message on the topic; nothing where it may stand. */
  answer(payload: Uint8Array): Buffer | undefined;
  /** Published before the link disconnects on purpose. */
  farewell(): Buffer;
}
