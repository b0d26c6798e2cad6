import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BENCH = fileURLToPath(new URL("../../bench/quality/skab.ts", import.meta.url));

describe("the benchmark on SKAB", () => {
  it("without its data says what is missing and where it goes, and ends with status 2", () => {
    const folder = join(tmpdir(), "rung-no-skab-here", "valve1");
    const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, folder], { encoding: "utf8" });
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(
      stderr,
      `${folder}/: SKAB's valve1 files are not there (copy data/valve1 of https://github.com/waico/SKAB to that folder, ` +
        "or give the folder as the argument)\n",
    );
  });
});
