import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nabScore, normalised } from "../../bench/quality/nab-score.ts";
import { readNab } from "../../bench/quality/nab-series.ts";

const FOLDER = fileURLToPath(new URL("../../../shared/data/anomaly/nab/", import.meta.url));
const DETECTORS = ["numenta", "contextOSE", "windowedGaussian"];

const rows = (length: number, ...at: number[]): boolean[] =>
  Array.from({ length }, (_, row) => at.includes(row));

describe("the score of the Numenta Anomaly Benchmark", () => {
  const windows = [{ from: 400, to: 499 }];

  it("gives 1 to a detection in a window's first row, little in its last, -1 to none", () => {
    assert.ok(Math.abs(nabScore(rows(1000, 400), windows).score - 1) < 1e-12);
    const last = nabScore(rows(1000, 499), windows).score;
    assert.ok(last > 0 && last < 0.03, String(last));
    assert.equal(nabScore(rows(1000), windows).score, -1);
    assert.equal(nabScore(rows(1000, 450, 460), windows).score, nabScore(rows(1000, 450), windows).score);
  });

  it("counts nothing in the probation, 0.11 far from a window, less shortly behind one", () => {
    assert.equal(nabScore(rows(1000, 149), windows).score, -1);
    assert.equal(nabScore(rows(1000, 150), windows).score, -1.11);
    const shortly = nabScore(rows(1000, 501), windows);
    assert.ok(shortly.score > -1.02 && shortly.score < -1, String(shortly.score));
    assert.equal(shortly.falseAlarms, 1);
  });

  it("is 0 for silence and 100 for the first row of every window", () => {
    assert.equal(normalised([nabScore(rows(1000), windows)]), 0);
    assert.ok(Math.abs(normalised([nabScore(rows(1000, 400), windows)]) - 100) < 1e-9);
  });

  describe("on the results that were published", () => {
    let results: string;
    before(function () {
      if (!existsSync(join(FOLDER, "results.tar.gz"))) {
        console.log(`      skipped: ${FOLDER} is not there`);
        this.skip();
      }
      results = mkdtempSync(join(tmpdir(), "rung-nab-"));
      execFileSync("tar", ["xzf", join(FOLDER, "results.tar.gz"), "-C", results]);
    });
    after(() => results !== undefined && rmSync(results, { recursive: true, force: true }));

    for (const detector of DETECTORS) {
      it(`gives ${detector}'s published score of every file`, () => {
        const scores = published(detector);
        const all = readNab(FOLDER)!;
        assert.equal(scores.size, all.length);
        for (const { file, windows: labelled } of all) {
          const stored = join(results, "results", detector, file.replace("/", `/${detector}_`));
          const { threshold, score, falseRows } = scores.get(file)!;
          const lines = readFileSync(stored, "utf8").trim().split(/\r?\n/).slice(1);
          const detected = lines.map((line) => Number(line.split(",")[2]) >= threshold);
          const mine = nabScore(detected, labelled);
          assert.ok(Math.abs(mine.score - score) < 1e-9, `${file}: ${mine.score}, published ${score}`);
          assert.equal(mine.falseAlarms, falseRows, file);
        }
      });
    }
  });
});

/** File, threshold, score and rows of false alarms, as NAB stored them for the standard profile. */
function published(detector: string) {
  const [, ...lines] = readFileSync(join(FOLDER, `scores-${detector}.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const [, , file, threshold, score, , , falseRows] = line.split(",");
      return [file!, { threshold: Number(threshold), score: Number(score), falseRows: Number(falseRows) }];
    }),
  );
}
