import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

describe("folders of tests", () => {
  it("are gone when the process that made them has ended", () => {
    const program = `import { newFolder } from ${JSON.stringify(import.meta.resolve("./opcua-test-server.ts"))};
      console.log(newFolder("fleeting-pki"), newFolder("fleeting-home"));`;
    const made = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    const folders = made.trim().split(" ");
    assert.equal(folders.length, 2);
    for (const folder of folders) {
      assert.match(folder, /rung-fleeting-(pki|home)-/);
      assert.equal(existsSync(folder), false, folder);
    }
  });
});
