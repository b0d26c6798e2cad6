import type uPlot from "uplot";
import { clockText } from "../look/numbers.ts";
import type { BadStretch } from "./line-of.ts";
import type { TrendMark } from "./trend-view.ts";

/** Reads a colour token where the widget stands, so that canvas and page agree, in whatever light it is now. */
export const token = (host: HTMLElement, name: string): string =>
  getComputedStyle(host).getPropertyValue(`--rung-${name}`).trim();

export const FONT = '12px Inter, "DejaVu Sans", sans-serif';

/** Height of the row of words over the curves, px. */
export const WORDS_PX = 22;

/** Lines at 45°: model output is hatched, and so is what is stale or bad. */
export function hatch(colour: string, spacing: number, width = 1): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = spacing;
  tile.height = spacing;
  const pen = tile.getContext("2d");
  if (pen === null) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  // The corners too, so that tiles join.
  for (const shift of [-spacing, 0, spacing]) {
    pen.moveTo(shift, spacing);
    pen.lineTo(shift + spacing, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? colour;
}

/** Hatches stretches without a value to believe in. */
export function drawBad(
  chart: uPlot,
  host: HTMLElement,
  stretches: readonly BadStretch[],
  words: Readonly<Record<BadStretch["why"], string>>,
): void {
  const { ctx, bbox } = chart;
  const bad = token(host, "bad");
  const scale = devicePixelRatio;
  for (const { fromS, toS, why } of stretches) {
    const says = words[why];
    const left = Math.max(bbox.left, chart.valToPos(fromS, "x", true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(toS, "x", true));
    if (!(right > left)) continue;
    // Never thinner than two pixels: a short one is a fact too.
    const width = Math.max(2 * scale, right - left);
    ctx.fillStyle = hatch(bad, Math.round(7 * scale), 1.4 * scale);
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.font = `${12 * scale}px Inter, "DejaVu Sans", sans-serif`;
    const wordWidth = ctx.measureText(says).width;
    if (width < wordWidth + 16 * scale) continue;
    const middle = bbox.top + bbox.height / 2;
    ctx.fillStyle = token(host, "group");
    ctx.fillRect(
      left + width / 2 - wordWidth / 2 - 4 * scale,
      middle - 9 * scale,
      wordWidth + 8 * scale,
      18 * scale,
    );
    ctx.fillStyle = bad;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(says, left + width / 2, middle);
  }
}

/** Room that a shape takes, px. */
const SHAPE_PX = 16;
/** A word has at least so much room, px: a time and a few letters. */
const LEAST_WORD = 90;

/** Lines of events and recommendations with their words, as many of these as fit beside each other. */
export function drawMarks(chart: uPlot, host: HTMLElement, marks: readonly TrendMark[]): void {
  const { ctx, bbox } = chart;
  const scale = devicePixelRatio;
  const right = bbox.left + bbox.width;
  const at = (timeS: number) => chart.valToPos(timeS, "x", true);
  ctx.font = `${12 * scale}px Inter, "DejaVu Sans", sans-serif`;
  ctx.textBaseline = "middle";
  const taken: [number, number][] = [];
  const shapes: { readonly x: number; readonly level: number }[] = [];
  // Findings have their words first, then the newest.
  const rank = ({ kind }: TrendMark) => (kind === "finding" ? 0 : 1);
  for (const mark of [...marks].sort((a, b) => rank(a) - rank(b) || b.timeS - a.timeS)) {
    const x = at(mark.timeS);
    const endX = mark.kind === "finding" ? at(mark.endS ?? chart.scales.x!.max!) : x;
    if (endX < bbox.left || x > right) continue;
    const isInside = x >= bbox.left;
    const ink = token(host, mark.kind === "finding" ? "ink" : "data");
    ctx.strokeStyle = ink;
    ctx.lineWidth = 1.5 * scale;
    ctx.setLineDash(mark.kind === "recommendation" ? [5 * scale, 4 * scale] : []);
    if (isInside) {
      const text = `${clockText(mark.timeS * 1e6)} ${mark.word}`;
      // Only a line with words reaches up to them, so that none runs through the words of another.
      const isSaid = word(ctx, host, text, x, bbox, taken, scale);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top - (isSaid ? 16 * scale : 0));
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.setLineDash([]);
    if (mark.kind === "finding") {
      // How long it lasted, on the floor of the chart.
      ctx.fillStyle = ink;
      const from = Math.max(bbox.left, x);
      ctx.fillRect(
        from,
        bbox.top + bbox.height - 3 * scale,
        Math.max(3 * scale, Math.min(right, endX) - from),
        3 * scale,
      );
      // One that began before the chart does stands at its edge; one beside another stands above it.
      const shapeX = Math.max(x, bbox.left + 8 * scale);
      const level = freeLevel(shapes, shapeX, SHAPE_PX * scale);
      shapes.push({ x: shapeX, level });
      const y = bbox.top + bbox.height - (12 + level * SHAPE_PX) * scale;
      shape(ctx, host, mark.priority ?? 3, shapeX, y, scale);
    }
  }
  ctx.textAlign = "left";
}

/** The lowest level at which no shape stands so near, px. */
export function freeLevel(
  shapes: readonly { readonly x: number; readonly level: number }[],
  x: number,
  widthPx: number,
): number {
  const near = new Set(shapes.filter((one) => Math.abs(one.x - x) < widthPx).map(({ level }) => level));
  let level = 0;
  while (near.has(level)) level++;
  return level;
}

/** @returns whether there was room for it */
function word(
  ctx: CanvasRenderingContext2D,
  host: HTMLElement,
  text: string,
  x: number,
  bbox: uPlot.BBox,
  taken: [number, number][],
  scale: number,
): boolean {
  const gap = 6 * scale;
  const right = bbox.left + bbox.width;
  const roomRight = right - x - gap;
  const roomLeft = x - bbox.left - gap;
  const isRight = roomRight >= Math.min(ctx.measureText(text).width, bbox.width / 3, roomLeft);
  let shown = text;
  const room = Math.min(Math.max(roomLeft, roomRight), Math.max(LEAST_WORD * scale, bbox.width / 3));
  while (shown.length > 9 && ctx.measureText(shown).width > room) shown = `${shown.slice(0, -2)}…`;
  const width = ctx.measureText(shown).width;
  const from = isRight ? x + gap : x - gap - width;
  // Its own line stands in the row of words too.
  const [least, most] = [Math.min(from, x), Math.max(from + width, x)];
  if (width > room || taken.some(([left, end]) => least < end && most > left)) return false;
  taken.push([least - gap, most + gap]);
  const y = bbox.top - 11 * scale;
  ctx.fillStyle = token(host, "ink");
  ctx.textAlign = "left";
  ctx.fillText(shown, from, y);
  return true;
}

/** Square, triangle or disc with its number, and a rim. */
function shape(
  ctx: CanvasRenderingContext2D,
  host: HTMLElement,
  priority: 1 | 2 | 3,
  x: number,
  y: number,
  scale: number,
): void {
  const half = 7.5 * scale;
  ctx.beginPath();
  if (priority === 1) ctx.rect(x - half, y - half, 2 * half, 2 * half);
  else if (priority === 2) {
    ctx.moveTo(x, y - half);
    ctx.lineTo(x + half, y + half);
    ctx.lineTo(x - half, y + half);
    ctx.closePath();
  } else ctx.arc(x, y, half, 0, 2 * Math.PI);
  ctx.fillStyle = token(host, `p${priority}`);
  ctx.fill();
  ctx.strokeStyle = token(host, "rim");
  ctx.lineWidth = 1.3 * scale;
  ctx.stroke();
  ctx.fillStyle = token(host, `p${priority}-ink`);
  ctx.textAlign = "center";
  ctx.font = `700 ${10 * scale}px Inter, "DejaVu Sans", sans-serif`;
  ctx.fillText(String(priority), x, y + (priority === 2 ? 2.5 : 0.5) * scale);
  ctx.font = `${12 * scale}px Inter, "DejaVu Sans", sans-serif`;
}
