/** A picture of two colours: time runs over `width` columns of `widthUs`, values over `height` rows. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly widthUs: number;
  readonly low: number;
  readonly high: number;
}

/** The pixels of a line through samples in order of time, by Bresenham from pixel to pixel. */
export function pixelsOf(
  timeUs: readonly number[],
  value: readonly number[],
  { width, height, widthUs, low, high }: Raster,
): Uint8Array {
  const lit = new Uint8Array(width * height);
  const x = (at: number) => Math.floor(timeUs[at]! / widthUs);
  const y = (at: number) => Math.round(((value[at]! - low) / (high - low || 1)) * (height - 1));
  for (let i = 0; i < timeUs.length; i++) {
    const from = Math.max(0, i - 1);
    let [column, row] = [x(from), y(from)];
    const [toColumn, toRow] = [x(i), y(i)];
    const across = Math.abs(toColumn - column);
    const down = -Math.abs(toRow - row);
    let error = across + down;
    for (;;) {
      lit[row * width + column] = 1;
      if (column === toColumn && row === toRow) break;
      const twice = 2 * error;
      if (twice >= down) {
        error += down;
        column += Math.sign(toColumn - column);
      }
      if (twice <= across) {
        error += across;
        row += Math.sign(toRow - row);
      }
    }
  }
  return lit;
}
