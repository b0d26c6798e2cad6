import { shareStart } from "./barrier";
import { add, all, constant, exp4, expm14, mul, powerOfTwo, sub } from "./lanes";

/*
 * Rides of a lumped network, four runs side by side. Temperatures are kept as kelvin above 170 °C: there the cure
 * rate is 2^(sharpness x / (x + 443.15)) with sharpness = log2(e) Ea/R / 443.15 K, which loses no digits near its 1.
 */
const REFERENCE_C = memory.data<f32>([170]);
const REFERENCE_K = memory.data<f32>([443.15]);
const TWO = memory.data<f32>([2]);

/** The same value of four runs that lie `stride` bytes apart. */
// @ts-ignore: a decorator
@inline
function ofFour(at: usize, stride: usize): v128 {
  let values = v128.load32_zero(at);
  values = f32x4.replace_lane(values, 1, load<f32>(at + stride));
  values = f32x4.replace_lane(values, 2, load<f32>(at + 2 * stride));
  return f32x4.replace_lane(values, 3, load<f32>(at + 3 * stride));
}

// @ts-ignore: a decorator
@inline
function toFour(at: usize, stride: usize, values: v128): void {
  store<f32>(at, f32x4.extract_lane(values, 0));
  store<f32>(at + stride, f32x4.extract_lane(values, 1));
  store<f32>(at + 2 * stride, f32x4.extract_lane(values, 2));
  store<f32>(at + 3 * stride, f32x4.extract_lane(values, 3));
}

/** A rate of 2^-125 is none. */
const LEAST = memory.data<f32>([-125]);

// @ts-ignore: a decorator
@inline
function cureRate(above: v128, sharpness: v128): v128 {
  const power = f32x4.div(mul(sharpness, above), add(above, constant(REFERENCE_K)));
  // The greater by one instruction; f32x4.max takes eight, for the sake of what is no number.
  return powerOfTwo(f32x4.pmax(power, constant(LEAST)));
}

/** Four runs' heat transfer factor and air of each zone: vectors of 16 bytes in `scratch`, 2 x zones of them. */
function fillZones(scratch: usize, zones: i32, factor: usize, air: usize, lnZone: usize, bias: usize): void {
  const stride = <usize>zones << 2;
  for (let z: usize = 0; z < <usize>zones; z++) {
    const multiplier = exp4(ofFour(lnZone + (z << 2), stride));
    v128.store(scratch + (z << 5), mul(all(load<f32>(factor + (z << 2))), multiplier));
    v128.store(scratch + (z << 5) + 16, add(all(load<f32>(air + (z << 2))), ofFour(bias + (z << 2), stride)));
  }
}

/**
 * Runs without coupling: each node rides alone, and within a zone its distance to the air shrinks by one part a step.
 * Its temperature there is monotone, so the peak stands at the end of a zone.
 * @param rate 1/tau per node; `factor`, `air` (above 170 °C), `stepS`, `steps` per zone
 * @param lnNode runs x nodes; `lnZone`, `bias` runs x zones; `e170`, `peak`, `exit` (°C)
 * runs x nodes; runs a multiple of 4
 * @param scratch 32 bytes x zones for each thread
 */
export function networkFree(
  nodes: i32, zones: i32, rate: usize, factor: usize, air: usize, stepS: usize, steps: usize,
  startX: f32, sharpness: f32, runs: i32, lnNode: usize, lnZone: usize, bias: usize,
  e170: usize, peak: usize, exit: usize, scratch: usize, thread: i32, threads: i32, barrier: usize,
): void {
  const end = shareStart(runs >> 2, thread + 1, threads) << 2;
  const nodeStride = <usize>nodes << 2;
  const zoneStride = <usize>zones << 2;
  const own = scratch + <usize>thread * (<usize>zones << 5);
  const sharp = all(sharpness);
  for (let run = shareStart(runs >> 2, thread, threads) << 2; run < end; run += 4) {
    const nodeAt = <usize>run * nodeStride;
    const zoneAt = <usize>run * zoneStride;
    fillZones(own, zones, factor, air, lnZone + zoneAt, bias + zoneAt);
    for (let n: usize = 0; n < nodeStride; n += 4) {
      const ownRate = mul(all(load<f32>(rate + n)), exp4(ofFour(lnNode + nodeAt + n, nodeStride)));
      let x = all(startX);
      let hottest = x;
      let cure = all(0);
      for (let z: usize = 0; z < <usize>zones; z++) {
        const count = load<i32>(steps + (z << 2));
        const length = load<f32>(stepS + (z << 2));
        const zoneAir = v128.load(own + (z << 5), 16);
        const zoneRate = mul(ownRate, v128.load(own + (z << 5)));
        const start = sub(x, zoneAir);
        // What a step changes as a part of the distance: its errors do not add up as those of a factor would.
        const half = expm14(mul(all(<f32>-0.5 * length), zoneRate));
        const whole = mul(half, add(half, constant(TWO)));
        // Distances at the middles of steps shrink as those at their ends do.
        let apart = add(start, mul(start, half));
        let sum = all(0);
        for (let step = 0; step < count; step++) {
          sum = add(sum, cureRate(add(zoneAir, apart), sharp));
          apart = add(apart, mul(apart, whole));
        }
        x = add(x, mul(start, expm14(mul(all(-length * <f32>count), zoneRate))));
        cure = add(cure, mul(sum, all(length / 60)));
        hottest = f32x4.pmax(hottest, x);
      }
      toFour(e170 + nodeAt + n, nodeStride, cure);
      toFour(peak + nodeAt + n, nodeStride, add(hottest, constant(REFERENCE_C)));
      toFour(exit + nodeAt + n, nodeStride, add(x, constant(REFERENCE_C)));
    }
  }
}

/** Vectors that a coupled node keeps: temperature, at the middle, air's pull, 1/total, half, cure, peak, rate. */
const KEPT: usize = 8;
const X: usize = 0;
const MIDDLE: usize = 16;
const AIR: usize = 32;
const INVERSE: usize = 48;
const HALF: usize = 64;
const CURE: usize = 80;
const PEAK: usize = 96;
const RATE: usize = 112;

/** Where a node would settle if its air and its neighbours, which lie at `field`, stayed as they are. */
// @ts-ignore: a decorator
@inline
function goal(state: usize, node: usize, nodes: i32, coupling: usize, field: usize): v128 {
  const mine = state + node * (KEPT << 4);
  let sum = v128.load(mine, AIR);
  const into = coupling + ((node * <usize>nodes) << 2);
  for (let j: usize = 0; j < <usize>nodes; j++)
    sum = add(sum, mul(v128.load32_splat(into + (j << 2)), v128.load(state + j * (KEPT << 4) + field)));
  return mul(sum, v128.load(mine, INVERSE));
}

/**
 * Runs of nodes that touch, by the exponential mid-point rule; parameters as of `networkFree`.
 * @param coupling nodes x nodes, 1/s, its diagonal 0
 * @param scratch (32 bytes x zones + 128 bytes x nodes) for each thread
 */
export function networkCoupled(
  nodes: i32, zones: i32, rate: usize, factor: usize, air: usize, stepS: usize, steps: usize, coupling: usize,
  startX: f32, sharpness: f32, runs: i32, lnNode: usize, lnZone: usize, bias: usize,
  e170: usize, peak: usize, exit: usize, scratch: usize, thread: i32, threads: i32, barrier: usize,
): void {
  const end = shareStart(runs >> 2, thread + 1, threads) << 2;
  const nodeStride = <usize>nodes << 2;
  const zoneStride = <usize>zones << 2;
  const kept = KEPT << 4;
  const own = scratch + <usize>thread * ((<usize>zones << 5) + <usize>nodes * kept);
  const state = own + (<usize>zones << 5);
  const sharp = all(sharpness);
  for (let run = shareStart(runs >> 2, thread, threads) << 2; run < end; run += 4) {
    const nodeAt = <usize>run * nodeStride;
    const zoneAt = <usize>run * zoneStride;
    fillZones(own, zones, factor, air, lnZone + zoneAt, bias + zoneAt);
    for (let n: usize = 0; n < <usize>nodes; n++) {
      const mine = state + n * kept;
      v128.store(mine, all(startX), X);
      v128.store(mine, all(startX), PEAK);
      v128.store(mine, all(0), CURE);
      const multiplier = exp4(ofFour(lnNode + nodeAt + (n << 2), nodeStride));
      v128.store(mine, mul(all(load<f32>(rate + (n << 2))), multiplier), RATE);
    }
    for (let z: usize = 0; z < <usize>zones; z++) {
      const count = load<i32>(steps + (z << 2));
      const length = load<f32>(stepS + (z << 2));
      for (let n: usize = 0; n < <usize>nodes; n++) {
        const mine = state + n * kept;
        const toAir = mul(v128.load(mine, RATE), v128.load(own + (z << 5)));
        let total = toAir;
        for (let j: usize = 0; j < nodeStride; j += 4)
          total = add(total, v128.load32_splat(coupling + n * nodeStride + j));
        v128.store(mine, mul(toAir, v128.load(own + (z << 5), 16)), AIR);
        // A node that nothing touches has no goal, and a step of it changes nothing.
        const touched = f32x4.gt(total, all(0));
        v128.store(mine, v128.and(touched, f32x4.div(all(1), total)), INVERSE);
        v128.store(mine, expm14(mul(all(<f32>-0.5 * length), total)), HALF);
      }
      for (let step = 0; step < count; step++) {
        for (let n: usize = 0; n < <usize>nodes; n++) {
          const mine = state + n * kept;
          const to = goal(state, n, nodes, coupling, X);
          const x = v128.load(mine, X);
          v128.store(mine, add(x, mul(sub(x, to), v128.load(mine, HALF))), MIDDLE);
        }
        for (let n: usize = 0; n < <usize>nodes; n++) {
          const mine = state + n * kept;
          const to = goal(state, n, nodes, coupling, MIDDLE);
          const half = v128.load(mine, HALF);
          const before = v128.load(mine, X);
          const x = add(before, mul(sub(before, to), mul(half, add(half, constant(TWO)))));
          v128.store(mine, x, X);
          v128.store(mine, f32x4.pmax(v128.load(mine, PEAK), x), PEAK);
          const gain = mul(cureRate(v128.load(mine, MIDDLE), sharp), all(length / 60));
          v128.store(mine, add(v128.load(mine, CURE), gain), CURE);
        }
      }
    }
    for (let n: usize = 0; n < <usize>nodes; n++) {
      const mine = state + n * kept;
      const at = nodeAt + (n << 2);
      toFour(e170 + at, nodeStride, v128.load(mine, CURE));
      toFour(peak + at, nodeStride, add(v128.load(mine, PEAK), constant(REFERENCE_C)));
      toFour(exit + at, nodeStride, add(v128.load(mine, X), constant(REFERENCE_C)));
    }
  }
}
