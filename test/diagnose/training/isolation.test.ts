import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinModules, stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");
/** What a training is made of; its node has the host's services besides, as every node. */
const PARTS = [
  "runtime/diagnose/training/training-desk.ts",
  "runtime/diagnose/training/oven-incidents.ts",
  "runtime/diagnose/training/recorded-incident.ts",
  "runtime/describe/recording/retimed-recording.ts",
  "runtime/host/training-incidents.ts",
];
/** Ways to a plant: the actuator with its client, the broker, and the services, which hold the links' clocks and logins. */
const WAYS = [/^runtime\/act\//, /^runtime\/host\/(services|broker)/];
/** What opens a connection; and no package that does is among those that are let in. */
const NETWORK = new Set(["net", "tls", "http", "https", "http2", "dgram", "dns", "inspector", "cluster"]);
const FOREIGN = new Set(["csv-parse"]);

/** All modules that run once these are imported: files below the root, and names of others. */
function closure(entries: readonly string[]): { readonly files: Set<string>; readonly others: Set<string> } {
  const files = new Set<string>();
  const others = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const code = stripTypeScriptTypes(readFileSync(join(ROOT, file), "utf8"));
    for (const [, from] of code.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)/g,
    )) {
      if (from === undefined) continue;
      if (from.startsWith(".")) visit(relative(ROOT, join(ROOT, dirname(file), from)));
      else others.add(from.replace(/^node:/, "").split("/")[0]!);
    }
  };
  for (const entry of entries) visit(entry);
  return { files, others };
}

describe("what a training is made of", () => {
  const { files, others } = closure(PARTS);

  it("holds no way to a plant", () => {
    assert.ok(files.size > 20, `${files.size} modules were looked at`);
    assert.deepEqual(
      [...files].filter((file) => WAYS.some((way) => way.test(file))),
      [],
    );
    assert.deepEqual(
      [...others].filter((name) => NETWORK.has(name)),
      [],
    );
    assert.deepEqual(
      [...others].filter((name) => !builtinModules.includes(name) && !FOREIGN.has(name)),
      [],
    );
  });

  it("would be found out: the same look at a node that acts finds the ways", () => {
    const acting = closure(["nodes/5-act/actuate/actuate.ts"]);
    assert.ok([...acting.files].some((file) => WAYS[0]!.test(file)));
  });

  it("simulates its incidents by what opens no port and reads no login", () => {
    const plant = closure(["plant/run/incident.ts"]);
    assert.deepEqual([...plant.others], ["fs"]);
    assert.ok(![...plant.files].some((file) => /logins|opcua|mqtt|control-api/.test(file)));
  });
});
