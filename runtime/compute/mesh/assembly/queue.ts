/*
 * A binary heap of what is still to be looked at, the lowest bound first: f32 bound squared, i32 what of A, i32 what of B,
 * i32 the pair, twice, and 1 more where both are triangles and not boxes.
 */

const ENTRY: usize = 16;

let entries: usize = 0;
let room: i32 = 0;
let count: i32 = 0;

// @ts-ignore: a decorator
@inline
export function isEmpty(): bool { return count == 0; }

export function clear(): void { count = 0; }

/** The first entry; it stays where it is until the next change. */
// @ts-ignore: a decorator
@inline
export function first(): usize { return entries; }

/** Makes room for so many more, so that `push` need not look. */
// @ts-ignore: a decorator
@inline
export function makeRoom(more: i32): void { if (count + more > room) grow(more); }

function grow(more: i32): void {
  room = 2 * room + more + 1024;
  entries = entries == 0 ? heap.alloc(<usize>room * ENTRY) : heap.realloc(entries, <usize>room * ENTRY);
}

export function push(bound: f32, a: i32, b: i32, kind: i32): void {
  let i = <usize>count;
  count += 1;
  while (i > 0) {
    const above = (i - 1) >> 1;
    if (load<f32>(entries + ENTRY * above) <= bound) break;
    v128.store(entries + ENTRY * i, v128.load(entries + ENTRY * above));
    i = above;
  }
  const to = entries + ENTRY * i;
  store<f32>(to, bound);
  store<i32>(to, a, 4);
  store<i32>(to, b, 8);
  store<i32>(to, kind, 12);
}

export function removeFirst(): void {
  count -= 1;
  const n = <usize>count;
  if (n == 0) return;
  const last = v128.load(entries + ENTRY * n);
  const bound = load<f32>(entries + ENTRY * n);
  let i: usize = 0;
  for (;;) {
    let below: usize = 2 * i + 1;
    if (below >= n) break;
    if (below + 1 < n && load<f32>(entries + ENTRY * (below + 1)) < load<f32>(entries + ENTRY * below)) below++;
    if (load<f32>(entries + ENTRY * below) >= bound) break;
    v128.store(entries + ENTRY * i, v128.load(entries + ENTRY * below));
    i = below;
  }
  v128.store(entries + ENTRY * i, last);
}
