import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/cause.ts";
import { run as detect } from "../../runtime/cli/detect.ts";
import { Random } from "../../runtime/core/random.ts";
import type { CauseMessage } from "../../runtime/diagnose/cause/cause.ts";
import { caughtOutput } from "./caught-output.ts";

const COLUMNS = ["zone1/air", "zone2/air", "zone2/burner"];
const START_S = Date.UTC(2026, 0, 12) / 1000;

/** 600 rows of 10 s; from row 500 on zone 1 rises, and zone 2 with its burner 5 rows later. */
function table(timeOf: (r: number) => string, fault = true): string {
  const random = new Random(7);
  const lines = [`time,${COLUMNS.join(",")}`];
  for (let r = 0; r < 600; r++) {
    const at = [fault && r >= 500 ? 8 : 0, fault && r >= 505 ? 6 : 0, fault && r >= 505 ? -7 : 0];
    lines.push([timeOf(r), ...at.map((by) => (100 + by + random.normal()).toFixed(3))].join(","));
  }
  return `${lines.join("\n")}\n`;
}
const seconds = (r: number): string => String(START_S + 10 * r);

describe("rung cause", () => {
  let folder: string;
  let csv: string;
  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const asked = (file: string, ...more: string[]): string[] => [
    file,
    "--time",
    "time",
    "--value",
    ...COLUMNS,
    ...more,
  ];
  const answer = async (...args: string[]): Promise<CauseMessage> => {
    const { code, out, err } = await caughtOutput(() => run([...args, "--json"]));
    assert.equal(code, 0, out + err);
    return JSON.parse(out);
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-cause-"));
    csv = put("in.csv", table(seconds));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("finds the alarm and where it comes from, with seconds and with dates", async () => {
    const { causes, onsetUs } = await answer(...asked(csv));
    assert.equal(causes[0]!.id, "zone1/air");
    assert.ok(Math.abs(onsetUs / 1e6 - START_S - 5000) <= 20);
    const dates = (r: number): string =>
      new Date(1000 * Number(seconds(r))).toISOString().slice(0, 19).replace("T", " ");
    const dated = await answer(...asked(put("dates.csv", table(dates))));
    assert.deepEqual(
      dated.causes.map(({ id }) => id),
      causes.map(({ id }) => id),
    );
    assert.equal(dated.onsetUs, onsetUs);
  });

  it("prints causes with their evidence, and says where there is no alarm", async () => {
    const { out } = await caughtOutput(() => run(asked(csv, "--at", "515")));
    assert.match(
      out,
      /^Likely cause: Zone1\/air rose first\n1\. Zone1\/air rose first · \d+ %\n {3}Zone1\/air carries/,
    );
    const quiet = await caughtOutput(() => run(asked(put("quiet.csv", table(seconds, false)))));
    assert.deepEqual([quiet.code, quiet.out], [1, "no alarm: nothing to find the cause of\n"]);
  });

  it("weighs changes and confirmed cases, and keeps what is confirmed in a private file", async () => {
    const changes = put(
      "changes.json",
      JSON.stringify([
        { kind: "setpoint", address: "zone1", timeUs: (START_S + 4990) * 1e6, what: "zone 1 set 8 K hotter" },
      ]),
    );
    const changed = await answer(...asked(csv, "--changes", changes));
    assert.equal(changed.causes[0]!.title, "zone 1 set 8 K hotter");
    const cases = join(folder, "cases.json");
    for (let i = 0; i < 4; i++)
      await answer(...asked(csv, "--cases", cases, "--confirm", "thermocouple slipped"));
    assert.equal(statSync(cases).mode & 0o777, 0o600);
    assert.equal(JSON.parse(readFileSync(cases, "utf8")).cases.length, 4);
    const learned = await answer(...asked(csv, "--cases", cases));
    assert.equal(learned.causes[0]!.id, "thermocouple slipped");
    assert.ok(Math.abs(learned.confidence - 4 / 7) < 0.01);
  });

  it("ends with status 2 and one line that says what is wrong", async () => {
    const shuffled = put(
      "shuffled.csv",
      table((r) => seconds(r === 300 ? 10 : r)),
    );
    const words = put(
      "words.csv",
      table((r) => (r === 4 ? "soon" : seconds(r))),
    );
    const cases: [string[], RegExp][] = [
      [asked(csv).slice(1), /expected one csv file, got 0/],
      [asked(shuffled), /row 301 does not lie after row 300 in time/],
      [asked(words), /"soon" in row 5 is no time/],
      [asked(csv, "--train", "5"), /--train must be a whole number of at least 100, got 5/],
      [asked(csv, "--train", "700"), /has 600 rows, --train asks for 700/],
      [asked(csv, "--at", "9000"), /--at 9000 lies behind the last row, 600/],
      [asked(csv, "--feeds", "zone1 > zone7"), /"zone7" is no place/],
      [asked(csv, "--feeds", "zone1"), /names no two places/],
      [asked(csv, "--confirm", "x"), /--confirm needs --cases/],
      [asked(csv, "--changes", csv), /in\.csv: .*JSON/],
      [asked(csv, "--changes", put("c.json", '[{"kind": "rain"}]')), /c\.json, change 1: kind is "rain"/],
      [asked(csv, "--changes", put("d.json", "{}")), /holds no list of changes/],
      [asked(csv, "--cases", put("e.json", "[]")), /are not as they are kept/],
      [asked(csv, "--unknown"), /--unknown/],
    ];
    for (const [args, says] of cases) {
      const { code, err } = await caughtOutput(() => run(args));
      assert.equal(code, 2, args.join(" "));
      assert.match(err, says);
      assert.equal(err.trim().split("\n").length, 1, err);
    }
    const { code, out } = await caughtOutput(() => run(asked(shuffled, "--json")));
    assert.deepEqual([code, JSON.parse(out).errors[0].code], [2, "unordered-time"]);
  });

  it("rung detect judges rows by a plane or by normal patterns where asked", async () => {
    for (const method of ["pca", "knn"]) {
      const out = join(folder, `${method}.csv`);
      const told = await caughtOutput(() => detect(asked(csv, "--method", method, "--out", out, "--json")));
      assert.equal(told.code, 0, told.out);
      const summary = JSON.parse(told.out);
      assert.deepEqual([summary.method, summary.episodes, summary.heldOut], [method, 1, undefined]);
      const lines = readFileSync(out, "utf8").trim().split("\n").slice(1);
      const first = lines.findIndex((line) => line.split(",")[2] === "1");
      assert.ok(first >= 500 && first <= 505, `${method}: ${first}`);
      assert.match(lines[first]!, /"(The signals|The row is unlike).*zone1\/air \d+ %/);
    }
    const gaps = table(seconds).split("\n");
    gaps[100] = `${seconds(99)},,,`;
    const out = join(folder, "gaps-out.csv");
    await caughtOutput(() =>
      detect(asked(put("gaps.csv", gaps.join("\n")), "--method", "pca", "--out", out)),
    );
    assert.match(readFileSync(out, "utf8").split("\n")[100]!, /^\d+,,0,$/);
    const followed = await caughtOutput(() =>
      detect(asked(csv, "--method", "pca", "--adapt", "--out", out, "--json")),
    );
    assert.deepEqual(JSON.parse(followed.out).drifted, []);
    const misplaced = await caughtOutput(() =>
      detect(asked(csv, "--method", "knn", "--adapt", "--out", out)),
    );
    assert.match(misplaced.err, /--adapt goes with --method pca alone, got knn/);
    const narrow = await caughtOutput(() =>
      detect(asked(csv, "--method", "pca", "--explained", "200", "--out", out)),
    );
    assert.match(narrow.err, /explained must be in 1 to 100, got "200"/);
    const wide = await caughtOutput(() =>
      detect(asked(csv, "--method", "knn", "--neighbours", "9", "--width", "3", "--out", out, "--json")),
    );
    assert.equal(JSON.parse(wide.out).episodes, 1);
    const wrong = await caughtOutput(() => detect(asked(csv, "--method", "magic", "--out", out)));
    assert.match(wrong.err, /--method must be one of auto, single, together, pca, knn, got magic/);
  });
});
