import { join } from "node:path";
import { RungError } from "../../core/errors.ts";
import { readAnnouncement, runFolder } from "../../core/run-folder.ts";
import type { LinkLogin } from "../link-login.ts";
import type { LinkPresence } from "./link-presence.ts";

/** The URL that stands for the broker inside this installation's host. */
export const EMBEDDED = "embedded";

export interface MqttLinkOptions {
  readonly id: string;
  readonly name: string;
  /** `mqtt://host:1883`, `mqtts://host:8883`, `ws://`, `wss://`, or `embedded`. */
  readonly url: string;
  readonly reality: "live" | "virtual";
  readonly home: string;
  /** Asked at every connection. Nothing = anonymous. */
  readonly login?: () => LinkLogin | undefined;
  /** 4 is MQTT 3.1.1. */
  readonly protocolVersion?: 4 | 5;
  /** PEM texts. A broker's certificate is always verified, against `ca` or the system's authorities. */
  readonly tls?: { readonly ca?: string; readonly certificate?: string; readonly key?: string };
  /** The broker keeps what is published while the link is away (QoS 1 and 2). Never with a presence. */
  readonly persistentSession?: boolean;
  /** Tells others at the broker that this link is there. */
  readonly presence?: LinkPresence;
}

/** Defaults with their units. */
export const MQTT_DEFAULTS = {
  protocolVersion: 4 as const,
  persistentSession: true,
  /** s. How long an MQTT 5 broker keeps a session for a link that is away (MQTT 5, 3.1.2.11.2): a week. */
  sessionExpiryS: 7 * 24 * 3600,
  /** s. A dead connection is noticed after one and a half times this (MQTT 3.1.1, 3.1.2.10). */
  keepAliveS: 10,
  connectTimeoutMs: 10_000,
  firstRetryMs: 500,
  longestRetryMs: 10_000,
};

/** @throws RungError `malformed-link`, `mqtt5-not-supported` */
export function checkMqttOptions(options: MqttLinkOptions): void {
  const fail = (code: string, what: string, advice: string): never => {
    throw new RungError({ code, where: options.name || options.id, what, advice });
  };
  if (!/^[A-Za-z0-9_-]+$/.test(options.id)) {
    fail("malformed-link", `"${options.id}" is no link id`, "letters, digits, - and _");
  }
  if (options.url !== EMBEDDED && !/^(mqtts?|wss?):\/\/[^\s/@]+(:\d+)?(\/\S*)?$/.test(options.url)) {
    fail(
      "malformed-link",
      `"${options.url}" is no broker URL`,
      `write mqtt://host:1883, mqtts://host:8883, or ${EMBEDDED}; the login stands in its own fields`,
    );
  }
  if (options.url === EMBEDDED && options.protocolVersion === 5) {
    fail(
      "mqtt5-not-supported",
      "the embedded broker speaks MQTT 3.1.1 only",
      "choose 3.1.1, or another broker",
    );
  }
}

/** Refuses filters the embedded broker would grant and never serve. @throws RungError */
export function checkTopicFilter(options: MqttLinkOptions, filter: string): void {
  const fail = (code: string, what: string, advice: string): never => {
    throw new RungError({ code, where: `${options.name}, ${filter || "topic"}`, what, advice });
  };
  if (options.url === EMBEDDED && filter.startsWith("$share/")) {
    fail(
      "shared-subscription-not-supported",
      "the embedded broker grants shared subscriptions and delivers nothing",
      "subscribe to the plain topic, or use another broker",
    );
  }
  // MQTT 3.1.1, 4.7.1: # is the last level, + stands for a whole one.
  const levels = filter.split("/");
  const isWrong = levels.some(
    (level, i) =>
      (level.includes("#") && (level !== "#" || i < levels.length - 1)) ||
      (level.includes("+") && level !== "+"),
  );
  if (filter === "" || isWrong || filter.includes("\0")) {
    fail("malformed-topic", "is no topic filter", "# may only be the last level, + a whole level");
  }
}

/** The URL to connect to now. @throws RungError `no-embedded-broker` */
export function currentUrl(options: MqttLinkOptions): string {
  if (options.url !== EMBEDDED) return options.url;
  const file = join(runFolder(options.home), "host.json");
  const port = readAnnouncement<{ mqttPort?: number }>(file)?.mqttPort;
  if (port === undefined) {
    throw new RungError({
      code: "no-embedded-broker",
      where: options.name,
      what: "the embedded broker is not running",
      advice: `it runs inside "rung start", which announces it in ${file}`,
    });
  }
  return `mqtt://127.0.0.1:${port}`;
}
