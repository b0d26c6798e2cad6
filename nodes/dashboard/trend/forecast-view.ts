import { RungError } from "../../../runtime/core/errors.ts";
import type { ForecastMessage } from "../../../runtime/predict/forecast-message.ts";
import { numberText } from "../look/numbers.ts";
import type { TrendView } from "./trend-view.ts";

/** @throws RungError `not-a-forecast`, `other-property` */
export function forecastOf(payload: unknown, address: string): ForecastMessage {
  const forecast = payload as ForecastMessage | undefined;
  if (forecast?.kind !== "forecast") {
    throw new RungError({
      code: "not-a-forecast",
      where: "msg.payload",
      what: "expected a forecast",
      advice: "wire a forecast node to this widget",
    });
  }
  if (forecast.address !== address) {
    throw new RungError({
      code: "other-property",
      where: "msg.payload",
      what: `the forecast is of ${forecast.address}, this trend shows ${address}`,
      advice: "wire the forecast of the same property",
    });
  }
  return forecast;
}

/** The forecast as the chart draws it: one time per step ahead. */
export function forecastView(forecast: ForecastMessage): NonNullable<TrendView["forecast"]> {
  const { mean, low50, high50, low90, high90, skill } = forecast;
  const timesS = mean.map((_, i) => (forecast.madeAtUs + (i + 1) * forecast.stepUs) / 1e6);
  const words =
    skill.mase === null || skill.coverage90 === null
      ? `skill: ${skill.n} of 100 checked`
      : `skill ${numberText(1 - skill.mase, 2)} · covers ${numberText(skill.coverage90 * 100, 0)} %`;
  return { timesS, mean, low50, high50, low90, high90, skill: words };
}
