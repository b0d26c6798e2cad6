import type { PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";
import { fitPoints, type Orbit, type ViewSize } from "../cell/orbit.ts";
import { FARTHEST_M, type PlantStage } from "./plant-stage.ts";

/** What is looked at: the whole plant, a shop or a part, by their places in the layout. */
export interface Place {
  readonly shop?: number;
  readonly part?: number;
}

/** From in front, a little from the side; or along the plant, where the picture is higher than it is wide. */
const YAWS_RAD = [-1.72, -0.2];
const PITCH_RAD = { plant: 0.85, shop: 0.75, part: 0.5 };
/** Round a part so much of what is beside it is seen, m. */
const AROUND_M = 2.5;

/** Places of the parts of a place: of the plant all, of a shop those in it, of a part itself. */
export function partsAt({ parts }: PlantLayout, { shop, part }: Place): number[] {
  if (part !== undefined) return [part];
  const all = [...parts.keys()];
  if (shop === undefined) return all;
  const { id } = parts[shop]!;
  return all.filter((at) => at === shop || parts[at]!.shop === id);
}

/** The place of a part: in its shop. */
export function placeOf({ parts }: PlantLayout, part: number): Place {
  const { kind, shop } = parts[part]!;
  if (kind === "shop") return { shop: part };
  const at = parts.findIndex(({ id }) => id === shop);
  return at < 0 ? { part } : { shop: at, part };
}

/** One level up: from a part to its shop, from a shop to the plant. */
export const above = ({ shop, part }: Place): Place =>
  part === undefined || shop === undefined ? {} : { shop };

/** The view that shows a place, from the side that shows it larger. */
export function orbitOf(stage: PlantStage, layout: PlantLayout, place: Place, size: ViewSize): Orbit {
  const corners = stage.cornersOf(partsAt(layout, place));
  const points =
    place.part === undefined
      ? corners
      : corners.map(([x, y, z], at): [number, number, number] => [
          x + (at & 1 ? AROUND_M : -AROUND_M),
          y + (at & 2 ? AROUND_M : -AROUND_M),
          z,
        ]);
  const pitch =
    place.part !== undefined ? PITCH_RAD.part : place.shop !== undefined ? PITCH_RAD.shop : PITCH_RAD.plant;
  const orbits = YAWS_RAD.map((yaw) => fitPoints(points, size, yaw, pitch, FARTHEST_M));
  return orbits.reduce((best, orbit) => (orbit.distanceM < best.distanceM ? orbit : best));
}
