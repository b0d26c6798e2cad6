import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installedRoles } from "../../runtime/host/package-roles.ts";

describe("roles of installed packages", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-roles-"));
    const put = (path: string, content: unknown) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
    };
    const roles = (name: string, type: string) => ({
      name,
      "node-red": {},
      rung: { roles: { [type]: "detect" } },
    });
    put("node_modules/node-red-contrib-a/package.json", roles("node-red-contrib-a", "a"));
    put("node_modules/@acme/node-red-b/package.json", roles("@acme/node-red-b", "b"));
    put("node_modules/broken/package.json", '{"rung": ');
    put("node_modules/plain/package.json", { name: "plain" });
    put("nodes/package.json", roles("own-nodes", "c"));
    put("site/flows/flow.json", []);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are found in every node_modules in and above a folder, and in the folder itself", async () => {
    const { roles, ignored } = await installedRoles([
      join(folder, "site/flows"),
      join(folder, "nodes"),
      "/nowhere/x",
    ]);
    assert.deepEqual(
      Object.entries(roles)
        .filter(([, { by }]) => /contrib-a|node-red-b|own-nodes/.test(by))
        .map(([type, { role, by }]) => `${type} ${role} ${by}`)
        .sort(),
      ["a detect node-red-contrib-a", "b detect @acme/node-red-b", "c detect own-nodes"],
    );
    assert.deepEqual(ignored, []);
  });
});
