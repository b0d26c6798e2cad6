/**
 * The order of tabs after a merge: that of the side that changed it, mine where both did; what the other side alone
 * has follows the one it follows there.
 */
export function mergedOrder(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] {
  const isKept = inSameOrder(base, mine);
  const [first, second] = isKept ? [theirs, mine] : [mine, theirs];
  const order = [...first];
  for (const [index, id] of second.entries()) {
    if (order.includes(id)) continue;
    const before = second.slice(0, index).findLast((earlier) => order.includes(earlier));
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id);
  }
  return order;
}

/** True where what both have stands in the same order. */
function inSameOrder(base: readonly string[], side: readonly string[]): boolean {
  const common = side.filter((id) => base.includes(id));
  return base.filter((id) => side.includes(id)).every((id, index) => common[index] === id);
}
