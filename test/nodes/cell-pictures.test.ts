import assert from "node:assert/strict";
import { PerspectiveCamera, Vector3 } from "three";
import { type LabelBox, type LabelWish, placeLabels } from "../../nodes/dashboard/cell/label-placement.ts";
import {
  closeLooks,
  eyeOf,
  FIELD_OF_VIEW_RAD,
  fitPoints,
  moved,
  type Orbit,
  type Point,
  project,
  turned,
  yawPast,
  zoomed,
} from "../../nodes/dashboard/cell/orbit.ts";
import { labelShape, leaderStart, overlayOf } from "../../nodes/dashboard/cell/overlay.ts";
import { Random } from "../../runtime/core/random.ts";

const SIZE = { width: 900, height: 500 };
const ORBIT: Orbit = { target: [0.2, -0.4, 1], yawRad: -0.9, pitchRad: 0.4, distanceM: 6 };

/** The same eye as three has it, which draws the cell. */
function cameraOf(orbit: Orbit): PerspectiveCamera {
  const camera = new PerspectiveCamera(
    (FIELD_OF_VIEW_RAD * 180) / Math.PI,
    SIZE.width / SIZE.height,
    0.02,
    120,
  );
  camera.up.set(0, 0, 1);
  camera.position.set(...eyeOf(orbit));
  camera.lookAt(...orbit.target);
  camera.updateMatrixWorld();
  return camera;
}

const overlaps = (a: LabelBox, b: LabelBox) =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;

describe("the eye of a picture of a cell", () => {
  it("sees a point where three draws it", () => {
    const draws = new Random(7);
    const random = () => draws.uniform();
    const camera = cameraOf(ORBIT);
    for (let n = 0; n < 200; n++) {
      const point: Point = [random() * 4 - 2, random() * 4 - 2, random() * 3];
      const drawn = new Vector3(...point).project(camera);
      const at = project(ORBIT, SIZE, point)!;
      assert.ok(Math.abs(at.x - ((drawn.x + 1) / 2) * SIZE.width) < 1e-6, `x of ${point}`);
      assert.ok(Math.abs(at.y - ((1 - drawn.y) / 2) * SIZE.height) < 1e-6, `y of ${point}`);
    }
  });

  it("sees nothing behind itself", () => {
    const [x, y, z] = eyeOf(ORBIT);
    const behind: Point = [2 * x - ORBIT.target[0], 2 * y - ORBIT.target[1], 2 * z - ORBIT.target[2]];
    assert.equal(project(ORBIT, SIZE, behind), null);
  });

  it("shows points as a whole in the middle, and no smaller than it must", () => {
    const points = Array.from(
      { length: 8 },
      (_, at): Point => [at & 1 ? 4 : -3, at & 2 ? 2.5 : -2, at & 4 ? 3 : 0],
    );
    for (const size of [SIZE, { width: 360, height: 600 }]) {
      for (const yawRad of [-2.6, -0.9, 0.3, 1.7]) {
        const orbit = fitPoints(points, size, yawRad, 0.4);
        const seen = points.map((point) => project(orbit, size, point)!);
        const across = seen.map(({ x }) => (2 * x) / size.width - 1);
        const upright = seen.map(({ y }) => (2 * y) / size.height - 1);
        const most = Math.max(...across.map(Math.abs), ...upright.map(Math.abs));
        assert.ok(most <= 1 && most > 0.9, `${size.width} px, yaw ${yawRad}: ${most}`);
        for (const along of [across, upright])
          assert.ok(
            Math.abs(Math.min(...along) + Math.max(...along)) < 0.05,
            `off the middle, yaw ${yawRad}`,
          );
      }
    }
    assert.deepEqual(fitPoints([], SIZE, 0, 0).target, [0, 0, 0]);
  });

  it("looks at a finding in the middle, from the side away from the cell's middle", () => {
    const place: Point = [0.1, -0.8, 1.2];
    const [orbit] = closeLooks(place, [1.5, -2.4, 0], [0, 0, 1], 0.4) as [Orbit];
    const at = project(orbit, SIZE, place)!;
    assert.ok(Math.abs(at.x - SIZE.width / 2) < 1e-9 && Math.abs(at.y - SIZE.height / 2) < 1e-9);
    const [x, y] = eyeOf(orbit);
    assert.ok(Math.hypot(x, y) > Math.hypot(place[0], place[1]));
    // The radius reaches from the middle to the upper edge.
    const above = project({ ...orbit, pitchRad: 0 }, SIZE, [place[0], place[1], place[2] + 0.4])!;
    assert.ok(Math.abs(above.y) < 1e-9);
  });

  it("sees the whole cell past the acting robot, where no other stands in front", () => {
    const [r3, r1]: Point[] = [
      [1, -2.6, 0],
      [-1, -2.6, 0],
    ];
    assert.ok(yawPast(r3!, [r1!], [0, 0, 1]) > Math.atan2(-2.6, 1));
    assert.ok(yawPast(r1!, [r3!], [0, 0, 1]) < Math.atan2(-2.6, -1));
    assert.equal(yawPast(r3!, [], [1, 0, 0]), 0.75 - Math.PI / 2);
  });

  it("is turned, moved and brought nearer, and never over the top", () => {
    const target = project(ORBIT, SIZE, ORBIT.target)!;
    const beside = project(moved(ORBIT, 40, -25, SIZE), SIZE, ORBIT.target)!;
    assert.ok(Math.abs(beside.x - target.x - 40) < 1e-9);
    assert.ok(Math.abs(beside.y - target.y + 25) < 1e-9);
    assert.equal(turned(ORBIT, 0, SIZE.height, SIZE).pitchRad, 1.5);
    assert.equal(turned(ORBIT, SIZE.height, 0, SIZE).yawRad, ORBIT.yawRad - Math.PI);
    assert.equal(zoomed(ORBIT, 0.5).distanceM, 3);
    assert.equal(zoomed(ORBIT, 1e-6).distanceM, 0.15);
  });
});

describe("labels of a picture", () => {
  const wish = (id: string, x: number, y: number, width = 120): LabelWish => ({
    id,
    anchor: { x, y },
    width,
    height: 30,
  });

  it("lie on nothing, inside the picture, however crowded their anchors are", () => {
    const legend = { left: 10, top: 460, width: 260, height: 30 };
    for (let seed = 1; seed <= 40; seed++) {
      const draws = new Random(seed);
      const random = () => draws.uniform();
      const wishes = Array.from({ length: 9 }, (_, at) =>
        wish(`R${at}`, random() * SIZE.width, random() * SIZE.height, 60 + random() * 200),
      );
      const placed = placeLabels(wishes, SIZE, [legend]);
      assert.ok(placed.length > 0);
      for (const [at, box] of placed.entries()) {
        assert.ok(box.left >= 0 && box.top >= 0, `${seed}: ${box.id}`);
        assert.ok(box.left + box.width <= SIZE.width && box.top + box.height <= SIZE.height);
        assert.ok(!overlaps(box, legend), `${seed}: ${box.id} on the legend`);
        for (const other of placed.slice(at + 1))
          assert.ok(!overlaps(box, other), `${seed}: ${box.id} on ${other.id}`);
      }
    }
  });

  it("leave out what is not in the picture or finds no place, the first wish last", () => {
    assert.deepEqual(placeLabels([wish("away", -5, 100)], SIZE), []);
    const narrow = { width: 300, height: 60 };
    const placed = placeLabels([wish("first", 40, 30, 200), wish("second", 60, 30, 200)], narrow);
    assert.ok(placed[0]!.left >= 44, "not on what it points at");
    assert.deepEqual(
      placed.map(({ id }) => id),
      ["first"],
    );
  });

  it("are the same for the same picture", () => {
    const wishes = [wish("a", 100, 100), wish("b", 130, 110), wish("c", 600, 300)];
    assert.deepEqual(placeLabels(wishes, SIZE), placeLabels(wishes, SIZE));
  });

  it("keep off the ring of a contact, and their line ends at it", () => {
    const widthOf = (text: string) => 7 * text.length;
    const notes = {
      labels: [
        {
          id: "finding",
          at: ORBIT.target,
          bold: "R3 clips",
          below: "gun against pillar",
          priority: 1 as const,
          isOfPair: true,
        },
      ],
      pair: { points: [ORBIT.target, ORBIT.target] as [Point, Point], isContact: true, isRinged: true },
    };
    const { labels, pair } = overlayOf(notes, ORBIT, SIZE, widthOf, []);
    const { x, y, radius } = pair!.ring!;
    assert.deepEqual([Math.round(x), Math.round(y), radius], [SIZE.width / 2, SIZE.height / 2, 22]);
    const [box] = labels;
    const { width, height } = labelShape(notes.labels[0]!, SIZE, widthOf);
    assert.deepEqual([box!.width, box!.height], [width, height]);
    assert.ok(Math.hypot(box!.leader.x - pair!.ring!.x, box!.leader.y - pair!.ring!.y) > 22);
    const start = leaderStart(box!.anchor, box!.leader, 22);
    assert.ok(Math.abs(Math.hypot(start.x - box!.anchor.x, start.y - box!.anchor.y) - 22) < 1e-9);
  });

  it("break into lines in a narrow picture, so that the finding's words are never left out", () => {
    const label = {
      id: "finding",
      at: ORBIT.target,
      bold: "R1 clips reinforcement by 38.8 mm",
      below: "gun against reinforcement",
      priority: 1 as const,
    };
    const widthOf = (text: string) => 8 * text.length;
    assert.equal(labelShape(label, SIZE, widthOf).lines.length, 2);
    const narrow = { width: 260, height: 400 };
    const { lines, width } = labelShape(label, narrow, widthOf);
    assert.deepEqual(lines, [
      { bold: "R1 clips reinforcement", plain: "" },
      { bold: "by 38.8 mm", plain: "" },
      { bold: "", plain: "gun against" },
      { bold: "", plain: "reinforcement" },
    ]);
    assert.ok(width <= narrow.width - 16);
    assert.equal(overlayOf({ labels: [label] }, ORBIT, narrow, widthOf, []).labels.length, 1);
  });

  it("break a path where it runs behind the eye", () => {
    const [x, y, z] = eyeOf(ORBIT);
    const behind: Point = [2 * x, 2 * y, 2 * z];
    const points: Point[] = [ORBIT.target, [0, 0, 0], behind, ORBIT.target];
    const { paths } = overlayOf(
      { labels: [], paths: [{ points, isDashed: false }] },
      ORBIT,
      SIZE,
      () => 0,
      [],
    );
    assert.equal(paths[0]!.d.match(/M/g)!.length, 2);
    assert.equal(paths[0]!.d.match(/L/g)!.length, 1);
  });
});
