import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../runtime/cli/rung.ts";
import { isWhole, type Passport } from "../../runtime/ladder/passport/passport.ts";
import { OVEN } from "../ladder/draw.ts";
import { LOOP } from "../ladder/passport-fixture.ts";
import { caughtOutput } from "./caught-output.ts";

describe("rung passport", () => {
  let folder: string;
  let flow: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-passport-"));
    flow = file("loop.json", LOOP);
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };

  const passport = (...args: string[]) => caughtOutput(() => main(["passport", ...args]));

  it("of flow files says class and wired rung, and that nothing was measured", async () => {
    const { code, out } = await passport("oven 1", "--flows", flow);
    assert.equal(code, 0);
    const lines = out.split("\n");
    assert.equal(lines[0], `oven 1  ${OVEN}`);
    assert.equal(lines[1], "  5 autonomous   not measured          read off flow files, nothing runs");
    for (const line of [
      "class      twin, virtual",
      "held       not known: read off flow files, nothing runs",
      "wired      5",
      "access     not known: read off flow files, nothing runs",
      "last fall  not known: read off flow files, nothing runs",
    ])
      assert.ok(lines.includes(line), line);
  });

  it("as JSON is whole by its own hash, and a changed one is not", async () => {
    const { code, out } = await passport(OVEN, "--flows", flow, "--json");
    assert.equal(code, 0);
    const read = JSON.parse(out) as Passport;
    assert.ok(isWhole(read));
    const kept = file("kept.json", out);
    assert.deepEqual(await passport("--verify", kept), {
      code: 0,
      out: `whole: the passport of ${OVEN} is as it was issued, ${read.hash}\n`,
      err: "",
    });
    const forged = file("forged.json", { ...read, held: 5 });
    const { code: no, out: said } = await passport("--verify", forged, "--json");
    assert.equal(no, 1);
    assert.deepEqual(JSON.parse(said), { whole: false, twin: OVEN, hash: read.hash });
  });

  it("prints the page", async () => {
    const { code, out } = await passport(OVEN, "--flows", flow, "--html");
    assert.equal(code, 0);
    assert.match(out, /^<!doctype html>.*<h1>oven 1<\/h1>.*<\/html>\n$/s);
  });

  it("ends with 1 for a twin the flow does not have, and names those it has", async () => {
    assert.deepEqual(await passport("acme/none", "--flows", flow), {
      code: 1,
      out: "",
      err: `acme/none: is no twin of the flow (known are ${OVEN})\n`,
    });
    const { code, out } = await passport("acme/none", "--flows", flow, "--json");
    assert.deepEqual([code, JSON.parse(out).errors[0].code], [1, "unknown-twin"]);
  });

  const WRONG: Record<string, [args: () => string[], said: RegExp]> = {
    "no twin": [() => [], /names no twin/],
    "a flow that is not there": [() => [OVEN, "--flows", "nowhere.json"], /nowhere\.json: does not exist/],
    "a torn flow": [() => [OVEN, "--flows", file("torn.json", "[{")], /torn\.json: /],
    "a home where nothing runs": [() => [OVEN, "--home", folder], /no Rung runs with this home/],
    "two shapes": [() => [OVEN, "--flows", flow, "--json", "--html"], /exclude each other/],
    "a file that is no passport": [() => ["--verify", flow], /is no passport of version 1/],
    "a file that is nearly one": [
      () => ["--verify", file("nearly.json", { kind: "rung-passport", version: 1 })],
      /is no passport of version 1/,
    ],
    "an option nobody knows": [() => [OVEN, "--loud"], /--loud/],
  };
  for (const [what, [args, said]] of Object.entries(WRONG)) {
    it(`ends with 2 for ${what}`, async () => {
      const { code, out, err } = await passport(...args());
      assert.equal(code, 2);
      assert.match(out + err, said);
    });
  }
});
