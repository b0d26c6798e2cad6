import { GAP, type LabelBox, type PlacedLabel, placeLabels } from "./label-placement.ts";
import { type Orbit, type Pixel, type Point, project, type ViewSize } from "./orbit.ts";

/** A boxed label in a picture of the cell. The first has the first choice of its place. */
export interface SceneLabel {
  readonly id: string;
  readonly at: Point;
  readonly bold: string;
  readonly plain?: string;
  /** A second line. */
  readonly below?: string;
  /** It tells of the pair that is marked: off its ring, and its line ends there. */
  readonly isOfPair?: boolean;
  /** Of a finding, or of what is stale: its mark stands in the box. */
  readonly priority?: 1 | 2 | 3 | "stale";
}

/** A nearest pair, or where two bodies clip. */
export interface PairMark {
  readonly points: readonly [Point, Point];
  readonly isContact: boolean;
  readonly isRinged: boolean;
}

export interface DrawnPath {
  readonly points: readonly Point[];
  /** As programmed where a fix is shown beside it. */
  readonly isDashed: boolean;
}

export interface SceneNotes {
  readonly labels: readonly SceneLabel[];
  readonly pair?: PairMark;
  readonly paths?: readonly DrawnPath[];
}

/** All that stands over a picture, px. */
export interface Overlay {
  readonly labels: readonly (PlacedLabel & {
    readonly label: SceneLabel;
    readonly lines: readonly LabelLine[];
  })[];
  readonly pair: { readonly a: Pixel; readonly b: Pixel; readonly ring: RingMark | null } | null;
  /** As SVG draws them. */
  readonly paths: readonly { readonly d: string; readonly isDashed: boolean }[];
}

export interface RingMark extends Pixel {
  readonly radius: number;
}

/** A ring is never smaller than can be seen from across the desk, px. */
const SMALLEST_RING = 22;
const RING_MARGIN = 12;
const PADDING = 10;
const LINE = 19;
const MARK = 34;
/** Between the bold and the plain words of a line. */
const BLANK = 5;

/** Width of a line of text, px. */
export type TextWidth = (text: string, isBold: boolean) => number;

/** A label's words in the lines it is drawn in. */
export interface LabelLine {
  readonly bold: string;
  readonly plain: string;
}

/** Words in as many lines as they need; one that is too long for a line stands alone in it. */
function wrapped(text: string, widthPx: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || measure(longer) > widthPx) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A label's lines and the size of its box, px: the page draws it just so. A long one breaks in a narrow picture. */
export function labelShape(
  label: SceneLabel,
  picture: ViewSize,
  widthOf: TextWidth,
): { lines: LabelLine[]; width: number; height: number } {
  const mark = label.priority === undefined ? 0 : MARK + 10;
  const most = picture.width - 2 * (PADDING + GAP) - mark - 4;
  const lines: LabelLine[] =
    label.plain !== undefined
      ? [{ bold: label.bold, plain: label.plain }]
      : wrapped(label.bold, most, (text) => widthOf(text, true)).map((bold) => ({ bold, plain: "" }));
  if (label.below !== undefined)
    for (const plain of wrapped(label.below, most, (text) => widthOf(text, false)))
      lines.push({ bold: "", plain });
  const widths = lines.map(
    ({ bold, plain }) =>
      widthOf(bold, true) + widthOf(plain, false) + (bold !== "" && plain !== "" ? BLANK : 0),
  );
  const height = Math.max(lines.length * LINE, mark === 0 ? 0 : MARK) + (lines.length === 1 ? 6 : 12);
  return { lines, width: Math.ceil(Math.max(...widths) + mark + 2 * PADDING), height };
}

/** Where everything stands over a picture. @param obstacles what stands there already, px */
export function overlayOf(
  notes: SceneNotes,
  orbit: Orbit,
  size: ViewSize,
  widthOf: TextWidth,
  obstacles: readonly LabelBox[],
): Overlay {
  const at = (point: Point) => project(orbit, size, point);
  const pair = pairOf(notes.pair, at);
  const shapes = new Map(notes.labels.map((label) => [label.id, labelShape(label, size, widthOf)]));
  const wishes = notes.labels.flatMap((label) => {
    const anchor = at(label.at);
    if (anchor === null) return [];
    const clearance = label.isOfPair ? (pair?.ring?.radius ?? 10) : 4;
    const { width, height } = shapes.get(label.id)!;
    return [{ id: label.id, anchor, clearance, width, height }];
  });
  const labels = placeLabels(wishes, size, obstacles).map((box) => ({
    ...box,
    label: notes.labels.find(({ id }) => id === box.id)!,
    lines: shapes.get(box.id)!.lines,
  }));
  const paths = (notes.paths ?? []).map(({ points, isDashed }) => ({ d: pathOf(points.map(at)), isDashed }));
  return { labels, pair, paths };
}

function pairOf(mark: PairMark | undefined, at: (point: Point) => Pixel | null): Overlay["pair"] {
  if (mark === undefined) return null;
  const [a, b] = mark.points.map(at);
  if (!a || !b) return null;
  const radius = Math.max(SMALLEST_RING, Math.hypot(a.x - b.x, a.y - b.y) / 2 + RING_MARGIN);
  return { a, b, ring: mark.isRinged ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, radius } : null };
}

/** A line through what is before the eye; it breaks where a point is behind. */
function pathOf(points: readonly (Pixel | null)[]): string {
  let d = "";
  let isBroken = true;
  for (const point of points) {
    if (point !== null) d += `${isBroken ? "M" : "L"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
    isBroken = point === null;
  }
  return d;
}

/** From a ring's edge, or a point, towards a label. */
export function leaderStart(anchor: Pixel, leader: Pixel, radius: number): Pixel {
  const length = Math.hypot(leader.x - anchor.x, leader.y - anchor.y);
  if (length <= radius) return leader;
  const part = radius / length;
  return { x: anchor.x + (leader.x - anchor.x) * part, y: anchor.y + (leader.y - anchor.y) * part };
}
