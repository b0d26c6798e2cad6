import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs, { mkdtempSync, rmSync, statSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeShared } from "../../runtime/core/private-file.ts";

const MODULE = fileURLToPath(new URL("../../runtime/core/private-file.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("a file for another user", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-shared-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const modeOf = (file: string) => statSync(file).mode & 0o777;

  it("has its mode whatever the umask, and is changed by no name that may lead elsewhere by then", () => {
    const chmod = fs.chmodSync;
    const changed: unknown[] = [];
    fs.chmodSync = (file) => void changed.push(file);
    syncBuiltinESMExports();
    const umask = process.umask(0o077);
    try {
      writeShared(join(folder, "new", "facts.json"), {}, 0o644);
      assert.equal(process.umask(), 0o077);
    } finally {
      process.umask(umask);
      fs.chmodSync = chmod;
      syncBuiltinESMExports();
    }
    assert.deepEqual(changed, []);
    assert.equal(modeOf(join(folder, "new", "facts.json")), 0o644);
    assert.equal(modeOf(join(folder, "new")), 0o700);
  });

  it("has its mode under Node's permission model too", () => {
    const file = join(folder, "facts.json");
    const program = `process.umask(0o077); (await import(${JSON.stringify(MODULE)})).writeShared(${JSON.stringify(file)}, {}, 0o640);`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        "--permission",
        `--allow-fs-read=${ROOT}`,
        `--allow-fs-read=${folder}`,
        `--allow-fs-write=${folder}`,
        "--input-type=module",
        "-e",
        program,
      ],
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
    assert.equal(modeOf(file), 0o640);
  });
});
