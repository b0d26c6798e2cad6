import type { Cell, CellBody } from "../../../runtime/model/cell/cell.ts";
import type { SceneBody, SceneRobot } from "./cell-view.ts";
import { meshToBytes } from "./mesh-bytes.ts";
import { plainModel } from "./robot-poser.ts";

/** A cell as it goes to browsers: meshes apart, each once, named by their place in the list. */
export interface ReadScene {
  readonly cell: string;
  readonly variant: string;
  readonly bodies: readonly (Omit<SceneBody, "mesh"> & { readonly mesh: number })[];
  readonly robots: readonly SceneRobot[];
  readonly meshes: readonly Uint8Array[];
}

/**
 * @param variant name; one that the cell does not have shows the cell without a body
 */
export function sceneOf(cell: Cell, variant: string): ReadScene {
  const chosen = cell.variants.find(({ name }) => name === variant);
  const meshes: Uint8Array[] = [];
  const known = new Map<CellBody["mesh"], number>();
  const bodyOf = (body: CellBody, more: { robot?: string; isNew?: boolean } = {}) => {
    const at = known.get(body.mesh) ?? meshes.push(meshToBytes(body.mesh)) - 1;
    known.set(body.mesh, at);
    return {
      name: body.name,
      role: body.role,
      mesh: at,
      pose: [...body.pose12],
      isNew: more.isNew ?? false,
      ...(more.robot === undefined ? {} : { robot: more.robot }),
      ...(body.link === undefined ? {} : { link: body.link }),
    };
  };
  return {
    cell: cell.name,
    variant,
    bodies: [
      ...cell.fixtures.map((body) => bodyOf(body)),
      ...(chosen?.parts ?? []).map((body) =>
        bodyOf(body, { isNew: chosen?.basedOn !== undefined && chosen.added.includes(body.name) }),
      ),
      ...cell.robots.flatMap(({ name, bodies }) => bodies.map((body) => bodyOf(body, { robot: name }))),
    ],
    robots: cell.robots.map(({ name, model, base12, tipLink, tcp12, homeRad }) => ({
      name,
      model: plainModel(model),
      base: [...base12],
      tipLink,
      tcp: [...tcp12],
      homeRad: [...homeRad],
    })),
    meshes,
  };
}
