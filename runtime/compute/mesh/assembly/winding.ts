import { EXTENTS, MIDDLE, TRIANGLE, TRIANGLE_COUNT, TRIANGLES } from "./layout";

/**
 * How often a mesh winds around a point of its own frame: 1 or -1 inside a closed one, 0 outside; the sum of the solid
 * angles of its triangles (van Oosterom, Strackee 1983; Jacobson, Kavan, Sorkine-Hornung 2013). 0 outside its box.
 */
export function winding(mesh: usize, x: f64, y: f64, z: f64): f64 {
  const middle = mesh + MIDDLE;
  const extents = mesh + EXTENTS;
  if (
    Math.abs(x - load<f64>(middle)) > load<f64>(extents) ||
    Math.abs(y - load<f64>(middle, 8)) > load<f64>(extents, 8) ||
    Math.abs(z - load<f64>(middle, 16)) > load<f64>(extents, 16)
  ) return 0;
  let sum: f64 = 0;
  let t = mesh + load<u32>(mesh, TRIANGLES);
  const end = t + <usize>load<u32>(mesh, TRIANGLE_COUNT) * TRIANGLE;
  for (; t < end; t += TRIANGLE) {
    const ax = load<f64>(t) - x, ay = load<f64>(t, 8) - y, az = load<f64>(t, 16) - z;
    const bx = load<f64>(t, 24) - x, by = load<f64>(t, 32) - y, bz = load<f64>(t, 40) - z;
    const cx = load<f64>(t, 48) - x, cy = load<f64>(t, 56) - y, cz = load<f64>(t, 64) - z;
    const a = Math.sqrt(ax * ax + ay * ay + az * az);
    const b = Math.sqrt(bx * bx + by * by + bz * bz);
    const c = Math.sqrt(cx * cx + cy * cy + cz * cz);
    const volume = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
    const ab = ax * bx + ay * by + az * bz;
    const bc = bx * cx + by * cy + bz * cz;
    const ca = cx * ax + cy * ay + cz * az;
    sum += Math.atan2(volume, a * b * c + ab * c + bc * a + ca * b);
  }
  return sum / (2 * Math.PI);
}
