import { draw } from "./controls.ts";

export interface SpanOnScale {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

const WIDTH = 200;

/** Intervals of what is compared, each on the one scale: hatched, since it is reckoned, with a line at its value. */
export function intervalBars(spans: readonly SpanOnScale[]): SVGElement[] {
  const low = Math.min(...spans.map((span) => span.low));
  const high = Math.max(...spans.map((span) => span.high));
  const margin = (high - low || 1) * 0.15;
  const at = (value: number) => ((value - low + margin) / (high - low + 2 * margin)) * WIDTH;
  return spans.map((span) => {
    const [left, right] = [at(span.low), Math.max(at(span.high), at(span.low) + 2)];
    const stripes: SVGElement[] = [];
    for (let x = left; x < right + 10; x += 6) {
      const [from, to] = [Math.max(left, x - 10), Math.min(right, x)];
      if (from < to) {
        stripes.push(
          draw("path", {
            d: `M${from} ${15 - (from - x + 10)}L${to} ${15 - (to - x + 10)}`,
            stroke: "var(--data)",
          }),
        );
      }
    }
    return draw(
      "svg",
      { viewBox: `0 0 ${WIDTH} 20`, class: "bar", "aria-hidden": "true" },
      draw("rect", {
        x: 0.5,
        y: 4.5,
        width: WIDTH - 1,
        height: 11,
        fill: "var(--surface)",
        stroke: "var(--edge)",
      }),
      draw("rect", {
        x: left,
        y: 5,
        width: right - left,
        height: 10,
        fill: "var(--raised)",
        stroke: "var(--data)",
      }),
      ...stripes,
      draw("path", { d: `M${at(span.value)} 2V18`, stroke: "var(--data)", "stroke-width": 3 }),
    );
  });
}

/** A setpoint between its limits: solid pointer for what is in force. */
export function limitBar(min: number, max: number, value: number | null): SVGElement {
  const at = (x: number) => 8 + ((x - min) / (max - min || 1)) * (WIDTH - 16);
  const bar = draw(
    "svg",
    { viewBox: `0 0 ${WIDTH} 20`, class: "bar", "aria-hidden": "true" },
    draw("rect", {
      x: 0.5,
      y: 4.5,
      width: WIDTH - 1,
      height: 7,
      fill: "var(--surface)",
      stroke: "var(--edge)",
    }),
    draw("rect", { x: 8, y: 5, width: WIDTH - 16, height: 6, fill: "var(--band)" }),
    draw("path", { d: `M8 1V15M${WIDTH - 8} 1V15`, stroke: "var(--ink)", "stroke-width": 2 }),
  );
  if (value !== null) {
    const x = Math.min(WIDTH - 3, Math.max(3, at(value)));
    bar.append(
      draw("path", { d: `M${x} 10l5 9h-10z`, fill: "var(--data)", stroke: "var(--rim)", "stroke-width": 1 }),
    );
  }
  return bar;
}

/** How much of a time is left. */
export function timeBar(left: number, whole: number): SVGElement {
  const share = whole > 0 ? Math.min(1, Math.max(0, left / whole)) : 0;
  return draw(
    "svg",
    { viewBox: "0 0 200 6", class: "time-bar", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { x: 0.5, y: 0.5, width: 199, height: 5, fill: "none", stroke: "currentColor" }),
    draw("rect", { x: 0, y: 0, width: 200 * share, height: 6, fill: "currentColor" }),
  );
}
