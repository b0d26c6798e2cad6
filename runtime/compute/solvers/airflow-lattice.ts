/** The nine velocities of D2Q9: at rest, right, up, left, down, and the diagonals from right-up counterclockwise. */
export const DIRECTION_X = [0, 1, 0, -1, 0, 1, -1, -1, 1] as const;
export const DIRECTION_Y = [0, 0, 1, 0, -1, 1, 1, -1, -1] as const;
export const WEIGHT = [4 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 36, 1 / 36, 1 / 36, 1 / 36] as const;
/** The direction that goes the other way. */
export const OPPOSITE = [0, 3, 4, 1, 2, 7, 8, 5, 6] as const;
export const DIRECTIONS = 9;

/**
 * Density above 1 of air at rest in the fast lane: less than f32 can tell of a density, and enough that the front of a
 * flow does not fade into numbers below 1e-38, with which processors are a hundred times slower.
 */
export const REST_EXCESS = 2 ** -24;
