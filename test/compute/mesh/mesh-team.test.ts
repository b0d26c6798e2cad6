import assert from "node:assert/strict";
import { boxMesh } from "../../../bench/cell/hard-scenes.ts";
import { MeshEngine } from "../../../runtime/compute/mesh/mesh-engine.ts";
import { type MeshSweep, sweepWith } from "../../../runtime/compute/mesh/mesh-sweep.ts";
import { MeshTeam } from "../../../runtime/compute/mesh/mesh-team.ts";
import { Random } from "../../../runtime/core/random.ts";

const MESHES = [
  { mesh: boxMesh(0.2, 0.2, 0.2), where: "gun" },
  { mesh: boxMesh(0.1, 0.3, 0.1), where: "arm" },
  { mesh: boxMesh(0.5, 0.5, 0.5), where: "body" },
];

/** Two bodies that move against one, and against one another's mesh. */
function sweep(configurations: number): MeshSweep {
  const random = new Random(3);
  const at = (spread: number) => [0, 1, 2].map(() => spread * (2 * random.uniform() - 1));
  const pose = ([x, y, z]: number[]) => [1, 0, 0, x!, 0, 1, 0, y!, 0, 0, 1, z!];
  return {
    bodies: [0, 1],
    obstacles: [2, 0],
    standing: Float64Array.from([...pose([0, 0, 0]), ...pose([1, 1, 1])]),
    moving: Float64Array.from(Array.from({ length: 2 * configurations }, () => pose(at(1.4))).flat()),
  };
}

describe("a mesh team", function () {
  this.timeout(30_000);
  let team: MeshTeam;
  before(async () => {
    team = await MeshTeam.create(MESHES, 2);
  });
  after(() => team.close());

  it("answers as one engine does, in the order of the configurations", async () => {
    const engine = await MeshEngine.create();
    const meshes = MESHES.map(({ mesh, where }) => engine.add(mesh, where));
    const asked = sweep(500);
    const [contacts, nearest, bounded] = await Promise.all([
      team.contacts(asked),
      team.nearest(asked),
      team.nearest(asked, 0.05),
    ]);
    assert.deepEqual(contacts, sweepWith(engine, meshes, asked, { kind: "contacts" }));
    assert.deepEqual(nearest, sweepWith(engine, meshes, asked, { kind: "nearest", boundM: Infinity }));
    const touching = contacts.verdicts.reduce((sum, verdict) => sum + verdict, 0);
    assert.ok(touching > 50 && touching < 1000, `${touching}`);
    for (let c = 0; c < 500; c++) {
      const isNear = nearest.distancesM[c]! < 0.05;
      assert.equal(bounded.distancesM[c], isNear ? nearest.distancesM[c] : Infinity);
      assert.equal(bounded.pairs[c]! >= 0, isNear);
    }
  });

  it("refuses a bad mesh and a bad pose, and goes on", async () => {
    await assert.rejects(
      MeshTeam.create([{ ...MESHES[0]!, mesh: { ...MESHES[0]!.mesh, triangles: new Uint32Array(0) } }], 1),
      {
        code: "bad-mesh",
      },
    );
    const bad = sweep(3);
    bad.moving[15] = Number.NaN;
    await assert.rejects(team.nearest(bad), { code: "bad-mesh-query", message: /a pose has NaN in it/ });
    assert.equal((await team.nearest(sweep(3))).distancesM.length, 3);
    assert.equal((await team.contacts(sweep(0))).verdicts.length, 0);
  });

  it("says so where a thread ends under a sweep", async () => {
    const own = await MeshTeam.create(MESHES, 1);
    const asked = own.nearest(sweep(5000));
    setImmediate(() => void own.close());
    await assert.rejects(asked, { code: "mesh-team-ended" });
  });
});
