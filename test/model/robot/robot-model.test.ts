import assert from "node:assert/strict";
import { readUrdf } from "../../../runtime/model/robot/urdf.ts";
import { changed, MADE_JOINTS, madeArm, madeUrdf } from "./made-arm.ts";

/** What a URDF is refused with, its code left out. */
function refusal(urdf: string): string {
  let message = "";
  assert.throws(
    () => readUrdf(urdf, "r.urdf"),
    (error: { code?: string; message: string }) => {
      message = error.message;
      return error.code === "malformed-urdf";
    },
  );
  return message;
}

const JOINT = (name: string, type: string, parent: string, child: string, inside = ""): string =>
  `<joint name="${name}" type="${type}"><parent link="${parent}"/><child link="${child}"/>${inside}</joint>`;
const LIMIT = '<limit lower="0" upper="1" velocity="1"/>';

describe("a robot's URDF", () => {
  it("gives links, joints, meshes and the root", () => {
    const model = readUrdf(
      `<?xml version="1.0"?><!-- a robot --><robot name="r">
        <material name="grey"><color rgba="1 1 1 1"/></material>
        <link name="a"><inertial><mass value="1"/></inertial>
          <visual><geometry><box size="1 1 1"/></geometry></visual>
          <collision><origin xyz="1 2 3"/><geometry><mesh filename="a.stl" scale="0.001 0.001 0.001"/></geometry></collision>
          <collision><geometry><mesh filename="b.stl"/></geometry></collision>
        </link>
        <link name="b"/><link name="c"/>
        ${JOINT("f", "fixed", "a", "c", '<axis xyz="0 0 0"/>')}
        ${JOINT("j", "revolute", "a", "b", '<axis xyz="0 0 -2"/><limit lower="-1" upper="2" velocity="3"/>')}
      </robot>`,
      "r.urdf",
    );
    assert.equal(model.root, "a");
    assert.deepEqual(
      model.links.map(({ name, joint }) => [name, joint]),
      [
        ["a", undefined],
        ["b", "j"],
        ["c", "f"],
      ],
    );
    const [mesh, other] = model.links[0]!.collision;
    assert.deepEqual(
      [mesh!.file, mesh!.scale, [...mesh!.pose12.filter((_, i) => i % 4 === 3)]],
      ["a.stl", [0.001, 0.001, 0.001], [1, 2, 3]],
    );
    assert.deepEqual([other!.file, other!.scale], ["b.stl", [1, 1, 1]]);
    assert.deepEqual(model.links[0]!.visual, []);
    const [, joint] = model.joints;
    assert.deepEqual([...joint!.axis].map(Math.abs), [0, 0, 1]);
    assert.equal(joint!.axis[2], -1);
    assert.deepEqual([joint!.lowerRad, joint!.upperRad, joint!.velocityRadS], [-1, 2, 3]);
  });

  for (const [what, urdf, said] of [
    ["no XML", "<robot name='r'", /^r\.urdf:1: .*/],
    ["another document", "<sdf/>", /^r\.urdf:1: is no URDF: one <robot> element is due/],
    ["a document type", '<!DOCTYPE robot [<!ENTITY x "y">]><robot name="r"/>', /has a document type/],
    ["no link", '<robot name="r"></robot>', /^r\.urdf: has no link/],
    [
      "a joint without its child",
      madeUrdf().replace('<child link="link_3"/>', ""),
      /^r\.urdf, joint joint_3: has no child/,
    ],
    [
      "a joint to a link that is not there",
      madeUrdf().replace('<child link="link_3"/>', '<child link="hand"/>'),
      /^r\.urdf, joint joint_3: there is no link hand/,
    ],
    [
      "a missing joint",
      madeUrdf().replace(/<joint name="joint_4"[\s\S]*?<\/joint>/, ""),
      /^r\.urdf, link link_4: no joint carries it, nor base_link: one root is due/,
    ],
    [
      "swapped limits",
      madeUrdf(changed({ 2: { lower: 1.4, upper: -1.2 } })),
      /^r\.urdf, joint joint_2: has its limits swapped: lower 1\.4 above upper -1\.2/,
    ],
    [
      "limits that are one",
      madeUrdf(changed({ 2: { lower: 1, upper: 1 } })),
      /joint joint_2: cannot move: both limits are 1/,
    ],
    [
      "no limits",
      madeUrdf().replace('<limit lower="-3" upper="3" effort="0" velocity="2"/>', ""),
      /joint joint_1: has no limit/,
    ],
    [
      "a limit that is NaN",
      madeUrdf(changed({ 5: { upper: Number.NaN } })),
      /joint joint_5: <limit upper="NaN"> is no number/,
    ],
    [
      "an origin of two numbers",
      madeUrdf(changed({ 3: { xyz: "0 1" } })),
      /joint joint_3: <origin xyz="0 1"> is not three numbers/,
    ],
    [
      "an origin that is NaN",
      madeUrdf(changed({ 3: { xyz: "0 NaN 1" } })),
      /joint joint_3: <origin xyz="0 NaN 1"> is not three numbers/,
    ],
    [
      "an axis of length 0",
      madeUrdf(changed({ 6: { axis: "0 0 0" } })),
      /joint joint_6: has an axis of length 0/,
    ],
    [
      "a floating joint",
      madeUrdf().replace('"joint_1" type="revolute"', '"joint_1" type="floating"'),
      /joint joint_1: is of type floating, which is not read/,
    ],
    [
      "a link that stands there twice",
      madeUrdf(MADE_JOINTS, '<link name="link_2"/>'),
      /^r\.urdf, link link_2: stands there twice/,
    ],
    [
      "a joint that stands there twice",
      madeUrdf(MADE_JOINTS, `<link name="x"/>${JOINT("joint_2", "fixed", "tool0", "x")}`),
      /joint joint_2: stands there twice/,
    ],
    [
      "two parents",
      madeUrdf(MADE_JOINTS, JOINT("rod", "fixed", "link_1", "link_3")),
      /link link_3: is carried by two joints, joint_3 and rod/,
    ],
    [
      "a loop",
      `<robot name="r"><link name="a"/><link name="b"/>${JOINT("x", "fixed", "a", "b")}${JOINT("y", "fixed", "b", "a")}</robot>`,
      /link a: its joints form a loop/,
    ],
    [
      "a loop beside the root",
      `<robot name="r"><link name="o"/><link name="a"/><link name="b"/>${JOINT("x", "fixed", "a", "b")}${JOINT("y", "fixed", "b", "a")}</robot>`,
      /link a: its joints form a loop/,
    ],
    [
      "a box to collide with",
      `<robot name="r"><link name="a"><collision><geometry><box size="1 1 1"/></geometry></collision></link></robot>`,
      /link a: has a collision shape that is no mesh/,
    ],
    [
      "a mimic of nobody",
      madeUrdf(
        MADE_JOINTS,
        `<link name="x"/>${JOINT("rod", "revolute", "link_1", "x", `${LIMIT}<mimic joint="jont_3"/>`)}`,
      ),
      /joint rod: mimics jont_3, which is not there/,
    ],
    [
      "a prismatic mimic",
      madeUrdf(
        MADE_JOINTS,
        `<link name="x"/>${JOINT("rod", "prismatic", "link_1", "x", `${LIMIT}<mimic joint="joint_3"/>`)}`,
      ),
      /joint rod: is prismatic and mimics a revolute joint/,
    ],
  ] as const)
    it(`is refused for ${what}, with its file and the link or joint`, () => {
      assert.match(refusal(urdf), said);
    });
});

describe("an arm", () => {
  const slider = (parent: string, child: string): string => JOINT("slide", "prismatic", parent, child, LIMIT);

  it("of five axes is refused", () => {
    assert.throws(() => madeArm(madeUrdf(MADE_JOINTS.slice(0, 5))), {
      code: "not-six-axes",
      message: /^robot made: 5 joints move the tool \(joint_1, .*joint_5\), six are due/,
    });
  });

  it("on a slide is refused until its six joints are named; the slide then rests at 0", () => {
    const urdf = madeUrdf(MADE_JOINTS, `<link name="rail"/>${slider("rail", "base_link")}`);
    assert.throws(() => madeArm(urdf), { code: "not-six-axes", message: /joint slide: is prismatic/ });
    const names = MADE_JOINTS.map((_, i) => `joint_${i + 1}`);
    const onSlide = new Float64Array(12);
    const fixed = new Float64Array(12);
    madeArm(urdf, { joints: names }).tcpPose([1, 0.5, 0.2, 1, 1, 1], onSlide);
    madeArm().tcpPose([1, 0.5, 0.2, 1, 1, 1], fixed);
    assert.deepEqual(onSlide, fixed);
    assert.throws(() => madeArm(urdf, { joints: [...names.slice(0, 5), "joint_7"] }), {
      code: "unknown-joint",
      message: /joint joint_7: no joint of this name moves the tool/,
    });
    assert.throws(() => madeArm(urdf, { joints: [...names].reverse() }), {
      code: "not-six-axes",
      message: /name each once, from base to tip/,
    });
  });

  it("needs velocities, its tool's link, and a base that is a pose", () => {
    assert.throws(() => madeArm(madeUrdf().replace('velocity="2"', 'velocity="0"')), {
      code: "not-six-axes",
      message: /joint joint_1: has no velocity/,
    });
    assert.throws(() => madeArm(madeUrdf(), { tipLink: "hand" }), {
      code: "unknown-link",
      message: /no link hand/,
    });
    assert.throws(() => madeArm(madeUrdf(), { base: new Float64Array(12).fill(Number.NaN) }), {
      code: "bad-pose",
    });
  });

  it("moves a link that mimics one of its joints", () => {
    const rod = JOINT(
      "rod",
      "revolute",
      "link_1",
      "x",
      '<axis xyz="0 1 0"/><limit lower="-9" upper="9" velocity="1"/><mimic joint="joint_3" multiplier="-2" offset="0.5"/>',
    );
    const arm = madeArm(madeUrdf(MADE_JOINTS, `<link name="x"/>${rod}`), {
      base: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    });
    const links = new Float64Array(12 * arm.model.links.length);
    arm.linkPoses([0, 0, 0.4, 0, 0, 0], links);
    const at = 12 * arm.model.links.findIndex((link) => link.name === "x");
    assert.ok(Math.abs(Math.atan2(links[at + 2]!, links[at]!) - (0.5 - 0.8)) < 1e-15);
  });

  it("tells its margins to the limits", () => {
    const arm = madeArm();
    const margins = new Float64Array(6);
    arm.margins([0, 1.3, 0, 0, 2.2, 0], margins);
    assert.ok(Math.abs(margins[1]! - 0.1) < 1e-15);
    assert.ok(Math.abs(margins[4]! + 0.1) < 1e-15);
    assert.equal(arm.isWithinLimits([0, 1.3, 0, 0, 2.2, 0]), false);
    assert.equal(arm.isWithinLimits([0, 1.4, 0, 0, -2.1, 0]), true);
    assert.equal(arm.isWithinLimits([0, Number.NaN, 0, 0, 0, 0]), false);
  });
});
