import type { TimeUs } from "../core/time.ts";
import type { DetectorSession } from "./detector-session.ts";
import { durationWords } from "./duration-words.ts";

/** A line of status: a fact, and a mark where something asks for attention. */
export interface StatusWords {
  readonly text: string;
  readonly mark?: "ok" | "attention" | "fault";
}

/** What a detector's node says: `quiet 9 days`, `Zone 3 fan flow 18 % below normal`, `2,000 rows needed, 300 so far`. */
export function sessionWords(session: DetectorSession, nowUs: TimeUs): StatusWords {
  if (session.fault !== undefined) return { text: session.fault.message.slice(0, 80), mark: "fault" };
  const { detector } = session;
  if (detector !== undefined) {
    if (detector.current !== undefined) return { text: detector.current.title, mark: "attention" };
    if (detector.settling) return { text: "settling after a change of setpoint" };
    if (detector.counts.ticks === 0) return { text: "calibrated" };
    return {
      text: `quiet ${durationWords(Math.max(0, nowUs - detector.sinceUs))} · ${detector.signals.length} signals`,
    };
  }
  if (session.phase === "gathering") {
    const { n, of } = session.progress;
    return {
      text: `gathering normal data, ${n.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} rows`,
    };
  }
  return { text: session.phase === "calibrating" ? "calibrating" : "waiting for data" };
}
