import assert from "node:assert/strict";
import { environment, filledIn, setting } from "../../runtime/ladder/environment.ts";

const named = (name: string) => `\${${name}}`;
const entry = (name: string, value: unknown, type = "str") => ({ name, value, type });

describe("the environment of a node", () => {
  const flow = environment([[entry("LINK", "plant"), entry("SITE", "leipzig")]]);

  it("says its own before what stands round it, the instance's before the definition's", () => {
    const inner = environment([[entry("LINK", "lab"), entry("A", "1")], [entry("A", "2")]], flow);
    assert.deepEqual(
      ["LINK", "A", "SITE", "$parent.LINK", "$parent.A", "NOBODY"].map((name) => setting(name, inner)),
      ["lab", "2", "leipzig", "plant", undefined, undefined],
    );
  });

  it("knows Node-RED's types; what only the running flow knows is not known", () => {
    const own = environment(
      [
        [
          entry("b", "true", "bool"),
          entry("n", "4.5", "num"),
          entry("j", '["x"]', "json"),
          entry("broken", "[", "json"),
          entry("c", named("LINK"), "conf-type"),
          entry("c2", "oven", "conf-type"),
          entry("secret", "x", "cred"),
          entry("later", "1 + 1", "jsonata"),
          entry("LINK", "LINK", "env"),
          entry("beside", named("n"), "env"),
        ],
      ],
      flow,
    );
    assert.deepEqual(Object.fromEntries(own.own), {
      b: true,
      n: 4.5,
      j: ["x"],
      broken: undefined,
      c: "plant",
      c2: "oven",
      secret: undefined,
      later: undefined,
      LINK: "plant",
      beside: 4.5,
    });
  });

  it("is put into fields at any depth, in the old writing too; what nobody names stays as it is", () => {
    const field = {
      a: [named("LINK"), { b: "$(SITE)" }],
      c: `to ${named("LINK")}`,
      d: named("NOBODY"),
      e: 7,
    };
    assert.deepEqual(filledIn(field, flow), {
      a: ["plant", { b: "leipzig" }],
      c: `to ${named("LINK")}`,
      d: named("NOBODY"),
      e: 7,
    });
  });

  it("ignores tables that are none", () => {
    assert.equal(environment(["x", null, [3, { value: 1 }, []]]).own.size, 0);
  });
});
