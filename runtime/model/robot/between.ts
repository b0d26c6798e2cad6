/** Joint angles a share of the way along a straight move, rad. */
export function between(from: ArrayLike<number>, to: ArrayLike<number>, share: number): Float64Array {
  return Float64Array.from(from, (angle, joint) => angle + share * (to[joint]! - angle));
}
