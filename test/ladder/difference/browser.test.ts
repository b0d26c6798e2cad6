import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { specifiersOf } from "../../../build/floors.ts";

const RUNTIME = fileURLToPath(new URL("../../../runtime", import.meta.url));

/** A module and all it imports, as paths below runtime/; packages by their names. */
function imported(start: string): Set<string> {
  const found = new Set([start]);
  for (const path of found) {
    if (!path.endsWith(".ts")) continue;
    const code = stripTypeScriptTypes(readFileSync(join(RUNTIME, path), "utf8"), { mode: "strip" });
    for (const specifier of specifiersOf(code)) {
      const isFile = specifier.startsWith(".");
      found.add(isFile ? relative(RUNTIME, join(RUNTIME, dirname(path), specifier)) : specifier);
    }
  }
  return found;
}

describe("difference in the browser", () => {
  it("imports nothing but what the build places there: core and ladder, no package, nothing of Node", () => {
    for (const entry of ["ladder/difference/flow-difference.ts", "ladder/difference/flow-text.ts"]) {
      const modules = imported(entry);
      assert.ok(modules.size > 10, entry);
      for (const module of modules) assert.match(module, /^(core|ladder)\/[\w/-]+\.ts$/);
    }
  });
});
