import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import settings from "../../settings.ts";

describe("Node-RED's settings", () => {
  it("leave out of the palette every package of nodes that only the tests need", () => {
    const workspace = JSON.parse(
      readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8"),
    ) as { devDependencies: Record<string, string> };
    const withNodes = Object.keys(workspace.devDependencies).filter((name) => {
      const file = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url));
      return existsSync(file) && "node-red" in JSON.parse(readFileSync(file, "utf8"));
    });
    assert.deepEqual(settings.nodesExcludes, withNodes);
  });
});
