import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const page = readFileSync(root("docs/security.md"), "utf8");

/** How many system requirements each of the seven foundational requirements of IEC 62443-3-3 has. */
const REQUIREMENTS = [13, 12, 9, 3, 4, 2, 8];

const rows = page
  .split("\n")
  .map((line) => /^\| (\d\.\d+) ([^|]+)\| (\w+) \| ?([^|]*)\| ?([^|]*)\|$/.exec(line))
  .filter((row) => row !== null)
  .map(([, sr, name, state, how, tests]) => ({
    sr: sr!,
    name: name!.trim(),
    state: state!,
    how: how!.trim(),
    tests: tests!.split(",").flatMap((test) => (test.trim() === "" ? [] : [test.trim()])),
  }));

describe("docs/security.md", () => {
  it("has a row for each system requirement of IEC 62443-3-3, in order", () => {
    const wanted = REQUIREMENTS.flatMap((count, i) =>
      Array.from({ length: count }, (_, j) => `${i + 1}.${j + 1}`),
    );
    assert.deepEqual(
      rows.map(({ sr }) => sr),
      wanted,
    );
  });

  it("says of each whether it is met, and how where it is", () => {
    for (const { sr, name, state, how } of rows) {
      assert.ok(["met", "partly", "not", "site"].includes(state), `${sr}: ${state}`);
      assert.ok(name !== "", sr);
      if (state === "met" || state === "partly") assert.ok(how !== "", `${sr} does not say how`);
    }
  });

  it("names tests that exist, and one for whatever is met", () => {
    for (const { sr, state, how, tests } of rows) {
      for (const test of tests) assert.ok(existsSync(root(test)), `${sr}: ${test} is not there`);
      if (state === "met" && how !== "there is none")
        assert.ok(tests.length > 0, `${sr} is met, and no test shows it`);
    }
  });

  it("leads to pages that exist", () => {
    for (const [, path] of page.matchAll(/\]\(([^)#]+)\)/g))
      assert.ok(existsSync(new URL(path!, new URL("../../docs/", import.meta.url))), path);
  });

  it("claims no certificate", () => {
    assert.match(page, /designed against IEC 62443-3-3/);
    for (const [sentence] of page.matchAll(/[^.]*\bcertified\b[^.]*/gi))
      assert.match(sentence, /not certified/);
  });
});
