import { Random } from "../../core/random.ts";

/** Where a way may lie, and what it costs to look. */
export interface RrtOptions {
  /** Box of joint angles that is searched, rad, one value a joint. */
  readonly lowRad: ArrayLike<number>;
  readonly highRad: ArrayLike<number>;
  /** Longest joint move of one step of a tree, rad. */
  readonly stepRad: number;
  /** Steps tried in both trees together before it gives up. */
  readonly mostSteps: number;
  readonly seed: number;
}

interface Tree {
  readonly nodes: Float64Array[];
  readonly parents: number[];
}

/**
 * A way round obstacles: RRT-Connect (Kuffner and LaValle 2000), two trees that grow towards each other, then shortcuts.
 * The same seed gives the same way.
 * @param from,to joint angles, rad
 * @param isClear whether the straight move in joint space between two configurations is free from end to end
 * @returns the points between `from` and `to`, without them; empty where the straight move is free; undefined where no
 * way was found within `mostSteps`
 */
export function rrtConnect(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  isClear: (a: Float64Array, b: Float64Array) => boolean,
  options: RrtOptions,
): Float64Array[] | undefined {
  const start = Float64Array.from(from);
  const goal = Float64Array.from(to);
  if (isClear(start, goal)) return [];
  const random = new Random(options.seed);
  let near: Tree = { nodes: [start], parents: [-1] };
  let far: Tree = { nodes: [goal], parents: [-1] };
  let steps = 0;
  for (let isSwapped = false; steps < options.mostSteps; isSwapped = !isSwapped) {
    steps++;
    const grown = grow(near, sample(random, options), isClear, options.stepRad);
    if (grown !== undefined) {
      const target = near.nodes[grown]!;
      for (;;) {
        steps++;
        const met = grow(far, target, isClear, options.stepRad);
        if (met === undefined) break;
        if (distanceRad(far.nodes[met]!, target) === 0) {
          const ways = [wayTo(near, grown), wayTo(far, met)];
          const [first, second] = isSwapped ? [ways[1]!, ways[0]!] : [ways[0]!, ways[1]!];
          return shortcut([...first, ...second.reverse().slice(1)], isClear).slice(1, -1);
        }
        if (steps >= options.mostSteps) break;
      }
    }
    [near, far] = [far, near];
  }
  return undefined;
}

/** One step of the tree from its nearest node towards the target. @returns the new node, undefined where it is blocked */
function grow(
  tree: Tree,
  target: Float64Array,
  isClear: (a: Float64Array, b: Float64Array) => boolean,
  stepRad: number,
): number | undefined {
  let nearest = 0;
  let leastRad = Number.POSITIVE_INFINITY;
  for (const [index, node] of tree.nodes.entries()) {
    const awayRad = distanceRad(node, target);
    if (awayRad < leastRad) {
      leastRad = awayRad;
      nearest = index;
    }
  }
  const from = tree.nodes[nearest]!;
  const share = leastRad <= stepRad ? 1 : stepRad / leastRad;
  const next =
    share === 1 ? Float64Array.from(target) : from.map((angle, j) => angle + share * (target[j]! - angle));
  if (!isClear(from, next)) return undefined;
  tree.nodes.push(next);
  tree.parents.push(nearest);
  return tree.nodes.length - 1;
}

function sample(random: Random, { lowRad, highRad }: RrtOptions): Float64Array {
  return Float64Array.from(lowRad, (low, j) => low + random.uniform() * (highRad[j]! - low));
}

/** Longest joint move, rad: the joint that turns farthest sets the time. */
function distanceRad(a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let j = 0; j < a.length; j++) most = Math.max(most, Math.abs(a[j]! - b[j]!));
  return most;
}

/** From the root to the node. */
function wayTo(tree: Tree, node: number): Float64Array[] {
  const way: Float64Array[] = [];
  for (let at = node; at >= 0; at = tree.parents[at]!) way.push(tree.nodes[at]!);
  return way.reverse();
}

/** Leaves points out, from the longest shortcut to the shortest, while what is left stays free. */
function shortcut(
  way: readonly Float64Array[],
  isClear: (a: Float64Array, b: Float64Array) => boolean,
): Float64Array[] {
  const kept = [way[0]!];
  for (let at = 0; at < way.length - 1; ) {
    let next = way.length - 1;
    while (next > at + 1 && !isClear(way[at]!, way[next]!)) next--;
    kept.push(way[next]!);
    at = next;
  }
  return kept;
}
