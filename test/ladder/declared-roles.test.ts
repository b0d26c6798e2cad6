import assert from "node:assert/strict";
import { declaredRoles } from "../../runtime/ladder/declared-roles.ts";
import { DECLARABLE_ROLES, ROLE_FACTS, type Role } from "../../runtime/ladder/roles.ts";

const manifest = (roles: unknown, name = "fancy") => ({ name, "node-red": { nodes: {} }, rung: { roles } });

describe("roles that foreign packages declare", () => {
  it("are read from package.json", () => {
    assert.deepEqual(declaredRoles([manifest({ "fancy-detector": "detect", "ui-fancy-ask": "approve" })]), {
      roles: {
        "fancy-detector": { role: "detect", by: "fancy" },
        "ui-fancy-ask": { role: "approve", by: "fancy" },
      },
      ignored: [],
    });
  });

  it("count only for a package with nodes", () => {
    const { "node-red": _, ...other } = manifest({ x: "detect" });
    for (const content of [other, {}, null, "text", 7, []])
      assert.deepEqual(declaredRoles([content]), { roles: {}, ignored: [] });
  });

  it("are ignored with a reason where they are malformed or nobody's to declare", () => {
    const { roles, ignored } = declaredRoles([
      manifest({
        a: "actuate",
        b: 5,
        c: "wizard",
        "mqtt out": "screen",
        "rung-detect": "forecast",
        "fancy-write": "detect",
        toString: "detect",
        __proto__x: "life",
      }),
      manifest("detect", "other"),
    ]);
    assert.deepEqual(Object.keys(roles).sort(), ["__proto__x", "toString"]);
    assert.deepEqual(
      ignored.map(({ by, type }) => `${by} ${type}`),
      ["fancy a", "fancy b", "fancy c", "fancy mqtt out", "fancy rung-detect", "fancy fancy-write", "other "],
    );
    for (const { why } of ignored) assert.notEqual(why, "");
  });

  it("of two packages that contradict each other neither counts", () => {
    const { roles, ignored } = declaredRoles([
      manifest({ x: "detect" }),
      manifest({ x: "forecast" }, "other"),
    ]);
    assert.deepEqual(roles, {});
    const third = declaredRoles(
      [..."abc"].map((name, i) => manifest({ x: i === 0 ? "detect" : "forecast" }, name)),
    );
    assert.deepEqual(third.roles, {});
    assert.deepEqual(ignored.map(({ by }) => by).sort(), ["fancy", "other"]);
    assert.deepEqual(
      declaredRoles([manifest({ x: "detect" }), manifest({ x: "detect" }, "other")]).ignored,
      [],
    );
  });

  it("may be none that stands for the plant, holds a twin's values or may write", () => {
    const kept: Role[] = [
      "twin",
      "link",
      "actuator",
      "historian",
      "source",
      "recording",
      "ingest",
      "foreign source",
    ];
    kept.push(
      "orders",
      "state",
      "history",
      "query",
      "figure",
      "cell",
      "line",
      "sibling",
      "envelope",
      "actuate",
      "outcome",
      "event",
    );
    assert.deepEqual([...DECLARABLE_ROLES, ...kept].sort(), Object.keys(ROLE_FACTS).sort());
  });
});
