/** The longest time between two breaths, ms: a step that takes longer is divided. */
export const BREATH_MS = 50;
/** How long one block of a divided step is to take, ms: half of it, since times vary. */
const BLOCK_MS = BREATH_MS / 2;

/** Cells of a block of a step of so many cells that takes so long. One cell is never divided. */
export const blockCells = (cells: number, stepMs: number): number =>
  Math.max(1, Math.floor((cells * BLOCK_MS) / Math.max(stepMs, BLOCK_MS)));
