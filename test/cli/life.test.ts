import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/life.ts";
import { pumpFile, seedsFrom } from "../predict/life/worn-pumps.ts";
import { caughtOutput } from "./caught-output.ts";

const caught = (...args: string[]) => caughtOutput(() => run(args));

describe("rung life", function () {
  this.timeout(30_000);
  let folder: string;
  let model: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "rung-life-"));
    model = join(folder, "model.json");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("trains a model and says how good it is on units held out", async () => {
    const records = file("train.txt", pumpFile(seedsFrom(1, 30)));
    const options = ["--out", model, "--cap", "60", "--trees", "20", "--members", "1"];
    const { code, out } = await caught("train", records, ...options);
    assert.equal(code, 0);
    assert.match(
      out,
      /model\.json: 30 units of \d+ to \d+ cycles, \d+ rows\nlistens to vibration, temperature, pressure\n/,
    );
    assert.match(
      out,
      /up to 60 cycles ahead: RMSE [\d.]+ cycles, mean error [\d.]+ against [\d.]+ by age alone; the 90 % interval covers [\d.]+ %\n$/,
    );
    const json = await caught("train", records, ...options, "--json");
    assert.deepEqual(JSON.parse(json.out).signals, ["vibration", "temperature", "pressure"]);
  });

  it("writes what remains to each unit as CSV, prints it, and says more as JSON", async () => {
    const records = file(
      "test.txt",
      pumpFile(seedsFrom(500, 4), (rows) => rows >> 1),
    );
    const out = join(folder, "life.csv");
    assert.deepEqual(await caught("predict", model, records, "--out", out), {
      code: 0,
      out: `${out}: 4 units\n`,
      err: "",
    });
    const lines = readFileSync(out, "utf8").trim().split("\n");
    assert.equal(lines[0], "unit,rul,low,high");
    assert.equal(lines.length, 5);
    for (const line of lines.slice(1)) {
      const [unit, rul, low, high] = line.split(",").map(Number);
      assert.ok(unit! >= 500 && low! <= rul! && rul! <= high! && low! >= 0 && rul! <= 60, line);
    }
    assert.equal((await caught("predict", model, records)).out, readFileSync(out, "utf8"));
    const [first] = JSON.parse((await caught("predict", model, records, "--json")).out);
    assert.deepEqual([first.unit, first.drivers.length, first.similar.length], [500, 3, 5]);
  });

  for (const [what, args, wanted] of [
    ["no verb", () => [], /rung life: expected train, predict, got nothing/],
    ["no records", () => ["train"], /expected one file of records/],
    ["no place for the model", () => ["train", "x"], /expected --out/],
    [
      "a cap that is no number",
      () => ["train", "x", "--out", "y", "--cap", "long"],
      /--cap must be a whole number, got long/,
    ],
    [
      "trees that are none",
      () => ["train", join(folder, "train.txt"), "--out", "y", "--trees", "0"],
      /option trees: must be a whole number/,
    ],
    ["a file that is not there", () => ["train", "/nowhere", "--out", "y"], /\/nowhere: ENOENT/],
    [
      "a place that cannot be written",
      () => ["predict", model, join(folder, "test.txt"), "--out", "/nowhere/a.csv"],
      /\/nowhere\/a\.csv: ENOENT/,
    ],
    [
      "too few units",
      () => ["train", file("few.txt", pumpFile([1, 2])), "--out", "y"],
      /has 2 units .* needed are 10/,
    ],
    [
      "a constant fleet",
      () => [
        "train",
        file(
          "flat.txt",
          `unit cycle a\n${seedsFrom(1, 12)
            .map((u) => `${u} 1 5\n${u} 2 5\n`)
            .join("")}`,
        ),
        "--out",
        "y",
      ],
      /none of 1 signals changes/,
    ],
    [
      "a broken line",
      () => ["predict", model, file("bad.txt", "1 1 2 3\n")],
      /bad\.txt, line 1: has 4 columns, expected 26/,
    ],
    [
      "other signals",
      () => ["predict", model, file("other.txt", "unit cycle a\n1 1 1\n")],
      /lacks vibration, temperature, pressure/,
    ],
    [
      "what is no model",
      () => ["predict", file("no.json", "{}"), join(folder, "test.txt")],
      /no\.json: holds no model of remaining life/,
    ],
  ] as const)
    it(`refuses ${what} with exit 2`, async () => {
      const { code, err } = await caught(...args());
      assert.equal(code, 2);
      assert.match(err, wanted);
    });
});
