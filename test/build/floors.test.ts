import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkFloors, floorOf, importsOf } from "../../build/floors.ts";

describe("the floor check", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "rung-floors-"));
    for (const folder of ["runtime", "nodes", "editor-plugins", "plant"]) mkdirSync(join(root, folder));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it("reads every kind of import and no comment", () => {
    const source = `import a from "./a.ts";
import type { B } from "./b.ts";
import { type C, d } from "../c.ts";
export { e } from "./e.ts";
import "./side.ts";
// import x from "./comment.ts"
const lazy = await import("./lazy.ts");
import fs from "node:fs";
export const use: B | C = [a, d, lazy, fs] as never;`;
    assert.deepEqual(importsOf(source).sort(), [
      "../c.ts",
      "./a.ts",
      "./b.ts",
      "./e.ts",
      "./lazy.ts",
      "./side.ts",
    ]);
  });

  it("knows the floor of a path", () => {
    assert.equal(floorOf(join("runtime", "core", "frame.ts")), "core");
    assert.equal(floorOf(join("nodes", "1-describe", "state", "state.ts")), "nodes");
    assert.equal(floorOf("settings.ts"), "settings");
  });

  it("lets imports go down", () => {
    write("runtime/core/a.ts", "export const a = 1;");
    write("runtime/describe/b.ts", 'import { a } from "../core/a.ts";\nexport const b = a;');
    write("nodes/x/x.ts", 'import { b } from "../../runtime/describe/b.ts";\nexport default b;');
    assert.deepEqual(checkFloors(root), []);
  });

  it("names an import that goes up, a type as well as a value", () => {
    write("runtime/core/a.ts", 'import type { B } from "../describe/b.ts";\nexport const a: B = 1;');
    write("runtime/describe/b.ts", "export type B = number;");
    assert.deepEqual(checkFloors(root), [
      `${join("runtime", "core", "a.ts")}: core may not import describe (${join("runtime", "describe", "b.ts")})`,
    ]);
  });

  it("keeps the plant on its own side of the wire", () => {
    write("runtime/core/a.ts", "export const a = 1;");
    write("plant/main.ts", 'import { a } from "../runtime/core/a.ts";\nexport const main = a;');
    write("nodes/x/x.ts", 'import { main } from "../../plant/main.ts";\nexport default main;');
    const offences = checkFloors(root);
    assert.equal(offences.length, 2);
    assert.ok(offences.some((offence) => offence.includes("nodes may not import plant")));
    assert.ok(offences.some((offence) => offence.includes("plant may not import core")));
  });

  it("names a circle", () => {
    write("runtime/core/a.ts", 'import { b } from "./b.ts";\nexport const a = () => b;');
    write("runtime/core/b.ts", 'import { a } from "./a.ts";\nexport const b = () => a;');
    const [offence, ...rest] = checkFloors(root);
    assert.match(offence ?? "", /a\.ts: imports itself through .*b\.ts -> .*a\.ts/);
    assert.equal(rest.length, 0);
  });

  it("refuses a folder that is no floor", () => {
    write("runtime/utils/a.ts", "export const a = 1;");
    assert.deepEqual(checkFloors(root), [
      `${join("runtime", "utils", "a.ts")}: utils is no floor of the house`,
    ]);
  });
});
