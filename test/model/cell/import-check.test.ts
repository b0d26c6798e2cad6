import assert from "node:assert/strict";
import type { TriangleMesh } from "../../../runtime/compute/mesh/triangle-mesh.ts";
import { checkMesh } from "../../../runtime/model/cell/import-check.ts";
import { weldVertices } from "../../../runtime/model/cell/mesh-files/weld-vertices.ts";
import { boxCorners } from "./box-mesh.ts";

const BOX = boxCorners([0, 0, 0], [1, 2, 3]);
const meshOf = (corners: readonly number[]): TriangleMesh => weldVertices(Float64Array.from(corners), 1).mesh;

describe("import check of a mesh", () => {
  it("finds a box watertight, of its extent", () => {
    const report = checkMesh(meshOf(BOX), "box.stl", "fixture", 28);
    assert.deepEqual(report, {
      triangles: 12,
      vertices: 8,
      welded: 28,
      degenerate: 0,
      boundaryEdges: 0,
      nonManifoldEdges: 0,
      flippedEdges: 0,
      watertight: true,
      extentM: [1, 2, 3],
      warnings: [],
    });
  });

  it("counts the edges of a hole, and warns of it where an inside is wanted", () => {
    const open = meshOf(BOX.slice(9));
    const report = checkMesh(open, "box.stl", "fixture");
    assert.deepEqual([report.watertight, report.boundaryEdges], [false, 3]);
    assert.match(report.warnings.join(), /box\.stl: not watertight \(3 open edges\)/);
    // Sheet metal is open by nature.
    assert.deepEqual(checkMesh(open, "box.stl", "part").warnings, []);
  });

  it("counts an edge of three triangles", () => {
    const fin = [0, 0, 0, 1, 0, 0, 0.5, -1, -1];
    const report = checkMesh(meshOf([...BOX, ...fin]), "finned.stl");
    assert.deepEqual([report.watertight, report.nonManifoldEdges], [false, 1]);
    assert.match(report.warnings.join(), /1 edges belong to more than two triangles: distances hold/);
  });

  it("counts edges between triangles that face opposite sides", () => {
    const turned = [...BOX];
    for (let k = 0; k < 3; k++) [turned[3 + k], turned[6 + k]] = [turned[6 + k]!, turned[3 + k]!];
    const report = checkMesh(meshOf(turned), "turned.stl");
    assert.deepEqual([report.watertight, report.boundaryEdges, report.flippedEdges], [false, 0, 3]);
    assert.match(report.warnings.join(), /face opposite sides/);
  });

  it("counts triangles without area and keeps them", () => {
    const line = [0, 0, 0, 1, 0, 0, 0.25, 0, 0];
    const point = [0, 0, 0, 0, 0, 0, 1, 0, 0];
    const report = checkMesh(meshOf([...BOX, ...line, ...point]), "lines.stl");
    assert.deepEqual([report.triangles, report.degenerate], [14, 2]);
    assert.match(report.warnings.join("\n"), /2 of 14 triangles have no area/);
    // One of two corners has no edges; the other's are edges of a third triangle, and open ones.
    assert.deepEqual([report.nonManifoldEdges, report.boundaryEdges], [1, 2]);
  });

  it("takes 0 and -0 for one place and NaN for none", () => {
    const { mesh, welded } = weldVertices(Float64Array.of(0, 0, 0, -0, 0, -0, Number.NaN, 0, 0), 1);
    assert.deepEqual([mesh.positions.length / 3, welded], [2, 1]);
  });

  const refuses = (corners: readonly number[], role: Parameters<typeof checkMesh>[2], message: RegExp) =>
    assert.throws(() => checkMesh(meshOf(corners), "a.stl", role), { code: "bad-mesh", message });

  it("refuses what is no body", () => {
    refuses([], undefined, /a\.stl: has no triangles/);
    const broken = [...BOX];
    broken[4] = Number.NaN;
    refuses(broken, undefined, /a\.stl: vertex \d+ has y = NaN/);
    broken[4] = Number.NEGATIVE_INFINITY;
    refuses(broken, undefined, /has y = -Infinity/);
  });

  it("refuses a size that no such body has: the unit is wrong", () => {
    const scaled = (factor: number) => BOX.map((value) => value * factor);
    refuses(
      scaled(1000),
      "link",
      /is 3000 m long, too long for a link \(looks like mm read as m: declare its unit\)/,
    );
    refuses(scaled(1e-3), "link", /is 3 mm long, too small for a link \(looks like m read as mm/);
  });
});
