import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (path: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8"));

describe("the publishable pack", () => {
  it("names what it imports, in the workspace's versions, and Node-RED as a peer", () => {
    const pack = read("dist/package.json");
    const workspace = read("package.json");
    for (const [name, version] of Object.entries(pack.dependencies))
      assert.equal(version, workspace.dependencies[name], name);
    for (const name of ["@duckdb/node-api", "node-opcua", "mqtt", "ml-matrix"])
      assert.ok(name in pack.dependencies, name);
    assert.deepEqual(pack.peerDependencies, { "node-red": ">=5.0.0" });
    assert.ok(!("node-red" in pack.dependencies));
    assert.deepEqual(
      Object.keys(pack.dependencies).filter((name) => name in workspace.devDependencies),
      [],
    );
  });
});
