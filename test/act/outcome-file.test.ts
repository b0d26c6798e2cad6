import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OutcomeBook, type OutcomeRecord } from "../../runtime/act/outcome.ts";
import { OutcomeFile } from "../../runtime/act/outcome-file.ts";
import type { ProposalResult } from "../../runtime/act/proposal.ts";
import { outcomesFile } from "../../runtime/host/home.ts";
import type { Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { TWIN } from "./oven-envelope.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const ROOF = `${TWIN}/exit/roof`;
const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const NOW_US = Date.UTC(2026, 8, 21, 12) * 1000;

const interval = (value: number) => ({ value, low: value - 2, high: value + 2 });
const recommendation = (id: string): Recommendation => ({
  kind: "recommendation",
  id,
  twin: TWIN,
  title: "Compensate zone 1",
  changes: [{ target: ZONE1, from: 180, to: 186, unit: "°C" }],
  comparisons: [
    {
      what: "gas per body",
      unit: "kWh",
      baseline: interval(40),
      scenario: interval(37),
      difference: interval(-3),
    },
  ],
  constraints: [],
  projected: { address: ROOF, unit: "°C", interval: interval(172), afterUs: 600e6 },
  evidence: ["oven1/4/e170"],
  modelVersion: "7",
  madeAtUs: NOW_US,
  expiresUs: NOW_US + 300e6,
});
const verified = (id: string, timeUs: number): ProposalResult => ({
  kind: "proposal-result",
  id: `${id}/${ZONE1}`,
  target: ZONE1,
  value: 186,
  unit: "°C",
  state: "verified",
  reason: "",
  timeUs,
});

describe("what became of every action, on the disk", () => {
  let home: string;
  let file: OutcomeFile;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "rung-outcomes-"));
    file = new OutcomeFile(outcomesFile(home));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const judged = (): OutcomeRecord[] => {
    const book = new OutcomeBook();
    book.acted(recommendation("r1"), verified("r1", NOW_US));
    book.acted(recommendation("r2"), verified("r2", NOW_US + 60e6));
    return [
      ...book.measured(ROOF, 171.5, "°C", NOW_US + 600e6),
      ...book.measured(ROOF, 176, "°C", NOW_US + 661e6),
    ];
  };

  it("is one line per action, with its ids, its times, all that was projected and what came", () => {
    file.append(judged());
    assert.equal(statSync(file.path).mode & 0o777, 0o600);
    const { records, broken } = file.query({ twin: TWIN });
    assert.equal(broken, 0);
    assert.deepEqual(records, [
      {
        kind: "outcome",
        recommendation: "r1",
        twin: TWIN,
        title: "Compensate zone 1",
        modelVersion: "7",
        proposals: [`r1/${ZONE1}`],
        changes: recommendation("r1").changes,
        expected: recommendation("r1").comparisons,
        evidence: ["oven1/4/e170"],
        address: ROOF,
        unit: "°C",
        projected: { value: 172, low: 170, high: 174 },
        actedUs: NOW_US,
        superseded: true,
        realised: 171.5,
        inside: true,
        measuredUs: NOW_US + 600e6,
      },
      {
        ...records[0]!,
        ...records[1]!,
        recommendation: "r2",
        realised: 176,
        inside: false,
        superseded: false,
      },
    ]);
    assert.deepEqual(file.query({ twin: TWIN, fromUs: NOW_US + 1 }).records.length, 1);
    assert.deepEqual(file.query({ twin: TWIN, toUs: NOW_US }).records, []);
    assert.deepEqual(file.query({ twin: `${TWIN}x` }).records, []);
  });

  it("one whose measurement never came is told, and counts neither way", () => {
    const book = new OutcomeBook();
    book.acted(recommendation("r1"), verified("r1", NOW_US));
    // Four times its own wait and an hour.
    const lateUs = NOW_US + 4 * 600e6 + 3600e6;
    assert.deepEqual(book.measured(ROOF, 172, "°C", lateUs + 1), []);
    assert.deepEqual([book.waiting, book.judged], [0, []]);
    const [record, ...more] = book.takeGivenUp();
    assert.deepEqual(more, []);
    assert.deepEqual([record!.realised, record!.inside, record!.measuredUs], [null, null, null]);
    assert.deepEqual(book.takeGivenUp(), []);
  });

  it("where no measurement comes at all the oldest is given up", () => {
    const book = new OutcomeBook();
    for (let n = 0; n <= 200; n++) book.acted(recommendation(`r${n}`), verified(`r${n}`, NOW_US + n));
    assert.deepEqual([book.waiting, book.takeGivenUp().map(({ recommendation: id }) => id)], [200, ["r0"]]);
    assert.equal("constraints" in book.open[0]!.recommendation, false, "kept more than it needs");
  });

  it("an action that waits outlives a restart: a miss does not go away", () => {
    const before = new OutcomeBook();
    before.acted(recommendation("r1"), verified("r1", NOW_US));
    const kept = JSON.parse(JSON.stringify(before.open));
    const book = new OutcomeBook([], kept);
    assert.equal(book.waiting, 1);
    const [outcome] = book.measured(ROOF, 100, "°C", NOW_US + 600e6);
    assert.deepEqual([outcome!.recommendation, outcome!.inside, book.judged], ["r1", false, [false]]);
  });

  it("a line that a kill left half written costs only itself", () => {
    const [first, second] = judged();
    file.append([first!]);
    appendFileSync(file.path, '{"kind":"outcome","twi');
    new OutcomeFile(file.path).append([second!]);
    const { records, broken } = file.query({ twin: TWIN });
    assert.deepEqual([records.map(({ recommendation: id }) => id), broken], [["r1", "r2"], 1]);
  });

  it("says that it cannot be written, and writes it with the next", () => {
    const [first, second] = judged();
    mkdirSync(file.path, { recursive: true });
    assert.throws(() => file.append([first!]), /outcomes\.jsonl: .*make room on its disk/);
    rmSync(file.path, { recursive: true });
    file.append([second!]);
    assert.deepEqual(
      file.query({ twin: TWIN }).records.map(({ recommendation: id }) => id),
      ["r1", "r2"],
    );
  });

  it("is asked by rung query --outcomes", function () {
    this.timeout(30_000);
    const ask = (...args: string[]) =>
      spawnSync(process.execPath, [RUNG, "query", "--home", home, "--outcomes", TWIN, ...args], {
        encoding: "utf8",
      });
    const none = ask();
    assert.equal(none.status, 2);
    assert.match(none.stderr, /outcomes\.jsonl: is not there: no action was judged yet/);
    file.append(judged());
    const { status, stdout, stderr } = ask();
    assert.deepEqual([status, stderr], [0, ""]);
    const at = "2026-09-21T12";
    assert.deepEqual(stdout.split("\n"), [
      "acted,measured,recommendation,title,changes,address,unit,projected,low,high,realised,inside,superseded,expected",
      `${at}:00:00.000000Z,${at}:10:00.000000Z,r1,Compensate zone 1,${ZONE1}: 180 to 186 °C,${ROOF},°C,172,170,174,171.5,true,true,gas per body: -3 kWh`,
      `${at}:01:00.000000Z,${at}:11:01.000000Z,r2,Compensate zone 1,${ZONE1}: 180 to 186 °C,${ROOF},°C,172,170,174,176,false,false,gas per body: -3 kWh`,
      "",
    ]);
    const json = JSON.parse(ask("--json", "--from", `${at}:00:30Z`).stdout) as OutcomeRecord[];
    assert.deepEqual(
      json.map(({ recommendation: id }) => id),
      ["r2"],
    );
    assert.match(ask("--last").stderr, /--outcomes does not go with --last/);
  });
});
