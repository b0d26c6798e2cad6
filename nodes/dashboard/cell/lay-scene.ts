import type { CellScene } from "./cell-view.ts";
import type { ReadScene } from "./scene-of.ts";
import type { Shelf } from "./shelf.ts";

/** Lays a cell out: each mesh once, and what names them. @returns the address of the `CellScene` */
export function layScene(
  shelf: Shelf,
  owner: string,
  { cell, variant, bodies, robots, meshes }: ReadScene,
): string {
  const addresses = meshes.map((bytes) => shelf.lay(owner, "application/octet-stream", bytes));
  const scene: CellScene = {
    cell,
    variant,
    robots,
    bodies: bodies.map(({ mesh, ...body }) => ({ ...body, mesh: addresses[mesh]! })),
  };
  return shelf.lay(owner, "application/json", Buffer.from(JSON.stringify(scene)));
}
