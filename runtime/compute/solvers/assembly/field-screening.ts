import { shareStart } from "./barrier";

/* Least values of a distance field at the points of bodies (field-screening.ts). */

/** Points of a group, and bytes of its points and of its sphere (sample-groups.ts). */
const GROUP: usize = 16;
const POINT: usize = 12;
const SPHERE: usize = 16;
const POSE: usize = 48;

let field: usize = 0;
let rowBytes: usize = 0;
let planeBytes: usize = 0;
let originX: f32 = 0;
let originY: f32 = 0;
let originZ: f32 = 0;
let cell: f32 = 0;
let perCell: f32 = 0;
let lastX: f32 = 0;
let lastY: f32 = 0;
let lastZ: f32 = 0;

// @ts-ignore: a decorator
@inline
function mix(a: f32, b: f32, part: f32): f32 { return a + part * (b - a); }

/** The value at a point of the body whose pose is given. */
// @ts-ignore: a decorator
@inline
function valueAt(pose: usize, point: usize): f32 {
  const px = load<f32>(point);
  const py = load<f32>(point, 4);
  const pz = load<f32>(point, 8);
  const x = load<f32>(pose) * px + load<f32>(pose, 4) * py + load<f32>(pose, 8) * pz + load<f32>(pose, 12);
  const y = load<f32>(pose, 16) * px + load<f32>(pose, 20) * py + load<f32>(pose, 24) * pz + load<f32>(pose, 28);
  const z = load<f32>(pose, 32) * px + load<f32>(pose, 36) * py + load<f32>(pose, 40) * pz + load<f32>(pose, 44);
  const wantedX = (x - originX) * perCell;
  const wantedY = (y - originY) * perCell;
  const wantedZ = (z - originZ) * perCell;
  const u = min(max(wantedX, 0), lastX);
  const v = min(max(wantedY, 0), lastY);
  const w = min(max(wantedZ, 0), lastZ);
  const ix = min(floor(u), lastX - 1);
  const iy = min(floor(v), lastY - 1);
  const iz = min(floor(w), lastZ - 1);
  const partX = u - ix;
  const partY = v - iy;
  const partZ = w - iz;
  const at = field + <usize><i32>iz * planeBytes + <usize><i32>iy * rowBytes + (<usize><i32>ix << 2);
  const beyond = at + rowBytes;
  const above = at + planeBytes;
  const aboveBeyond = above + rowBytes;
  const near = mix(
    mix(load<f32>(at), load<f32>(at, 4), partX), mix(load<f32>(beyond), load<f32>(beyond, 4), partX), partY);
  const far = mix(
    mix(load<f32>(above), load<f32>(above, 4), partX),
    mix(load<f32>(aboveBeyond), load<f32>(aboveBeyond, 4), partX), partY);
  const value = mix(near, far, partZ);
  const outX = wantedX - u;
  const outY = wantedY - v;
  const outZ = wantedZ - w;
  const outside = outX * outX + outY * outY + outZ * outZ;
  return outside > 0 ? sqrt(outside * cell * cell + value * value) : value;
}

/** Below what no value within a sphere is. */
// @ts-ignore: a decorator
@inline
function boundOf(pose: usize, sphere: usize, slack: f32): f32 {
  return valueAt(pose, sphere) - load<f32>(sphere, 12) - slack;
}

function leastOfGroup(pose: usize, points: usize): f32 {
  let least: f32 = Infinity;
  for (let point = points; point < points + GROUP * POINT; point += POINT) least = min(least, valueAt(pose, point));
  return least;
}

/**
 * Where the middle of a sphere has a value v, no point within has one below v - radius - 2 errors: values differ by no
 * more than the way between their points and twice the error of interpolation. Bodies that have no value below what is
 * enough, and groups that cannot have the least, are left out, so that the outcome is that of all points.
 * @param starts i32, first group of each body and the number of all
 * @param slack twice the error and the rounding, in m
 * @param least f32, configurations x bodies, from `first` up to and without `end`
 * @param scratch f32, groups of the largest body, for each thread
 */
export function fieldScreening(
  distance: usize, nx: i32, ny: i32, nz: i32, ox: f32, oy: f32, oz: f32, cellM: f32,
  points: usize, spheres: usize, bodySpheres: usize, starts: usize, bodies: i32, slack: f32, enough: f32, poses: usize,
  first: i32, end: i32, least: usize, scratch: usize, most: i32, thread: i32, threads: i32, barrier: usize,
): void {
  field = distance;
  rowBytes = <usize>nx << 2;
  planeBytes = rowBytes * <usize>ny;
  originX = ox;
  originY = oy;
  originZ = oz;
  cell = cellM;
  perCell = 1 / cellM;
  lastX = <f32>(nx - 1);
  lastY = <f32>(ny - 1);
  lastZ = <f32>(nz - 1);
  const bounds = scratch + ((<usize>thread * <usize>most) << 2);
  const items = (end - first) * bodies;
  const from = first * bodies + shareStart(items, thread, threads);
  const to = first * bodies + shareStart(items, thread + 1, threads);
  for (let item = from; item < to; item++) {
    const body = item % bodies;
    const pose = poses + <usize>item * POSE;
    let value = enough;
    if (boundOf(pose, bodySpheres + <usize>body * SPHERE, slack) >= value) {
      store<f32>(least + (<usize>item << 2), value);
      continue;
    }
    const begin = load<i32>(starts + (<usize>body << 2));
    const stop = load<i32>(starts + (<usize>body << 2), 4);
    let likely = begin;
    let lowest: f32 = Infinity;
    for (let group = begin; group < stop; group++) {
      const bound = boundOf(pose, spheres + <usize>group * SPHERE, slack);
      store<f32>(bounds + (<usize>(group - begin) << 2), bound);
      if (bound < lowest) { lowest = bound; likely = group; }
    }
    if (lowest < value) value = min(value, leastOfGroup(pose, points + <usize>likely * GROUP * POINT));
    for (let group = begin; group < stop; group++) {
      if (group == likely || load<f32>(bounds + (<usize>(group - begin) << 2)) >= value) continue;
      value = min(value, leastOfGroup(pose, points + <usize>group * GROUP * POINT));
    }
    store<f32>(least + (<usize>item << 2), value);
  }
}
