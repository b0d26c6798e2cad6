import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { type LinkSphere, motionBound, sphereOf } from "../../../runtime/model/robot/motion-bound.ts";
import { moved } from "../../../runtime/model/robot/pose.ts";
import { MADE_JOINTS, madeArm, madeUrdf } from "./made-arm.ts";

const ROD = `<link name="rod"/><joint name="rod" type="revolute"><origin xyz="0.1 0.4 0"/><parent link="link_1"/>
  <child link="rod"/><axis xyz="0 1 0"/><limit lower="-9" upper="9" velocity="1"/><mimic joint="joint_3" multiplier="-2"/></joint>`;

describe("the bound of how far a link moves", () => {
  const arm = madeArm(madeUrdf(MADE_JOINTS, ROD));
  const links = arm.model.links.length;
  const random = new Random(7);
  const spheres: LinkSphere[] = Array.from({ length: links }, (_, link) => ({
    link,
    centreM: [random.uniform() - 0.5, random.uniform() - 0.5, random.uniform() - 0.5],
    radiusM: 0.1 + 0.3 * random.uniform(),
  }));
  const bounds = motionBound(arm, spheres);

  it("holds for random points of every link along random lines in joint space, and some come near it", () => {
    const from = new Float64Array(12 * links);
    const to = new Float64Array(12 * links);
    const q = new Float64Array(6);
    const next = new Float64Array(6);
    const fullest = new Float64Array(links);
    let passed = 0;
    for (let trial = 0; trial < 20_000; trial++) {
      // A tenth of the lines turn one joint alone by little, which is where the bound is nearly met.
      const only = trial % 10 === 0 ? random.integer(6) : -1;
      for (let i = 0; i < 6; i++) {
        const range = arm.upperRad[i]! - arm.lowerRad[i]!;
        q[i] = arm.lowerRad[i]! + random.uniform() * range;
        next[i] = only < 0 ? arm.lowerRad[i]! + random.uniform() * range : q[i]! + (i === only ? 1e-3 : 0);
      }
      arm.linkPoses(q, from);
      arm.linkPoses(next, to);
      for (const [index, { link, centreM, radiusM }] of spheres.entries()) {
        const aside = [random.normal(), random.normal(), random.normal()];
        const scale = radiusM / Math.hypot(...aside);
        const point = [0, 1, 2].map((k) => centreM[k]! + scale * aside[k]!) as [number, number, number];
        const a = moved(from.subarray(12 * link, 12 * link + 12), point);
        const b = moved(to.subarray(12 * link, 12 * link + 12), point);
        const wayM = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        let most = 0;
        for (let i = 0; i < 6; i++) most += bounds[6 * index + i]! * Math.abs(next[i]! - q[i]!);
        if (wayM > most + 1e-12) passed++;
        if (most > 0) fullest[index] = Math.max(fullest[index]!, wayM / most);
      }
    }
    assert.equal(passed, 0);
    // Of links that move at all: a bound twice too wide would never be filled by half.
    for (const [index, { link }] of spheres.entries())
      if (arm.model.links[link]!.name !== "base_link")
        assert.ok(fullest[index]! > 0.5, `${link}: ${fullest[index]}`);
  });

  it("is 0 for joints further out, and twice as wide for a link that follows twice as fast", () => {
    const at = (name: string): number[] => {
      const index = arm.model.links.findIndex((link) => link.name === name);
      return [...bounds.subarray(6 * index, 6 * index + 6)];
    };
    assert.deepEqual(at("base_link"), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(
      at("link_2").map((bound) => bound > 0),
      [true, true, false, false, false, false],
    );
    const { centreM, radiusM } = spheres[arm.model.links.findIndex((link) => link.name === "rod")]!;
    assert.deepEqual(
      at("rod").map((bound) => bound > 0),
      [true, false, true, false, false, false],
    );
    assert.equal(at("rod")[2], 2 * (radiusM + Math.hypot(centreM[0], 0, centreM[2])));
  });

  it("takes the sphere about a mesh's vertices from the middle of their box", () => {
    assert.deepEqual(sphereOf(3, [0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]), {
      link: 3,
      centreM: [1, 2, 2],
      radiusM: 3,
    });
  });
});
