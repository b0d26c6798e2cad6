import { RungError } from "../../../runtime/core/errors.ts";
import type { ForecastMessage } from "../../../runtime/predict/forecast-message.ts";
import { numberText } from "../look/numbers.ts";
import type { ForecastView } from "./trend-view.ts";

/** @throws RungError `other-property` */
export function forecastOf(payload: unknown, addresses: readonly string[]): ForecastMessage {
  const forecast = payload as ForecastMessage;
  if (addresses.includes(forecast.address)) return forecast;
  throw new RungError({
    code: "other-property",
    where: "msg.payload",
    what: `the forecast is of ${forecast.address}, this trend shows ${addresses.join(", ")}`,
    advice: "wire the forecast of the same property",
  });
}

/**
 * A forecast says nothing any more once its first step lies behind the newest sample by more than its own length, and
 * nothing of a plant that was started anew at an earlier time.
 */
export function isFresh({ madeAtUs, mean, stepUs }: ForecastMessage, nowS: number): boolean {
  const lengthS = (mean.length * stepUs) / 1e6;
  return Math.abs(nowS - madeAtUs / 1e6) < lengthS;
}

/** The forecast as the chart draws it: one time per step ahead. @param of place of its property among the series */
export function forecastView(forecast: ForecastMessage, of: number): ForecastView {
  const { mean, low50, high50, low90, high90, skill } = forecast;
  const timesS = mean.map((_, i) => (forecast.madeAtUs + (i + 1) * forecast.stepUs) / 1e6);
  const words =
    skill.mase === null || skill.coverage90 === null
      ? `skill: ${skill.n} of 100 checked`
      : `skill ${numberText(1 - skill.mase, 2)} · covers ${numberText(skill.coverage90 * 100, 0)} %`;
  return { of, timesS, mean, low50, high50, low90, high90, skill: words };
}
