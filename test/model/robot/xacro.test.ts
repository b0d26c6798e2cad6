import assert from "node:assert/strict";
import { readXacro } from "../../../runtime/model/robot/xacro.ts";

const MACRO = `<?xml version="1.0"?>
<robot xmlns:xacro="http://ros.org/wiki/xacro">
  <xacro:macro name="arm" params="prefix turn:=1.5 *origin">
    <!-- one link carried by one joint, by <xacro:arm/> -->
    <link name="\${prefix}base"/>
    <link name="\${prefix}link_1">
      <collision><xacro:insert_block name="origin"/><geometry><mesh filename="package://own/arm.stl"/></geometry></collision>
    </link>
    <joint name="\${prefix}joint_1" type="revolute">
      <origin xyz="0 0 \${height / 2}" rpy="0 0 \${pi / 2}"/>
      <parent link="\${prefix}base"/><child link="\${prefix}link_1"/>
      <axis xyz="0 0 1"/>
      <limit lower="\${radians(-185)}" upper="\${radians(185)}" effort="0" velocity="\${turn * 2}"/>
    </joint>
  </xacro:macro>
</robot>`;

const ROBOT = `<?xml version="1.0"?>
<robot name="small" xmlns:xacro="http://ros.org/wiki/xacro">
  <xacro:arg name="prefix" default="left_"/>
  <xacro:property name="height" value="1.34"/>
  <xacro:include filename="$(find own)/urdf/macro.xacro"/>
  <xacro:if value="true"><xacro:arm prefix="$(arg prefix)" turn="2"><origin xyz="0.1 0 0" rpy="0 0 0"/></xacro:arm></xacro:if>
</robot>`;

describe("a xacro file", () => {
  it("is expanded with its macros, properties, arguments and included files", async () => {
    const asked: string[] = [];
    const model = await readXacro(ROBOT, "small.xacro", { prefix: "r1_" }, (path) => {
      asked.push(path);
      return MACRO;
    });
    assert.deepEqual(asked, ["package://own/urdf/macro.xacro"]);
    assert.equal(model.name, "small");
    assert.equal(model.root, "r1_base");
    const [joint] = model.joints;
    assert.equal(joint!.name, "r1_joint_1");
    assert.equal(joint!.origin12[11], 0.67);
    assert.equal(joint!.lowerRad, -185 * (Math.PI / 180));
    assert.equal(joint!.velocityRadS, 4);
    assert.equal(model.links[1]!.collision[0]!.file, "package://own/arm.stl");
    assert.equal(model.links[1]!.collision[0]!.pose12[3], 0.1);
    assert.equal("DOMParser" in globalThis, false);
  });

  it("of before ROS Jade is read as well, its tags without prefix", async () => {
    const old = ROBOT.replace("xacro:property", "property").replace("xacro:include", "include");
    const model = await readXacro(old, "small.xacro", {}, () => MACRO);
    assert.equal(model.root, "left_base");
    assert.equal(model.joints[0]!.origin12[11], 0.67);
  });

  it("says what it cannot expand, and the DOM that the parser needs is gone again", async () => {
    await assert.rejects(
      readXacro(
        ROBOT.replace("xacro:arm ", "xacro:leg ").replace("</xacro:arm>", "</xacro:leg>"),
        "a.xacro",
        {},
        () => MACRO,
      ),
      { code: "malformed-xacro", message: /^a\.xacro: Cannot find macro "leg"/ },
    );
    await assert.rejects(
      readXacro(ROBOT, "a.xacro", {}, (path) => {
        throw new Error(`${path} is not there`);
      }),
      { code: "malformed-xacro", message: /package:\/\/own\/urdf\/macro\.xacro is not there/ },
    );
    await assert.rejects(
      readXacro(ROBOT, "a.xacro", {}, () => ROBOT),
      { code: "malformed-xacro", message: /does one include itself/ },
    );
    await assert.rejects(
      readXacro(ROBOT.replace('value="1.34"', 'value="high"'), "a.xacro", {}, () => MACRO),
      { code: /malformed-(xacro|urdf)/ },
    );
    for (const body of ["<xacro:arm prefix='a'><x/></xacro:arm>", "<xacro:leg/>"]) {
      const endless = MACRO.replace("<!-- one", `${body}<!-- one`).replace(
        "</robot>",
        '<xacro:macro name="leg"><xacro:if value="1"><xacro:arm prefix="b"/></xacro:if></xacro:macro></robot>',
      );
      await assert.rejects(
        readXacro(ROBOT, "a.xacro", {}, () => endless),
        { code: "malformed-xacro", message: /^a\.xacro: the macro arm calls itself/ },
      );
    }
    assert.equal("DOMParser" in globalThis, false);
  });

  it("is read one at a time, several asked for at once", async () => {
    const models = await Promise.all(
      ["a_", "b_", "c_"].map((prefix) => readXacro(ROBOT, "small.xacro", { prefix }, async () => MACRO)),
    );
    assert.deepEqual(
      models.map((model) => model.root),
      ["a_base", "b_base", "c_base"],
    );
  });
});
