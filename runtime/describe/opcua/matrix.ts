/** An array of more than one dimension: its values in row-major order (OPC 10000-6, 5.2.2.16). */
export interface Matrix {
  readonly dimensions: readonly number[];
  readonly values: unknown;
}

export function isMatrix(thing: unknown): thing is Matrix {
  if (thing === null || typeof thing !== "object") return false;
  const { dimensions, values } = thing as Partial<Matrix>;
  return Array.isArray(dimensions) && values !== undefined;
}
