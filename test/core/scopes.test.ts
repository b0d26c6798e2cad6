import assert from "node:assert/strict";
import {
  areScopes,
  EVERYWHERE,
  isEverywhere,
  mayTouch,
  scopesFrom,
  scopesText,
} from "../../runtime/core/scopes.ts";

describe("scopes", () => {
  const painter = { scopes: ["acme/leipzig/paint"] };

  it("hold what lies at or below them, by whole segments", () => {
    const held = ["acme/leipzig/paint", "acme/leipzig/paint/oven1", "acme/leipzig/paint/oven1/zone3/air"];
    const others = [
      "acme",
      "acme/leipzig",
      "acme/leipzig/paint2",
      "acme/leipzig/body/robot1",
      "x/acme/leipzig/paint",
    ];
    for (const address of held) assert.equal(mayTouch(painter, address), true, address);
    for (const address of others) assert.equal(mayTouch(painter, address), false, address);
  });

  it("hold the training twins of what they hold, and no others", () => {
    assert.equal(mayTouch(painter, "training/acme/leipzig/paint/oven1"), true);
    for (const address of [
      "training",
      "training/acme/leipzig/body/robot1",
      "training/training/acme/leipzig/paint",
    ])
      assert.equal(mayTouch(painter, address), false, address);
    assert.equal(mayTouch({ scopes: ["training"] }, "training/acme/leipzig/body/robot1"), true);
    assert.equal(mayTouch({ scopes: ["training"] }, "acme/leipzig/body/robot1"), false);
  });

  it("hold nothing that is no address, unless they hold everything", () => {
    const tricks = [
      "",
      "acme/leipzig/paint/../body",
      "acme/leipzig/paint/",
      "acme/leipzig/paint//x",
      "acme/leipzig/paint/\u0000",
    ];
    for (const trick of tricks) {
      assert.equal(mayTouch(painter, trick), false, JSON.stringify(trick));
      assert.equal(mayTouch({ scopes: EVERYWHERE }, trick), true);
    }
    assert.equal(mayTouch({ scopes: [] }, "acme"), false);
    assert.equal(isEverywhere({ scopes: [] }), false);
  });

  it("are kept once each, the wider instead of the narrower", () => {
    const words = [
      "acme/leipzig/paint/oven1",
      "acme/leipzig/body",
      "acme/leipzig/paint",
      "acme/leipzig/body",
    ];
    assert.deepEqual(scopesFrom(words), ["acme/leipzig/body", "acme/leipzig/paint"]);
    assert.equal(scopesText({ scopes: scopesFrom(words) }), "acme/leipzig/body, acme/leipzig/paint");
    assert.equal(scopesText({ scopes: EVERYWHERE }), "everything");
  });

  it("refuse what would hold everything by mistake", () => {
    for (const words of [[], [""], ["/"], ["acme/"], ["acme", ""]])
      assert.throws(() => scopesFrom(words), { code: "bad-scope" }, JSON.stringify(words));
    for (const thing of [undefined, null, "", "acme", [1], ["acme//x"], [["acme"]], { 0: "acme" }])
      assert.equal(areScopes(thing), false, JSON.stringify(thing));
    for (const thing of [[], [""], ["acme/leipzig"]]) assert.equal(areScopes(thing), true);
  });
});
