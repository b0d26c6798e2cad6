import type { TimeUs } from "../../core/time.ts";
import type { CauseMessage } from "../cause/cause.ts";
import type { Finding } from "../finding.ts";

/**
 * States of an alarm (ISA-18.2, IEC 62682: alarm state model). *returned* is back to normal before anybody
 * acknowledged it; a shelved one is out of sight until its time is over, whatever it does meanwhile.
 */
export type AlarmState = "unacknowledged" | "acknowledged" | "returned" | "shelved" | "normal";

/** Put out of sight for a while, by a person, for a reason. */
export interface Shelf {
  readonly by: string;
  readonly reason: string;
  readonly sinceUs: TimeUs;
  readonly untilUs: TimeUs;
}

/**
 * One alarm of the plant: what findings of one twin say of one place. It stands as long as one of them is active, and
 * is the same alarm when it comes again. Times are those of the twin's link.
 */
export interface Alarm {
  readonly key: string;
  /** The newest of it. */
  readonly finding: Finding;
  /** Where it probably comes from; absent until something has told. */
  readonly explanation?: CauseMessage;
  /** What a person found to be the cause, in words. */
  readonly found?: { readonly cause: string; readonly by: string };
  readonly state: AlarmState;
  readonly active: boolean;
  readonly acknowledged: boolean;
  /** Who acknowledged it, and when; absent as long as nobody has. */
  readonly acknowledgedBy?: string;
  readonly acknowledgedUs?: TimeUs;
  /** Since when it is active, or was when it last was. */
  readonly sinceUs: TimeUs;
  /** When it last returned to normal. */
  readonly endedUs?: TimeUs;
  readonly shelf?: Shelf;
  /** How often it came, as far as it is remembered. */
  readonly count: number;
}

/** What happened to an alarm, as it is kept: one line each. */
export interface AlarmEvent {
  readonly kind: "alarm";
  readonly event:
    | "raised"
    | "returned"
    | "acknowledged"
    | "shelved"
    | "unshelved"
    | "shelf-over"
    | "cause-found";
  readonly key: string;
  readonly twin: string;
  readonly timeUs: TimeUs;
  readonly priority: 1 | 2 | 3;
  readonly title: string;
  /** Of a person's event. */
  readonly by?: string;
  /** Of shelving. */
  readonly reason?: string;
  readonly untilUs?: TimeUs;
  /** What a person found to be the cause. */
  readonly cause?: string;
}

/** The place a finding speaks of: alarms of one place and twin are one. */
export const alarmKey = ({ twin, contributions }: Finding): string =>
  `${twin} ${contributions[0]?.address ?? twin}`;
