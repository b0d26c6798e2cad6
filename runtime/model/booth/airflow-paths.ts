import { type AirflowProblem, OUTLET } from "../../compute/solvers/lattice-boltzmann.ts";

/** How long air takes from the ceiling to the grate. */
export interface Residence {
  readonly medianS: number;
  readonly p95S: number;
  /** Of the paths begun, those that did not reach the grate within twenty mean residences. */
  readonly caughtPercent: number;
}

const PATHS = 80;
/** Way in one step of a path, cells. */
const STRIDE = 0.25;
const LONGEST_RESIDENCES = 20;

/**
 * Follows weightless particles from the ceiling with the flow as it stands (a streamline, by the midpoint rule).
 * @param ux, uy m/s, height x width
 * @param meanS residence that volume over flow gives
 */
export function residence(
  { width, height, cell }: AirflowProblem,
  cellM: number,
  ux: ArrayLike<number>,
  uy: ArrayLike<number>,
  meanS: number,
): Residence {
  const at = (field: ArrayLike<number>, x: number, row: number): number => {
    // Floor and ceiling rows hold no velocity of their own.
    const column = Math.min(Math.max(x, 0), width - 1);
    const line = Math.min(Math.max(row, 1), height - 2);
    const [i, j] = [Math.min(Math.floor(column), width - 2), Math.min(Math.floor(line), height - 2)];
    const [a, b] = [column - i, line - j];
    const here = j * width + i;
    return (
      (1 - b) * ((1 - a) * field[here]! + a * field[here + 1]!) +
      b * ((1 - a) * field[here + width]! + a * field[here + width + 1]!)
    );
  };
  const times: number[] = [];
  let caught = 0;
  for (let path = 0; path < PATHS; path++) {
    let x = ((path + 0.5) / PATHS) * width - 0.5;
    let row = height - 1.5;
    let elapsedS = 0;
    let arrived = false;
    while (elapsedS < LONGEST_RESIDENCES * meanS) {
      const [u, v] = [at(ux, x, row), at(uy, x, row)];
      const speed = Math.hypot(u, v);
      // Where it all but stands, a path goes on by what the slowest step allows.
      const dtS = Math.min((STRIDE * cellM) / Math.max(speed, 1e-9), meanS / 10);
      const half = dtS / 2 / cellM;
      const [midU, midV] = [at(ux, x + half * u, row + half * v), at(uy, x + half * u, row + half * v)];
      x += (dtS * midU) / cellM;
      row += (dtS * midV) / cellM;
      elapsedS += dtS;
      if (row >= 0.5) continue;
      arrived = cell[Math.min(Math.max(Math.round(x), 0), width - 1)] === OUTLET;
      if (arrived) break;
      row = 0.5;
    }
    // One that is caught counts with the time it was followed, so that it is not left out of the slow ones.
    times.push(elapsedS);
    if (!arrived) caught += 1;
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number => times[Math.floor(share * (PATHS - 1))]!;
  return {
    medianS: quantile(0.5),
    p95S: quantile(0.95),
    caughtPercent: (100 * caught) / PATHS,
  };
}
