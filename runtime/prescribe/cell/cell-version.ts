import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/canonical-json.ts";
import type { Cell, CellBody } from "../../model/cell/cell.ts";

/** Characters of the digest that are told: enough to tell versions apart on a change order. */
const DIGITS = 12;

/**
 * What a study was computed with: the same for the same cell, another one once a robot, a mesh, a weld or a point of a
 * program is another.
 */
export function cellVersion(cell: Cell): string {
  const digest = createHash("sha256");
  const { robots, fixtures, variants, programs, clearances, stations } = cell;
  const plain = {
    clearances,
    stations,
    programs: programs.map(({ points, ...program }) => ({ ...program, points: points.map(listed) })),
    welds: variants.map(({ name, parts, welds }) => ({
      ...{ name, parts: parts.map((part) => part.name), welds: welds.map(listed) },
    })),
    robots: robots.map(
      ({ name, base12, tcp12, tipLink, homeRad, accelerationsRadS2, model, retractAxis, arm }) => ({
        ...{ name, tipLink, base12: [...base12], tcp12: [...tcp12], homeRad: [...homeRad] },
        accelerations: [...(accelerationsRadS2 ?? [])],
        joints: model.joints.map(listed),
        // Where a file does not name them they follow from the model; a home and a program are angles of these.
        arm: arm.joints.map((joint) => joint.name),
        retractAxis,
      }),
    ),
  };
  digest.update(canonicalJson(plain));
  const bodies = [
    ...fixtures,
    ...variants.flatMap(({ parts }) => parts),
    ...robots.flatMap((robot) => robot.bodies),
  ];
  for (const body of bodies) addBody(digest, body);
  return digest.digest("hex").slice(0, DIGITS);
}

function addBody(
  digest: ReturnType<typeof createHash>,
  { name, role, link, clearanceClass, pose12, mesh }: CellBody,
): void {
  digest.update(`${[name, role, link, clearanceClass].join("\n")}\n${[...pose12].join(" ")}\n`);
  for (const { buffer, byteOffset, byteLength } of [mesh.positions, mesh.triangles])
    digest.update(new Uint8Array(buffer, byteOffset, byteLength));
}

/** Typed arrays as lists, so that they have one text; limits that are infinite as words, which JSON has not. */
function listed(thing: object): object {
  return Object.fromEntries(
    Object.entries(thing).map(([key, value]) => [
      key,
      value instanceof Float64Array ? [...value] : typeof value === "number" ? String(value) : value,
    ]),
  );
}
