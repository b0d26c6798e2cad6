import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, OPPOSITE, WEIGHT } from "../airflow-lattice.ts";
import { type AirflowProblem, FLUID, INLET, OUTLET } from "../lattice-boltzmann.ts";
import { argumentsOf, type GpujsKernel } from "./gpujs-kernel.ts";

/**
 * One step of the lattice: element q x cells + cell is the population of direction q there, above its weight, which it
 * has at rest at density 1. Every element collides its whole cell anew, since a kernel gives one number only.
 */
export const AIRFLOW_STEP: GpujsKernel = {
  source: `function airflowStep(f, kind, dx, dy, weight, opposite, width, height, periodic, omega, inletX, inletY, lidU, forceX, forceY) {
  const cells = width * height;
  const q = Math.floor(this.thread.x / cells);
  const at = this.thread.x - q * cells;
  const y = Math.floor(at / width);
  const x = at - y * width;
  let changed = f[this.thread.x];
  if (kind[at] === ${FLUID}) {
    let excess = 0;
    let jx = 0;
    let jy = 0;
    for (let d = 0; d < ${DIRECTIONS}; d++) {
      excess += f[d * cells + at];
      jx += f[d * cells + at] * dx[d];
      jy += f[d * cells + at] * dy[d];
    }
    const nearX = (jx - 0.5 * forceX) / (1 + excess);
    const nearY = (jy - 0.5 * forceY) / (1 + excess);
    excess = 0;
    jx = 0.5 * forceX;
    jy = 0.5 * forceY;
    let mine = 0;
    for (let d = 0; d < ${DIRECTIONS}; d++) {
      let fromX = x - dx[d];
      const fromY = y - dy[d];
      if (periodic > 0) {
        if (fromX < 0) fromX = fromX + width;
        if (fromX >= width) fromX = fromX - width;
      }
      let arriving = f[opposite[d] * cells + at];
      if (fromY >= height) {
        arriving += 6 * weight[d] * dx[d] * lidU;
      } else {
        if (fromX >= 0 && fromX < width && fromY >= 0) {
          const from = fromY * width + fromX;
          if (kind[from] === ${FLUID}) arriving = f[d * cells + from];
          if (kind[from] === ${INLET}) arriving += 6 * weight[d] * (dx[d] * inletX + dy[d] * inletY);
          if (kind[from] === ${OUTLET}) {
            const near = dx[d] * nearX + dy[d] * nearY;
            arriving = 2 * weight[d] * (4.5 * near * near - 1.5 * (nearX * nearX + nearY * nearY)) - arriving;
          }
        }
      }
      excess += arriving;
      jx += arriving * dx[d];
      jy += arriving * dy[d];
      if (d === q) mine = arriving;
    }
    const ux = jx / (1 + excess);
    const uy = jy / (1 + excess);
    const along = dx[q] * ux + dy[q] * uy;
    const even = 4.5 * along * along - 1.5 * (ux * ux + uy * uy);
    const equilibrium = weight[q] * (excess + (1 + excess) * (3 * along + even));
    const pushed = (dx[q] - ux + 3 * along * dx[q]) * forceX + (dy[q] - uy + 3 * along * dy[q]) * forceY;
    changed = mine + omega * (equilibrium - mine) + (1 - 0.5 * omega) * 3 * weight[q] * pushed;
  }
  return changed;
}`,
  arguments: argumentsOf([
    ...["f", "kind", "dx", "dy", "weight", "opposite", "#width", "#height", "#periodic"],
    ...["#omega", "#inletX", "#inletY", "#lidU", "#forceX", "#forceY"],
  ]),
  loopMax: DIRECTIONS,
};

/** Arguments of `AIRFLOW_STEP` for a problem, the first of them the lattice at rest. */
export function airflowArguments(problem: AirflowProblem): (Float32Array | number)[] {
  const cells = problem.cell.length;
  const [forceX, forceY] = problem.force ?? [0, 0];
  const start = new Float32Array(DIRECTIONS * cells);
  for (let q = 0; q < DIRECTIONS; q++) {
    // Half of what the force gives in a step is on its way.
    const onItsWay = 1.5 * WEIGHT[q]! * (DIRECTION_X[q]! * forceX + DIRECTION_Y[q]! * forceY);
    start.fill(onItsWay, q * cells, (q + 1) * cells);
  }
  return [
    ...[
      start,
      Float32Array.from(problem.cell),
      Float32Array.from(DIRECTION_X),
      Float32Array.from(DIRECTION_Y),
    ],
    ...[Float32Array.from(WEIGHT), Float32Array.from(OPPOSITE)],
    ...[problem.width, problem.height, problem.periodic ? 1 : 0, 1 / problem.tau],
    ...[problem.inletU[0], problem.inletU[1], problem.lidU ?? 0, forceX, forceY],
  ];
}
