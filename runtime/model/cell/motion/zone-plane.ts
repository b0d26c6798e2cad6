/**
 * One pair of bodies, one of each of two robots, over the plane of places: `u` on the first robot's path, `v` on the
 * second's.
 */
export interface PlanePair {
  /** Distance the two must keep, m. */
  readonly clearanceM: number;
  /** Bounds of the way of each body per unit of u and of v on one move of each path, m. */
  travelU(move: number): number;
  travelV(move: number): number;
  /** Whether the two are proven to be at least `boundM` apart at a place of the plane. */
  isFar(u: number, v: number, boundM: number): boolean;
  /** Whether the two are nearer than their clearance at a place of the plane. */
  isNear(u: number, v: number): boolean;
}

/** A part of the plane in which the robots are, or may be, nearer than they must be. */
export interface PlaneCell {
  readonly fromU: number;
  readonly toU: number;
  readonly fromV: number;
  readonly toV: number;
}

/** A blocked part of the plane with all that hangs together with it: what an interlock must keep free. */
export interface PlaneZone extends PlaneCell {
  readonly cells: readonly PlaneCell[];
}

/** A cell whose very middle is too near need not be outlined as finely as one that is only not proven clear. */
const COARSE = 4;

/**
 * The parts of the plane that are not proven clear. A cell is clear where no pair is nearer at its middle than the
 * clearance and the way both bodies can make within the cell; else it is cut in two across the longer way, down to
 * `resolutionM`. Pairs proven clear in a cell are not looked at in its parts.
 * @param movesU,movesV number of moves of each path: places run from 0 to that many, whole at the points
 * @param resolutionM way of a body within a cell below which it counts as blocked, m; four times that in the midst of
 * what is blocked
 */
export function blockedCells(
  pairs: readonly PlanePair[],
  movesU: number,
  movesV: number,
  resolutionM: number,
): { readonly cells: readonly PlaneCell[]; readonly readings: number } {
  const cells: PlaneCell[] = [];
  let readings = 0;

  const look = (cell: PlaneCell, open: readonly PlanePair[], moveU: number, moveV: number): void => {
    const u = (cell.fromU + cell.toU) / 2;
    const v = (cell.fromV + cell.toV) / 2;
    const halfU = (cell.toU - cell.fromU) / 2;
    const halfV = (cell.toV - cell.fromV) / 2;
    let wayU = 0;
    let wayV = 0;
    const left = open.filter((pair) => {
      const ofU = pair.travelU(moveU) * halfU;
      const ofV = pair.travelV(moveV) * halfV;
      readings++;
      if (pair.isFar(u, v, pair.clearanceM + ofU + ofV)) return false;
      wayU = Math.max(wayU, ofU);
      wayV = Math.max(wayV, ofV);
      return true;
    });
    if (left.length === 0) return;
    const wayM = 2 * Math.max(wayU, wayV);
    const isBlocked = (): boolean => left.some((pair) => pair.isNear(u, v));
    if (wayM <= resolutionM || (wayM <= COARSE * resolutionM && isBlocked())) {
      cells.push(cell);
    } else if (wayU >= wayV) {
      look({ ...cell, toU: u }, left, moveU, moveV);
      look({ ...cell, fromU: u }, left, moveU, moveV);
    } else {
      look({ ...cell, toV: v }, left, moveU, moveV);
      look({ ...cell, fromV: v }, left, moveU, moveV);
    }
  };
  for (let moveU = 0; moveU < movesU; moveU++) {
    for (let moveV = 0; moveV < movesV; moveV++) {
      look({ fromU: moveU, toU: moveU + 1, fromV: moveV, toV: moveV + 1 }, pairs, moveU, moveV);
    }
  }
  return { cells, readings };
}

/** Blocked cells that touch each other belong to one zone; a zone's interval is what encloses them all. */
export function zonesOf(cells: readonly PlaneCell[]): PlaneZone[] {
  const zoneOf = cells.map((_, i) => i);
  const rootOf = (cell: number): number => {
    let root = cell;
    while (zoneOf[root] !== root) root = zoneOf[root]!;
    return root;
  };
  // Swept in the order of u: a cell can touch only those that have not ended before it begins.
  const order = cells.map((_, i) => i).sort((a, b) => cells[a]!.fromU - cells[b]!.fromU);
  let live: number[] = [];
  for (const i of order) {
    const cell = cells[i]!;
    live = live.filter((other) => cells[other]!.toU >= cell.fromU);
    for (const other of live) {
      const { fromV, toV } = cells[other]!;
      if (fromV <= cell.toV && toV >= cell.fromV) zoneOf[rootOf(other)] = rootOf(i);
    }
    live.push(i);
  }
  const groups = Map.groupBy(cells.keys(), rootOf);
  return [...groups.values()]
    .map((group) => around(group.map((i) => cells[i]!)))
    .sort((a, b) => a.fromU - b.fromU);
}

function around(cells: readonly PlaneCell[]): PlaneZone {
  let { fromU, toU, fromV, toV } = cells[0]!;
  for (const cell of cells) {
    fromU = Math.min(fromU, cell.fromU);
    toU = Math.max(toU, cell.toU);
    fromV = Math.min(fromV, cell.fromV);
    toV = Math.max(toV, cell.toV);
  }
  return { fromU, toU, fromV, toV, cells };
}
