import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  type BillOfMaterials,
  billOfMaterials,
  type LockFile,
  type OwnFile,
} from "../../build/bill-of-materials.ts";

const WASM: OwnFile = {
  type: "file",
  name: "solvers.wasm",
  version: "0.1.0",
  license: "Apache-2.0",
  sha256: "ab".repeat(32),
};

describe("the bill of materials", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
  const bill: BillOfMaterials = billOfMaterials(lock, [WASM], () => undefined);
  const byRef = new Map(bill.components.map((component) => [component["bom-ref"], component]));

  it("is CycloneDX 1.6, the same bytes for the same lock file", () => {
    assert.deepEqual([bill.bomFormat, bill.specVersion, bill.version], ["CycloneDX", "1.6", 1]);
    const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    assert.match(bill.serialNumber, uuid);
    assert.equal(JSON.stringify(billOfMaterials(lock, [WASM], () => undefined)), JSON.stringify(bill));
    const other = billOfMaterials(lock, [{ ...WASM, sha256: "cd".repeat(32) }], () => undefined);
    assert.notEqual(other.serialNumber, bill.serialNumber);
  });

  it("holds every package of the lock file once, by its own name, with version, hash and licence", () => {
    const wanted = new Map<string, string | undefined>();
    for (const [path, locked] of Object.entries(lock.packages)) {
      if (path === "" || locked.link) continue;
      const isOwn = !path.includes("node_modules/");
      const name = locked.name ?? path.slice(path.lastIndexOf("node_modules/") + 13);
      const ref = isOwn ? path : `pkg:npm/${name.replace("@", "%40")}@${locked.version}`;
      wanted.set(ref, wanted.get(ref) ?? locked.integrity);
      const component = byRef.get(ref);
      assert.equal(component?.version, locked.version, path);
      assert.equal(component?.purl, isOwn ? undefined : ref);
      if (locked.license !== undefined) assert.equal(component?.licenses?.length, 1, path);
    }
    assert.deepEqual(new Set(byRef.keys()), new Set([...wanted.keys(), "own:solvers.wasm"]));
    assert.equal(byRef.size, bill.components.length);
    for (const [ref, integrity] of wanted) {
      const hash = byRef.get(ref)!.hashes?.[0];
      const told = hash && `sha512-${Buffer.from(hash.content, "hex").toString("base64")}`;
      // One that another package brings inside itself has no hash of its own.
      assert.equal(told, integrity, ref);
    }
  });

  it("says what runs and what only builds and tests", () => {
    const scope = (name: string) =>
      bill.components.find(
        (one) => one.name === name && one.version === lock.packages[`node_modules/${name}`]?.version,
      )?.scope;
    assert.deepEqual(
      [scope("node-red"), scope("node-opcua"), scope("mocha"), scope("vite")],
      ["required", "required", "excluded", "excluded"],
    );
  });

  it("tells what depends on what, and names nothing that it does not hold", () => {
    for (const { ref, dependsOn } of bill.dependencies) {
      assert.ok(ref === "rung" || byRef.has(ref), ref);
      for (const needed of dependsOn) assert.ok(byRef.has(needed), `${ref} needs ${needed}`);
    }
    const direct = bill.dependencies.find(({ ref }) => ref === "rung")!.dependsOn;
    const root = lock.packages[""]!;
    for (const [name, version] of Object.entries(root.dependencies ?? {})) {
      const wanted = version.startsWith("file:")
        ? version.slice(5)
        : `pkg:npm/${name.replace("@", "%40")}@${version}`;
      assert.ok(direct.includes(wanted), wanted);
    }
    assert.ok(direct.includes("own:solvers.wasm"));
  });

  it("holds what we compile ourselves, by its hash", () => {
    assert.deepEqual(byRef.get("own:solvers.wasm")?.hashes, [{ alg: "SHA-256", content: WASM.sha256 }]);
  });
});
