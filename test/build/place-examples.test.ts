import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { storyOf } from "../../build/place-examples.ts";
import { examples, root } from "../examples/example-files.ts";

describe("the examples in the pack", () => {
  it("are all that there are and nothing else, each named with its story", () => {
    const placed = readdirSync(join(root, "dist/examples"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.includes("/"))
      .map((path) => path.split(" - ")[0]!);
    assert.deepEqual(
      placed.sort(),
      examples()
        .map(({ name }) => name)
        .sort(),
    );
    for (const { name, nodes } of examples()) {
      const story = storyOf(String(nodes.find(({ type }) => type === "tab")!.info));
      assert.match(story, /^\p{Lu}[^\n]{14,87}$/u, name);
    }
  });

  const STORIES: Readonly<Record<string, string>> = {
    "Keeps the newest sample. Its second output is plain.": "Keeps the newest sample",
    "240 steps of 0.5 s on a panel.\n\nYou will see: a field": "240 steps of 0.5 s on a panel",
    "Asks: what if the conveyor stopped? Nothing here can reach the plant.":
      "Asks: what if the conveyor stopped",
    "Plays a.csv (simulated. Two hours.), with its map": "Plays a.csv, with its map",
    "": "",
  };
  for (const [info, story] of Object.entries(STORIES))
    it(`tell "${story}" of "${info.slice(0, 30)}"`, () => assert.equal(storyOf(info), story));

  it("end a long story at a comma, or where there is none at a word", () => {
    const long = "word ".repeat(30);
    assert.equal(storyOf(`${long.slice(0, 60).trim()}, ${long}`), long.slice(0, 60).trim());
    assert.equal(storyOf(long), long.slice(0, 84));
  });
});
