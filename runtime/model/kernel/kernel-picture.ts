/** Cells along one side of a picture at most; a larger field is thinned. */
const MOST_CELLS = 512;

/** A result as a screen draws it: one layer of it, thinned where it is larger than a screen shows. */
export interface KernelPicture {
  /** Row by row, row 0 first; of a large field every `stride`th cell. */
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** Which layer of a field with three dimensions; 0 of any other. */
  readonly z: number;
  /** Of the whole result. */
  readonly least: number;
  readonly most: number;
}

/** @param values cell (x, y, z) at `(z * ny + y) * nx + x`; of a field with three dimensions the middle layer is drawn */
export function pictureOf(values: Float32Array, shape: readonly number[]): KernelPicture {
  const [nx = 1, ny = 1, nz = 1] = shape;
  const z = Math.floor(nz / 2);
  const stride = Math.max(1, Math.ceil(Math.max(nx, ny) / MOST_CELLS));
  const width = Math.ceil(nx / stride);
  const height = Math.ceil(ny / stride);
  const drawn = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (z * ny + row * stride) * nx;
    for (let column = 0; column < width; column++)
      drawn[row * width + column] = values[from + column * stride]!;
  }
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { values: drawn, width, height, stride, z, least, most };
}
