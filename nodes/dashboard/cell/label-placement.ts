import type { Pixel, ViewSize } from "./orbit.ts";

export interface LabelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface LabelWish {
  readonly id: string;
  /** What the label points at. */
  readonly anchor: Pixel;
  readonly width: number;
  readonly height: number;
  /** Free space wanted round the anchor: a ring of this radius is not covered, px. */
  readonly clearance?: number;
}

export interface PlacedLabel extends LabelBox {
  readonly id: string;
  readonly anchor: Pixel;
  /** Where the line to the anchor leaves the box. */
  readonly leader: Pixel;
}

/** Between two boxes, and from a box to the picture's edge, px. */
export const GAP = 8;
const DISTANCES = [26, 48, 76, 110, 150, 200, 260, 330];
const DIRECTIONS = 16;

const overlap = (a: LabelBox, b: LabelBox, gap: number) =>
  a.left < b.left + b.width + gap &&
  b.left < a.left + a.width + gap &&
  a.top < b.top + b.height + gap &&
  b.top < a.top + a.height + gap;

const covers = (box: LabelBox, { x, y }: Pixel, radius: number) =>
  overlap(box, { left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius }, 0);

/**
 * Places labels round what they point at: near it, inside the picture, on no other label, no obstacle and no other
 * anchor. Earlier wishes go first; a label that finds no place is left out, for two on each other say nothing.
 * Greedy over a fixed set of places, so the same picture has the same labels.
 * @param obstacles what stands in the picture already: legend, buttons
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  size: ViewSize,
  obstacles: readonly LabelBox[] = [],
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  /** Pushed back where it would stick out of the picture. */
  const within = (at: number, length: number, whole: number) =>
    Math.max(GAP, Math.min(at, whole - GAP - length));
  for (const wish of wishes) {
    const { anchor, width, height, clearance = 0 } = wish;
    if (anchor.x < 0 || anchor.y < 0 || anchor.x > size.width || anchor.y > size.height) continue;
    let best: LabelBox | undefined;
    let leastCost = Number.POSITIVE_INFINITY;
    for (const distance of DISTANCES) {
      for (let step = 0; step < DIRECTIONS; step++) {
        const angle = (step / DIRECTIONS) * 2 * Math.PI;
        const [ex, ey] = [Math.cos(angle), Math.sin(angle)];
        const reach = clearance + distance;
        const box: LabelBox = {
          left: within(anchor.x + ex * (reach + width / 2) - width / 2, width, size.width),
          top: within(anchor.y + ey * (reach + height / 2) - height / 2, height, size.height),
          width,
          height,
        };
        if (box.left + width > size.width - GAP || box.top + height > size.height - GAP) continue;
        if (covers(box, anchor, clearance) || obstacles.some((other) => overlap(box, other, GAP))) continue;
        if (placed.some((other) => overlap(box, other, GAP))) continue;
        const hidden = wishes.filter((other) => covers(box, other.anchor, other.clearance ?? 4)).length;
        const cost = distance + 400 * hidden;
        if (cost < leastCost) {
          leastCost = cost;
          best = box;
        }
      }
    }
    if (best !== undefined) placed.push({ ...best, id: wish.id, anchor, leader: leaderOf(best, wish) });
  }
  return placed;
}

/** The point of a box nearest to its anchor. */
function leaderOf(box: LabelBox, { anchor }: LabelWish): Pixel {
  return {
    x: Math.min(box.left + box.width, Math.max(box.left, anchor.x)),
    y: Math.min(box.top + box.height, Math.max(box.top, anchor.y)),
  };
}
