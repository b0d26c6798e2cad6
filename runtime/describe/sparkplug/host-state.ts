import type { LinkPresence } from "../mqtt/link-presence.ts";
import { formatTopic } from "./topic.ts";

/** What a host application says of itself: JSON in UTF-8 (Sparkplug 3.0.0, 6.4.26). */
export interface HostState {
  readonly online: boolean;
  /** UTC, ms since 1970. */
  readonly timestamp: number;
}

/** @returns undefined for a payload that is no STATE message */
export function readHostState(payload: Uint8Array): HostState | undefined {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    // Sparkplug 2 said ONLINE and OFFLINE on another topic; on this one anything but JSON says nothing.
    return undefined;
  }
  const { online, timestamp } = (content ?? {}) as Record<string, unknown>;
  if (typeof online !== "boolean" || typeof timestamp !== "number") return undefined;
  return { online, timestamp };
}

const written = (state: HostState): Buffer => Buffer.from(JSON.stringify(state));

/**
 * The STATE messages of a host application on one MQTT connection: its death as the connection's last will, its birth
 * with the same timestamp after the subscriptions, and again whenever somebody says that it is offline.
 */
export class HostPresence implements LinkPresence {
  readonly topic: string;
  readonly #utcMs: () => number;
  #timestamp = 0;
  #isHere = false;

  /** @throws RungError `malformed-topic` for a host id with a reserved character */
  constructor(hostId: string, utcMs: () => number = Date.now) {
    this.topic = formatTopic({ kind: "STATE", host: hostId });
    this.#utcMs = utcMs;
  }

  /** tck-id-operational-behavior-host-application-connect-will-payload */
  will(): Buffer {
    this.#timestamp = this.#utcMs();
    return written({ online: false, timestamp: this.#timestamp });
  }

  /** tck-id-host-topic-phid-birth-payload-timestamp: the same as in the will before it. */
  birth(): Buffer {
    this.#isHere = true;
    return written({ online: true, timestamp: this.#timestamp });
  }

  /** tck-id-message-flow-hid-sparkplug-state-message-delivered */
  answer(payload: Uint8Array): Buffer | undefined {
    return this.#isHere && readHostState(payload)?.online === false ? this.birth() : undefined;
  }

  /** tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean */
  farewell(): Buffer {
    this.#isHere = false;
    return written({ online: false, timestamp: this.#utcMs() });
  }
}
