import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/forecast.ts";
import { Random } from "../../runtime/core/random.ts";
import { linearModel } from "../predict/forecast/onnx-bytes.ts";
import { caughtOutput } from "./caught-output.ts";

const ROWS = 600;
const random = new Random(9);
/** Hours of a load that follows the day, and a schedule that is known ahead and doubles it. */
const LINES = Array.from({ length: ROWS }, (_, i) => {
  const time = new Date(Date.UTC(2026, 0, 5, i)).toISOString().slice(0, 19);
  const plan = random.uniform() < 0.3 ? 1 : 0;
  const load = 100 + 30 * Math.sin((2 * Math.PI * i) / 24) + 40 * plan + 2 * random.normal();
  return [time, load.toFixed(2), String(plan), (load / 2).toFixed(2)];
});

describe("rung forecast", function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-forecast-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const fileOf = (lines: readonly (readonly string[])[], head = "time,load,plan,half"): string => {
    const file = join(folder, "table.csv");
    writeFileSync(file, `${[head, ...lines.map((line) => line.join(","))].join("\n")}\n`);
    return file;
  };
  const COLUMNS = ["--time", "time", "--value", "load", "--method", "autoregressive"];
  const ask = (file: string, ...args: string[]) => caughtOutput(() => run([file, ...COLUMNS, ...args]));

  it("scores itself against the naive forecasts and forecasts what comes", async () => {
    const out = join(folder, "ahead.csv");
    const answer = await ask(fileOf(LINES), "--horizon", "6", "--unit", "kW", "--out", out);
    assert.equal(answer.code, 0, answer.err);
    assert.match(
      answer.out,
      /load: 600 steps of 3600 s, the first 360 to learn from; 6 ahead by autoregression/,
    );
    assert.match(answer.out, /\nthis forecast +\d+\.?\d*\nlast value +\d/);
    assert.match(answer.out, /\nsame as 24 steps before +\d/);
    assert.match(answer.out, /\n90 % interval: covers [89]\d\.\d % \(.*\), \d+\.?\d* kW wide; pinball \d/);
    assert.match(answer.out, /\n2026-01-30T00:00:00Z +\d/);
    const [head, first, ...rest] = readFileSync(out, "utf8").trim().split("\n");
    assert.equal(head, "time,mean,low90,low50,high50,high90");
    assert.match(first!, /^2026-01-30T00:00:00Z,\d/);
    assert.equal(rest.length, 5);
  });

  it("reads what is known ahead, from rows that go on without values", async () => {
    const known = LINES.map(([time, load, plan, half], i) => [
      time!,
      i < ROWS - 6 ? load! : "",
      plan!,
      half!,
    ]);
    const horizon = ["--horizon", "6", "--json"];
    const without = JSON.parse((await ask(fileOf(known), ...horizon)).out);
    const { forecast, scores, steps, remarks } = JSON.parse(
      (await ask(fileOf(known), ...horizon, "--known", "plan")).out,
    );
    assert.equal(steps, ROWS - 6);
    assert.ok(scores.mae < 0.4 * without.scores.mae, `${scores.mae} with, ${without.scores.mae} without`);
    assert.deepEqual(remarks, []);
    for (let k = 0; k < 6; k++) assert.ok(Math.abs(forecast.mean[k] - Number(LINES[ROWS - 6 + k]![1])) < 15);
    const cut = await ask(fileOf(known.slice(0, -2)), ...horizon, "--known", "plan");
    assert.deepEqual(JSON.parse(cut.out).remarks, [
      "plan is known for 4 of the 6 steps after the last value",
      "the forecast is less than it could be: an exogenous input is missing (plan is known for 4 of 6 steps ahead); a model without them was asked",
    ]);
  });

  it("counts gaps, says where nothing is to be gained, and ends with 1 there", async () => {
    const gaps = LINES.filter((_, i) => i % 40 !== 7).map(([time, load, ...more], i) => [
      time!,
      i % 50 === 3 ? "NaN" : load!,
      ...more,
    ]);
    const { remarks } = JSON.parse((await ask(fileOf(gaps), "--horizon", "6", "--json")).out);
    assert.deepEqual(remarks, ["27 of 600 steps have no value"]);
    const flat = LINES.map(([time, , ...more]) => [time!, "7", ...more]);
    const answer = await ask(fileOf(flat), "--horizon", "6");
    assert.equal(answer.code, 1);
    assert.match(
      answer.out,
      /\nthe value never moves: the last one forecasts it, and there is nothing to gain\n/,
    );
    assert.doesNotMatch(answer.out, /NaN|undefined|Infinity/);
  });

  it("asks a model of the user's", async () => {
    const file = join(folder, "last.onnx");
    writeFileSync(file, linearModel([[1]], { "rung.unit": "kW" }));
    const COMMON = ["--time", "time", "--value", "load", "--horizon", "1", "--model", file, "--json"];
    const answer = await caughtOutput(() => run([fileOf(LINES), ...COMMON, "--unit", "kW"]));
    const { model, scores, forecast } = JSON.parse(answer.out);
    assert.equal(answer.code, 1, "the last value does not beat the last value");
    assert.equal(model, file);
    assert.ok(Math.abs(scores.mae - scores.naive[0].mae) < 1e-4);
    assert.ok(Math.abs(forecast.mean[0] - Number(LINES.at(-1)![1])) < 1e-4);
    const wrong = await caughtOutput(() => run([fileOf(LINES), ...COMMON, "--unit", "MW"]));
    assert.equal(wrong.code, 2);
    assert.equal(JSON.parse(wrong.out).errors[0].code, "unit-mismatch");
  });

  it("says what is wrong with the table, where, and what to do", async () => {
    const changed = (row: number, column: number, cell: string) =>
      fileOf(
        LINES.map((line, i) => (i === row ? line.map((each, c) => (c === column ? cell : each)) : line)),
      );
    for (const [file, message] of [
      [
        () => changed(50, 1, "12.3 kW"),
        /table\.csv, line 52: load: "12\.3 kW" is no finite number \(write numbers alone.*one unit/,
      ],
      [() => changed(50, 1, "Infinity"), /line 52: load: "Infinity" is no finite number/],
      [() => changed(50, 0, "noon"), /line 52: "noon" is no time/],
      [() => changed(50, 0, LINES[49]![0]!), /line 52: has the time of the row before \(sort the rows/],
      [() => changed(50, 0, LINES[3]![0]!), /line 52: is earlier than the row before/],
      [() => changed(50, 0, "2026-01-07T02:10:00"), /line 52: stands between two steps of 3600 s/],
      [() => fileOf(LINES.slice(0, 1)), /has 1 rows/],
      [() => fileOf(LINES.slice(0, 50)), /needs 144 steps of history, got 30/],
      [() => fileOf([]), /has 0 rows/],
      [() => fileOf(LINES.map(([time]) => [time!, "", "", ""])), /column "load" holds no value/],
      [() => fileOf(LINES, "time,price,plan,half"), /has no column "load" \(it has "time", "price"/],
      [() => join(folder, "none.csv"), /none\.csv: ENOENT/],
    ] as const) {
      const { code, err } = await ask(file());
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
  });

  it("says what is wrong with the options", async () => {
    const file = fileOf(LINES);
    for (const [args, message] of [
      [["--horizon", "0"], /horizon must be 1 to 288 steps, got 0/],
      [["--horizon", "x"], /--horizon must be a number, got "x"/],
      [["--season", "1,2,3"], /--season takes one or two numbers/],
      [["--season", "24.5"], /season must be 0 or 2 to 10,000 steps, got 24\.5/],
      [["--train", "1"], /--train must be 0\.3 to 0\.9, got 1/],
      [["--step=-1"], /--step must be above 0/],
      [["--method", "oracle"], /--method must be auto, autoregressive, boosted, got oracle/],
      [["--model", "m.onnx"], /--model stands in the place of --method/],
      [["--known", "load"], /a column stands twice/],
      [["--years", "3"], /Unknown option '--years'/],
    ] as const) {
      const { code, err } = await ask(file, ...args);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    assert.equal((await caughtOutput(() => run([]))).code, 2);
  });
});
