/** The three works as one would write them in plain JavaScript over Float32Array. */
import {
  airflowCheck,
  heatCheck,
  heatWork,
  NETWORK_WORK,
  NODES,
  networkCheck,
  networkDraws,
} from "./works.ts";

/** Does a work and gives its check; `begin` is called once its inputs stand. */
export function plainWork(work: string, size: number, begin: () => void): number[] {
  if (work === "heat") return heat(size, begin);
  return work === "airflow" ? airflow(size, begin) : network(size, begin);
}

function heat(steps: number, begin: () => void): number[] {
  const { width: n, startC } = heatWork(steps, 1);
  let now: Float32Array = startC;
  let next: Float32Array = startC.slice();
  const fourier = Math.fround(0.2);
  const rest = 1 - 4 * fourier;
  begin();
  for (let step = 0; step < steps; step++) {
    for (let y = 1; y < n - 1; y++) {
      for (let at = y * n + 1; at < (y + 1) * n - 1; at++)
        next[at] = rest * now[at]! + fourier * (now[at - 1]! + now[at + 1]! + (now[at - n]! + now[at + n]!));
    }
    [now, next] = [next, now];
  }
  return heatCheck(now);
}

function airflow(steps: number, begin: () => void): number[] {
  const [W, H] = [512, 256];
  const N = W * H;
  let now = new Float32Array(9 * N);
  let next = new Float32Array(9 * N);
  for (let q = 0; q < 9; q++) now.fill(q === 0 ? 4 / 9 : q < 5 ? 1 / 9 : 1 / 36, q * N, (q + 1) * N);
  const omega = 1 / 0.6;
  const keep = 1 - omega;
  const push = 0.1 / 6;
  begin();
  for (let step = 0; step < steps; step++) {
    for (let y = 0; y < H; y++) {
      const [b, t] = [y === 0, y === H - 1];
      for (let x = 0; x < W; x++) {
        const at = y * W + x;
        const [l, r] = [x === 0, x === W - 1];
        const g0 = now[at]!;
        const g1 = l ? now[3 * N + at]! : now[N + at - 1]!;
        const g2 = b ? now[4 * N + at]! : now[2 * N + at - W]!;
        const g3 = r ? now[N + at]! : now[3 * N + at + 1]!;
        const g4 = t ? now[2 * N + at]! : now[4 * N + at + W]!;
        const g5 = l || b ? now[7 * N + at]! : now[5 * N + at - W - 1]!;
        const g6 = r || b ? now[8 * N + at]! : now[6 * N + at - W + 1]!;
        const g7 = t ? now[5 * N + at]! - push : r ? now[5 * N + at]! : now[7 * N + at + W + 1]!;
        const g8 = t ? now[6 * N + at]! + push : l ? now[6 * N + at]! : now[8 * N + at + W - 1]!;
        const right = g1 + g5 + g8;
        const left = g3 + g6 + g7;
        const density = right + left + g2 + g4 + g0;
        const jx = right - left;
        const jy = g2 + g5 + g6 - (g4 + g7 + g8);
        const inverse = 1 / density;
        const wx = omega * jx;
        const wy = omega * jy;
        const xx = wx * jx * inverse;
        const yy = wy * jy * inverse;
        const skew = wx * jy * inverse * 0.25;
        const common = (omega * density - 1.5 * (xx + yy)) / 36;
        const evenX = common * 4 + xx * 0.5;
        const evenY = common * 4 + yy * 0.5;
        const slant = common + (xx + yy) * 0.125;
        next[at] = g0 * keep + common * 16;
        next[N + at] = g1 * keep + evenX + wx / 3;
        next[2 * N + at] = g2 * keep + evenY + wy / 3;
        next[3 * N + at] = g3 * keep + evenX - wx / 3;
        next[4 * N + at] = g4 * keep + evenY - wy / 3;
        next[5 * N + at] = g5 * keep + slant + skew + (wx + wy) / 12;
        next[6 * N + at] = g6 * keep + slant - skew + (wy - wx) / 12;
        next[7 * N + at] = g7 * keep + slant + skew - (wx + wy) / 12;
        next[8 * N + at] = g8 * keep + slant - skew - (wy - wx) / 12;
      }
    }
    [now, next] = [next, now];
  }
  const ux = new Float32Array(N);
  for (let at = 0; at < N; at++) {
    const right = now[N + at]! + now[5 * N + at]! + now[8 * N + at]!;
    const left = now[3 * N + at]! + now[6 * N + at]! + now[7 * N + at]!;
    ux[at] = (right - left) / (now[at]! + right + left + now[2 * N + at]! + now[4 * N + at]!);
  }
  return airflowCheck(ux);
}

function network(runs: number, begin: () => void): number[] {
  const { lnNode, lnZone, airBiasK } = networkDraws(runs);
  const { timeConstantS, airC, energyK, stepS } = NETWORK_WORK;
  const zones = airC.length;
  const [e170, peakC, exitC] = [0, 1, 2].map(() => new Float32Array(runs * NODES));
  const sharpness = energyK / 443.15;
  begin();
  for (let run = 0; run < runs; run++) {
    for (let n = 0; n < NODES; n++) {
      let t = 25;
      let peak = t;
      let cure = 0;
      for (let z = 0; z < zones; z++) {
        const air = airC[z]! + airBiasK[run * zones + z]!;
        const rate = Math.exp(lnNode[run * NODES + n]! + lnZone[run * zones + z]!) / timeConstantS[n]!;
        const half = Math.exp(-0.5 * stepS * rate);
        const whole = half * half;
        let apart = t - air;
        let sum = 0;
        for (let step = 0; step < 100; step++) {
          const above = air - 170 + apart * half;
          sum += Math.exp((sharpness * above) / (above + 443.15));
          apart *= whole;
        }
        t = air + apart;
        cure += (sum * stepS) / 60;
        if (t > peak) peak = t;
      }
      e170![run * NODES + n] = cure;
      peakC![run * NODES + n] = peak;
      exitC![run * NODES + n] = t;
    }
  }
  return networkCheck(e170!, peakC!, exitC!);
}
