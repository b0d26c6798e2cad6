/**
 * Area that points dominate, up to a reference point, both objectives to be made small: the measure of a front of two
 * objectives (Zitzler and Thiele, IEEE Trans. Evolutionary Computation 3, 1999).
 */
export function hypervolume(
  points: readonly (readonly number[])[],
  reference: readonly [number, number],
): number {
  const inside = points
    .filter(([x, y]) => x! < reference[0] && y! < reference[1])
    .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  let area = 0;
  let height = reference[1];
  for (const [x, y] of inside) {
    if (y! >= height) continue;
    area += (reference[0] - x!) * (height - y!);
    height = y!;
  }
  return area;
}
