/** Solids of the demo cell as lists of triangles, drawn by lofting: every solid is closed, lengths in m. */

export type Point = readonly [number, number, number];
/** Corners counter-clockwise seen from outside. */
export type Triangle = readonly [Point, Point, Point];
export type Solid = readonly Triangle[];

/** A closed outline in space, the same number of points in every outline of one loft. */
export type Outline = readonly Point[];

export function add(a: Point, b: Point): Point {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function scale(a: Point, k: number): Point {
  return [a[0] * k, a[1] * k, a[2] * k];
}

export function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(a: Point): Point {
  return scale(a, 1 / Math.hypot(...a));
}

/** An outline of rounded corners: a superellipse |x/a|^n + |y/b|^n = 1, n = 2 an ellipse, large n a rectangle. */
export function rounded(
  centre: Point,
  across: Point,
  up: Point,
  halfWidthM: number,
  halfHeightM: number,
  corners = 4,
  points = 12,
): Outline {
  return Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.5)) / points;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const x = Math.sign(c) * Math.abs(c) ** (2 / corners) * halfWidthM;
    const y = Math.sign(s) * Math.abs(s) ** (2 / corners) * halfHeightM;
    return add(centre, add(scale(across, x), scale(up, y)));
  });
}

/** The skin over outlines one after another, closed at both ends. They turn counter-clockwise about their direction. */
export function loft(outlines: readonly Outline[]): Solid {
  const triangles: Triangle[] = [];
  for (let o = 1; o < outlines.length; o++) {
    const [from, to] = [outlines[o - 1]!, outlines[o]!];
    for (let i = 0; i < from.length; i++) {
      const j = (i + 1) % from.length;
      triangles.push([from[i]!, from[j]!, to[j]!], [from[i]!, to[j]!, to[i]!]);
    }
  }
  cap(outlines[0]!, true, triangles);
  cap(outlines.at(-1)!, false, triangles);
  return triangles;
}

function cap(outline: Outline, isStart: boolean, triangles: Triangle[]): void {
  const centre = scale(outline.reduce(add, [0, 0, 0]), 1 / outline.length);
  for (let i = 0; i < outline.length; i++) {
    const [a, b] = [outline[i]!, outline[(i + 1) % outline.length]!];
    triangles.push(isStart ? [centre, b, a] : [centre, a, b]);
  }
}

/** A section of a beam: where it stands, and half its size across and upwards. */
export interface Section {
  readonly at: Point;
  readonly halfWidthM: number;
  readonly halfHeightM: number;
}

/** A beam through sections, its sides at right angles to its run. @param up roughly upwards, never along the run */
export function beam(sections: readonly Section[], up: Point, corners = 6, points = 12): Solid {
  return loft(
    sections.map(({ at, halfWidthM, halfHeightM }, i) => {
      const before = sections[Math.max(0, i - 1)]!.at;
      const after = sections[Math.min(sections.length - 1, i + 1)]!.at;
      const run = unit([after[0] - before[0], after[1] - before[1], after[2] - before[2]]);
      const across = unit(cross(up, run));
      return rounded(at, across, cross(run, across), halfWidthM, halfHeightM, corners, points);
    }),
  );
}

/** A straight beam of one size. */
export function bar(
  from: Point,
  to: Point,
  halfWidthM: number,
  halfHeightM: number,
  up: Point = [0, 0, 1],
): Solid {
  return beam(
    [
      { at: from, halfWidthM, halfHeightM },
      { at: to, halfWidthM, halfHeightM },
    ],
    up,
    12,
    8,
  );
}

/** A box between two corners. */
export function box(low: Point, high: Point): Solid {
  const ring = (z: number): Outline => [
    [low[0], low[1], z],
    [high[0], low[1], z],
    [high[0], high[1], z],
    [low[0], high[1], z],
  ];
  return loft([ring(low[2]), ring(high[2])]);
}

/** A drum about an axis, its edges broken. */
export function drum(from: Point, to: Point, radiusM: number, points = 16): Solid {
  const run = unit([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  const up: Point = Math.abs(run[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const across = unit(cross(up, run));
  const second = cross(run, across);
  const edgeM = Math.min(0.02, radiusM / 5);
  const at = (point: Point, alongM: number, r: number): Outline =>
    rounded(add(point, scale(run, alongM)), across, second, r, r, 2, points);
  return loft([
    at(from, 0, radiusM - edgeM),
    at(from, edgeM, radiusM),
    at(to, -edgeM, radiusM),
    at(to, 0, radiusM - edgeM),
  ]);
}

/** The same solid on the other side of the car: y turned round. */
export function mirrored(solid: Solid): Solid {
  return solid.map(([a, b, c]) => [flip(a), flip(c), flip(b)]);
}

function flip([x, y, z]: Point): Point {
  return [x, -y, z];
}

/**
 * Binary STL: 80 bytes of header, the number of triangles, 50 bytes each.
 * @param name said in the header
 */
export function binaryStl(solid: Solid, name: string): Uint8Array {
  const bytes = new Uint8Array(84 + 50 * solid.length);
  new TextEncoder().encodeInto(name, bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(80, solid.length, true);
  for (const [i, [a, b, c]] of solid.entries()) {
    const normal = unit(cross(minus(b, a), minus(c, a)));
    for (const [k, value] of [...normal, ...a, ...b, ...c].entries()) {
      view.setFloat32(84 + 50 * i + 4 * k, value, true);
    }
  }
  return bytes;
}

function minus(a: Point, b: Point): Point {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
