/** Three numbers: a point in m, or a direction. */
export type Xyz = readonly [number, number, number];

export function dot(a: Xyz, b: Xyz): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Xyz, b: Xyz): Xyz {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function difference(a: Xyz, b: Xyz): Xyz {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** `a + scale * b` */
export function along(a: Xyz, b: Xyz, scale: number): Xyz {
  return [a[0] + scale * b[0], a[1] + scale * b[1], a[2] + scale * b[2]];
}

export function length(a: Xyz): number {
  return Math.hypot(a[0], a[1], a[2]);
}

export function unit(a: Xyz): Xyz {
  const scale = 1 / length(a);
  return [a[0] * scale, a[1] * scale, a[2] * scale];
}

/** Some unit vector square to a unit vector. */
export function squareTo(a: Xyz): Xyz {
  return unit(cross(a, Math.abs(a[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
}
