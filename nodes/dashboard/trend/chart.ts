import uPlot from "uplot";
import type { TrendView } from "./trend-view.ts";

/** Reads a colour token where the widget stands, so that canvas and page agree. */
const token = (host: HTMLElement, name: string) =>
  getComputedStyle(host).getPropertyValue(`--rung-${name}`).trim();

/** Model output is hatched, measurement is solid: a canvas pattern of 45° lines. */
function hatch(colour: string, spacing: number): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = spacing;
  tile.height = spacing;
  const pen = tile.getContext("2d");
  if (pen === null) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(0, spacing);
  pen.lineTo(spacing, 0);
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? colour;
}

/** Columns: time, measured, mean, low50, high50, low90, high90, one row per instant of either part. */
export function columnsOf(view: TrendView): uPlot.AlignedData {
  const past = view.timesS.length;
  const ahead = view.forecast;
  const times = [...view.timesS, ...(ahead?.timesS ?? [])];
  const join = (values: readonly number[] | undefined) => [
    ...new Array<null>(past).fill(null),
    ...(values ?? []),
  ];
  const measured = [...view.values, ...new Array<null>(times.length - past).fill(null)];
  return [
    times,
    measured,
    join(ahead?.mean),
    join(ahead?.low50),
    join(ahead?.high50),
    join(ahead?.low90),
    join(ahead?.high90),
  ];
}

/** Draws the trend into a host element; feed it with `setData(columnsOf(view))`. */
export function makeChart(host: HTMLElement, view: () => TrendView | undefined): uPlot {
  const ink2 = token(host, "ink2");
  const data = token(host, "data");
  const line = token(host, "line");
  const font = '12px Inter, "DejaVu Sans", sans-serif';
  const grid = { stroke: line, width: 1 };
  const quiet = { stroke: "transparent", width: 0, points: { show: false } };
  const backdrop = (chart: uPlot) => {
    const now = view();
    if (now === undefined) return;
    const { ctx, bbox } = chart;
    const y = (value: number) =>
      Math.min(bbox.top + bbox.height, Math.max(bbox.top, chart.valToPos(value, "y", true)));
    const { min = 0, max = 0 } = chart.scales.y ?? {};
    const inView = (value: number) => value >= min! && value <= max!;
    if (now.normalLow !== undefined && now.normalHigh !== undefined) {
      ctx.fillStyle = token(host, "band");
      ctx.globalAlpha = 0.55;
      ctx.fillRect(bbox.left, y(now.normalHigh), bbox.width, y(now.normalLow) - y(now.normalHigh));
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = token(host, "ink");
    for (const limit of [now.low, now.high]) {
      if (limit === undefined || !inView(limit)) continue;
      ctx.fillRect(bbox.left, y(limit) - 1, bbox.width, 2);
    }
    if (now.nowS !== null) ctx.fillRect(chart.valToPos(now.nowS, "x", true) - 1, bbox.top, 2, bbox.height);
  };
  return new uPlot(
    {
      width: Math.max(100, host.clientWidth),
      height: Math.max(80, host.clientHeight),
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true } },
      axes: [
        { font, stroke: ink2, grid, ticks: { show: false }, size: 26, values: "{HH}:{mm}" },
        { font, stroke: ink2, grid, ticks: { show: false }, size: 52 },
      ],
      series: [
        {},
        { stroke: data, width: 2, points: { show: false } },
        { stroke: data, width: 1.5, dash: [6, 4], points: { show: false } },
        quiet,
        quiet,
        { ...quiet, stroke: data, width: 1, dash: [3, 3] },
        { ...quiet, stroke: data, width: 1, dash: [3, 3] },
      ],
      bands: [
        { series: [6, 5], fill: () => hatch(token(host, "edge"), 9) },
        { series: [4, 3], fill: () => hatch(data, 5) },
      ],
      hooks: { drawClear: [backdrop] },
    } as unknown as uPlot.Options,
    columnsOf(view() ?? { unit: "", digits: 1, nowS: null, timesS: [], values: [] }),
    host,
  );
}
