import type { StatusWords } from "../../diagnose/session-words.ts";
import type { ForecastSession } from "./forecast-session.ts";
import { scoresNeeded } from "./forecaster.ts";

/** What a forecast's node says: `skill 0.31 · covers 91 %`, `scoring 40 of 100`, `learning, 60 of 120 steps`. */
export function forecastWords(session: ForecastSession): StatusWords {
  if (session.fault !== undefined) return { text: session.fault.message.slice(0, 80), mark: "fault" };
  const { forecaster } = session;
  if (session.phase === "forecasting" && forecaster !== undefined) {
    const { skill } = forecaster;
    const needed = scoresNeeded(forecaster.fit.task.horizon);
    if (skill === undefined || skill.n < needed) return { text: `scoring ${skill?.n ?? 0} of ${needed}` };
    const text = `skill ${(1 - skill.mase).toFixed(2)} · covers ${Math.round(100 * skill.coverage90)} %`;
    const missing = forecaster.latest?.degraded === undefined ? "" : " · input missing";
    return { text: `${text}${forecaster.driftedUs === undefined ? "" : " · errors changed"}${missing}` };
  }
  if (session.phase === "collecting") {
    const { n, of } = session.progress;
    return { text: `learning, ${n} of ${of} steps` };
  }
  return { text: session.phase === "waiting" ? "waiting for data" : "learning from history" };
}
