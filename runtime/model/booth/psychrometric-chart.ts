import type { BoothBalance } from "./booth-balance.ts";
import type { BoothConfig } from "./booth-fields.ts";
import { airOf, pressureAtPa } from "./moist-air.ts";

/** The numbers of states on the chart; those that fall together share a label. */
export interface ChartMark {
  readonly x: number;
  readonly y: number;
  /** Numbers of the states, from 1, in the order of `BoothBalance.states`. */
  readonly numbers: readonly number[];
}

export interface PsychrometricChart {
  readonly svg: string;
  readonly marks: readonly ChartMark[];
}

const MARGIN = { left: 34, right: 40, top: 10, bottom: 28 };
const HUMIDITIES = [100, 80, 60, 40, 20];
const LABEL = { width: 38, height: 12 };
/** States closer than this share a label, px. */
const TOGETHER = 15;
/** The air's way through the unit; extract air and exhaust are marks beside it. */
const ON_THE_WAY = [
  "outside",
  "recovered",
  "mixed",
  "preheater",
  "humidifier",
  "cooling coil",
  "reheater",
  "supply",
];

/**
 * The states of the air in a chart of temperature and humidity ratio, as SVG in `currentColor`: curves of relative
 * humidity, the paint's window, the way of the air from outside to the supply, the recirculation dashed.
 */
export function psychrometricChart(
  config: BoothConfig,
  balance: BoothBalance,
  width: number,
  height: number,
): PsychrometricChart {
  const pressurePa = pressureAtPa(config.size.altitudeM);
  const temperatures = balance.states.map(({ temperatureC }) => temperatureC);
  const lowC = 5 * Math.floor((Math.min(...temperatures, 10) - 2) / 5);
  const highC = 5 * Math.ceil((Math.max(...temperatures, 30) + 2) / 5);
  const wettest = Math.max(...balance.states.map(({ waterGPerKg }) => waterGPerKg), 12);
  const topGPerKg = 4 * Math.ceil((1.1 * wettest) / 4);
  const x = (c: number): number =>
    MARGIN.left + ((c - lowC) / (highC - lowC)) * (width - MARGIN.left - MARGIN.right);
  const y = (gPerKg: number): number =>
    height - MARGIN.bottom - (gPerKg / topGPerKg) * (height - MARGIN.top - MARGIN.bottom);
  const at = (c: number, gPerKg: number): string => `${x(c).toFixed(1)},${y(gPerKg).toFixed(1)}`;
  const parts: string[] = [];

  for (let c = lowC; c <= highC; c += 5) {
    parts.push(line(x(c), y(0), x(c), y(topGPerKg), "grid"), text(x(c), y(0) + 14, "middle", String(c)));
  }
  for (let g = 0; g <= topGPerKg; g += 4) {
    parts.push(line(x(lowC), y(g), x(highC), y(g), "grid"), text(x(lowC) - 5, y(g) + 4, "end", String(g)));
  }
  let labelled = { x: Number.NEGATIVE_INFINITY, y: 0 };
  for (const humidity of HUMIDITIES) {
    const points: string[] = [];
    let end = { x: x(lowC), y: y(0) };
    for (let c = lowC; c <= highC; c += 0.5) {
      const gPerKg = 1000 * airOf(c, humidity, pressurePa).humidityRatio;
      if (gPerKg > topGPerKg) break;
      points.push(at(c, gPerKg));
      end = { x: x(c), y: y(gPerKg) };
    }
    const kind = humidity === 100 ? "saturation" : "humidity";
    parts.push(`<polyline class="${kind}" fill="none" points="${points.join(" ")}"/>`);
    // Where the curves crowd, as in frost, one of two labels is enough.
    if (Math.abs(end.x - labelled.x) < LABEL.width && Math.abs(end.y - labelled.y) < LABEL.height) continue;
    parts.push(text(end.x + 3, Math.max(end.y + 4, MARGIN.top + 8), "start", `${humidity} %`));
    labelled = end;
  }
  parts.push(`<polygon class="window" points="${windowCorners(config, pressurePa, at)}"/>`);

  const named = new Map(balance.states.map((state) => [state.name, state]));
  const way = ON_THE_WAY.flatMap((name) => named.get(name) ?? []);
  const path = way.map(({ temperatureC, waterGPerKg }) => at(temperatureC, waterGPerKg));
  parts.push(`<polyline class="way" fill="none" points="${path.join(" ")}"/>`);
  const [extracted, meeting] = [named.get("extracted"), named.get("mixed")];
  if (extracted !== undefined && meeting !== undefined) {
    const ends = [extracted, meeting].map(({ temperatureC, waterGPerKg }) => at(temperatureC, waterGPerKg));
    parts.push(`<polyline class="back" fill="none" points="${ends.join(" ")}"/>`);
  }
  const places = balance.states.map(({ temperatureC, waterGPerKg }) => ({
    x: x(temperatureC),
    y: y(waterGPerKg),
  }));
  for (const place of places)
    parts.push(`<circle class="mark" cx="${place.x.toFixed(1)}" cy="${place.y.toFixed(1)}" r="3.5"/>`);
  const marks = marksOf(places);
  for (const mark of marks) {
    const words = mark.numbers.join(" ");
    parts.push(
      `<text class="number" x="${(mark.x + 6).toFixed(1)}" y="${(mark.y - 6).toFixed(1)}">${words}</text>`,
    );
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">${parts.join("")}</svg>`;
  return { svg, marks };
}

/** The window's sides follow the humidity curves. */
function windowCorners(
  { window }: BoothConfig,
  pressurePa: number,
  at: (c: number, gPerKg: number) => string,
): string {
  const side = (from: number, to: number, humidity: number): string[] =>
    Array.from({ length: 9 }, (_, i) => {
      const c = from + ((to - from) * i) / 8;
      return at(c, 1000 * airOf(c, humidity, pressurePa).humidityRatio);
    });
  const { temperatureLowC, temperatureHighC, humidityLowPercent, humidityHighPercent } = window;
  return [
    ...side(temperatureLowC, temperatureHighC, humidityLowPercent),
    ...side(temperatureHighC, temperatureLowC, humidityHighPercent),
  ].join(" ");
}

function marksOf(points: readonly { x: number; y: number }[]): ChartMark[] {
  const marks: { x: number; y: number; numbers: number[] }[] = [];
  for (const [i, point] of points.entries()) {
    const near = marks.find((mark) => Math.hypot(mark.x - point.x, mark.y - point.y) < TOGETHER);
    if (near === undefined) marks.push({ ...point, numbers: [i + 1] });
    else near.numbers.push(i + 1);
  }
  return marks;
}

const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line class="${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`;

const text = (x: number, y: number, anchor: string, words: string): string =>
  `<text class="tick" text-anchor="${anchor}" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${words}</text>`;
