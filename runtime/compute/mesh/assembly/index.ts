export { collide, distances, nearest } from "./queries";
export { winding } from "./winding";
export { exactTests, forgetExactTests } from "./work";

/** Bytes for the caller, 16-byte aligned; the memory grows where it must. */
export function allocate(bytes: usize): usize { return heap.alloc(bytes); }

export function release(address: usize): void { heap.free(address); }
