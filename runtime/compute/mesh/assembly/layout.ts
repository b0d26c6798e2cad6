/*
 * A mesh is one block that may lie anywhere: a header, 4-wide nodes, leaves of up to 4 triangles, and the triangles, in
 * the mesh's own frame. A box is named by its slot: 4 x node + lane.
 */

/**
 * Header: u32 offsets from the block's beginning, f64 the distance of its farthest vertex from the frame's origin, and
 * three f64 each: the middle of its box and half its extents.
 */
export const NODES: usize = 0;
export const LEAVES: usize = 4;
export const TRIANGLES: usize = 8;
export const TRIANGLE_COUNT: usize = 12;
export const RADIUS: usize = 16;
export const MIDDLE: usize = 24;
export const EXTENTS: usize = 48;

/** Four boxes, f32 x 4 each: centres, half extents, i32 children (inner: node, leaf: ~leaf), a vertex inside. */
export const NODE: usize = 160;
export const HALF: usize = 48;
export const CHILD: usize = 96;
export const VERTEX: usize = 112;

/** Four triangles, f32 x 4: nine coordinates, unit normal, its offset; then i32 the first triangle and how many. */
export const LEAF: usize = 224;
export const NORMAL: usize = 144;
export const FIRST: usize = 208;
export const COUNT: usize = 212;

/** Nine f64. */
export const TRIANGLE: usize = 72;

/** A slot's box: its lane of the first vector of its node. */
// @ts-ignore: a decorator
@inline
export function boxAt(nodes: usize, slot: i32): usize {
  return nodes + <usize>(slot >> 2) * NODE + (<usize>(slot & 3) << 2);
}
