import uPlot from "uplot";
import { numberText } from "../look/numbers.ts";
import { drawBad, drawMarks, FONT, hatch, token, WORDS_PX } from "./chart-marks.ts";
import type { BadStretch, DrawnLine } from "./line-of.ts";
import type { TrendView } from "./trend-view.ts";
import type { ShownWindow } from "./window.ts";

/** All that one picture is made of. */
export interface Picture {
  readonly view: TrendView;
  readonly lines: readonly DrawnLine[];
  readonly window: ShownWindow;
  /** False where a stretch of the past is shown: without a forecast. */
  readonly isLive: boolean;
  /** On a hatched stretch. */
  readonly words: Readonly<Record<BadStretch["why"], string>>;
}

/** Lines are told apart by their dashes, never by colour. */
export const DASHES: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [9, 3, 2, 3], [5, 3], [14, 5]];
const PER_FORECAST = 5;
/** Width of an axis of numbers at least, and of a letter there, px. */
const AXIS = 52;
const LETTER = 7.2;

/** One scale per unit, in the order in which units first come. */
export const unitsOf = (view: TrendView): string[] => [...new Set(view.series.map(({ unit }) => unit))];

/** What a chart is built for: with other series it is built anew. */
export const shapeOf = (view: TrendView): string =>
  JSON.stringify([
    view.series.map(({ unit, isStepped }) => [unit, isStepped]),
    view.forecasts.map(({ of }) => of),
  ]);

/** A break covers all times of other series until the next value of its own. */
const EXPAND_BREAKS = 2;

/** Columns: time, one per series, then mean, low50, high50, low90 and high90 of each forecast. */
export function columnsOf({ view, lines, isLive }: Picture): uPlot.AlignedData {
  const tables: (number | null)[][][] = lines.map(({ timesS, values }) => [[...timesS], [...values]]);
  for (const { of, timesS, mean, low50, high50, low90, high90 } of view.forecasts) {
    const bands = [mean, low50, high50, low90, high90];
    // The fan opens from the newest value before it.
    const from = isLive ? newestBefore(lines[of], timesS[0] ?? 0) : undefined;
    const begin = from === undefined ? [] : [from];
    tables.push([
      isLive ? [...begin.map(({ timeS }) => timeS), ...timesS] : [],
      ...bands.map((band) => (isLive ? [...begin.map(({ value }) => value), ...band] : [])),
    ]);
  }
  return uPlot.join(
    tables as unknown as uPlot.AlignedData[],
    tables.map((table) => table.map(() => EXPAND_BREAKS)),
  );
}

function newestBefore(
  line: DrawnLine | undefined,
  timeS: number,
): { timeS: number; value: number } | undefined {
  for (let i = (line?.timesS.length ?? 0) - 1; i >= 0; i--) {
    const value = line!.values[i]!;
    if (line!.timesS[i]! >= timeS) continue;
    return value === null ? undefined : { timeS: line!.timesS[i]!, value };
  }
  return undefined;
}

const MOST_DIGITS = 6;

/** Decimals with which the steps of an axis are told exactly: 0 for 5, 1 for 2.5, 2 for 0.25. */
export function digitsOf(step: number): number {
  for (let digits = 0; digits < MOST_DIGITS; digits++)
    if (Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6 * step * 10 ** digits)
      return digits;
  return MOST_DIGITS;
}

/** Steps of an axis as far as numbers reach: the library's own end at 1e32. */
const STEPS = Array.from({ length: 340 }, (_, i) =>
  [1, 2, 2.5, 5].map((factor) => factor * 10 ** (i - 32)),
).flat();

/** A scale a little wider than its values, with a height even where they are one and the same. */
export function rangeOf(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const height = max / 2 - min / 2;
  const pad = height === 0 ? Math.max(Math.abs(max) * 0.1, 0.5) : height * 0.12;
  return [Math.max(-1.7e308, min - pad), Math.min(1.7e308, max + pad)];
}

export interface ChartHands {
  /** Somebody dragged over a stretch of time. */
  readonly onSelect: (window: ShownWindow) => void;
}

/** Draws a trend into a host element; feed it with `setData(columnsOf(picture))`. */
export function makeChart(host: HTMLElement, picture: () => Picture, hands: ChartHands): uPlot {
  const { view } = picture();
  const units = unitsOf(view);
  const scaleOf = (unit: string) => `y${units.indexOf(unit)}`;
  const ink2 = () => token(host, "ink2");
  const data = () => token(host, "data");
  const grid = { stroke: () => token(host, "line"), width: 1 };
  const quiet = { stroke: "transparent", width: 0, points: { show: false } };
  const backdrop = (chart: uPlot) => drawBackdrop(chart, host, picture());
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const alone = (chart: uPlot, place: number) => lonely(chart.data[place]!);
  return new uPlot(
    {
      width: Math.max(100, host.clientWidth),
      height: Math.max(80, host.clientHeight),
      legend: { show: false },
      // Words of events stand above the curves.
      padding: [() => (picture().view.marks.length > 0 ? WORDS_PX : 8), 8, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 6 } },
      scales: {
        x: { time: true, range: () => [picture().window.fromS, picture().window.toS] },
        ...Object.fromEntries(
          units.map((unit) => [
            scaleOf(unit),
            { range: (_: uPlot, min: number | null, max: number | null) => rangeOf(min, max) },
          ]),
        ),
      },
      axes: [
        { font: FONT, stroke: ink2, grid, ticks: { show: false }, size: 26, space: 70, values: timeTexts },
        ...units.map((unit, place) => ({
          scale: scaleOf(unit),
          side: place === 0 ? 3 : 1,
          font: FONT,
          stroke: ink2,
          grid: place === 0 ? grid : { show: false },
          ticks: { show: false },
          size: (_: uPlot, texts: readonly (string | null)[] | null) =>
            Math.max(AXIS, ...(texts ?? []).map((text) => 16 + LETTER * (text?.length ?? 0))),
          incrs: STEPS,
          values: (_: uPlot, splits: number[]) =>
            splits.map((split) => numberText(split, digitsOf((splits[1] ?? 1) - (splits[0] ?? 0)))),
        })),
      ],
      series: [
        {},
        ...view.series.map(({ unit, isStepped }, place) => ({
          scale: scaleOf(unit),
          stroke: data,
          width: 2,
          dash: [...DASHES[place % DASHES.length]!],
          points: { show: true, size: 5, fill: data, filter: alone },
          ...(isStepped && stepped !== undefined ? { paths: stepped } : {}),
        })),
        ...view.forecasts.flatMap(({ of }) => {
          const scale = scaleOf(view.series[of]?.unit ?? "");
          return [
            { scale, stroke: data, width: 1.5, dash: [6, 4], points: { show: false } },
            { ...quiet, scale },
            { ...quiet, scale },
            { ...quiet, scale, stroke: data, width: 1, dash: [3, 3] },
            { ...quiet, scale, stroke: data, width: 1, dash: [3, 3] },
          ];
        }),
      ],
      bands: view.forecasts.flatMap((_, place) => {
        const first = 1 + view.series.length + PER_FORECAST * place;
        return [
          { series: [first + 4, first + 3], fill: () => hatch(token(host, "edge"), 9) },
          { series: [first + 2, first + 1], fill: () => hatch(data(), 5) },
        ];
      }),
      hooks: {
        drawClear: [backdrop],
        draw: [(chart: uPlot) => drawMarks(chart, host, picture().view.marks)],
        setSelect: [
          (chart: uPlot) => {
            const { left, width } = chart.select;
            if (width < 6) return;
            const window = { fromS: chart.posToVal(left, "x"), toS: chart.posToVal(left + width, "x") };
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            hands.onSelect(window);
          },
        ],
      },
    } as unknown as uPlot.Options,
    columnsOf(picture()),
    host,
  );
}

/** Places of samples with no neighbour to be joined to: they would not be drawn at all. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  /** Undefined is another series' time, null is a break. */
  const next = (from: number): number => {
    let at = from;
    while (at < values.length && values[at] === undefined) at++;
    return at;
  };
  let before: number | null | undefined = null;
  for (let at = next(0); at < values.length; ) {
    const following = next(at + 1);
    if (values[at] !== null && before === null && (values[following] ?? null) === null) found.push(at);
    before = values[at];
    at = following;
  }
  return found;
}

const clock = (timeS: number, hasSeconds: boolean): string =>
  new Date(timeS * 1000).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(hasSeconds ? { second: "2-digit" } : {}),
  });

/** Times of an axis, with the day where it begins. */
function timeTexts(_: uPlot, splits: number[]): string[] {
  const stepS = (splits[1] ?? 60) - (splits[0] ?? 0);
  let day = "";
  return splits.map((split) => {
    const now = new Date(split * 1000).toLocaleDateString("en-GB", { day: "2-digit", month: "2-digit" });
    const isNewDay = day !== "" && day !== now;
    day = now;
    if (stepS >= 86_400 || isNewDay) return now;
    return stepS < 1 ? `${clock(split, true)}.${Math.floor((split % 1) * 10)}` : clock(split, stepS < 60);
  });
}

function drawBackdrop(chart: uPlot, host: HTMLElement, { view, lines, isLive, words }: Picture): void {
  const { ctx, bbox } = chart;
  const y = (value: number) =>
    Math.min(bbox.top + bbox.height, Math.max(bbox.top, chart.valToPos(value, "y0", true)));
  const { min, max } = chart.scales.y0 ?? {};
  if (view.normalLow !== undefined && view.normalHigh !== undefined && min != null) {
    ctx.fillStyle = token(host, "band");
    ctx.globalAlpha = 0.55;
    ctx.fillRect(bbox.left, y(view.normalHigh), bbox.width, y(view.normalLow) - y(view.normalHigh));
    ctx.globalAlpha = 1;
  }
  for (const { bad } of lines) drawBad(chart, host, bad, words);
  ctx.fillStyle = token(host, "ink");
  for (const limit of [view.low, view.high]) {
    if (limit === undefined || min == null || max == null || limit < min || limit > max) continue;
    ctx.fillRect(bbox.left, y(limit) - 1, bbox.width, 2);
  }
  if (view.nowS === null) return;
  const nowX = chart.valToPos(view.nowS, "x", true);
  if (nowX < bbox.left || nowX > bbox.left + bbox.width + 1) return;
  // Without a forecast now is the right edge, and no line is needed for it.
  if (isLive && view.forecasts.length === 0) return;
  ctx.fillRect(nowX - 1, bbox.top, 2, bbox.height);
}
