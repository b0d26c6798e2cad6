import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/train.ts";
import { drawOvenIncident } from "../../runtime/diagnose/training/oven-incidents.ts";
import { caughtOutput } from "./caught-output.ts";

describe("rung train", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-train-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const incident = () => join(folder, "incidents", "oven-3.incident.json");
  const answers = (steps: unknown): string => {
    const file = join(folder, "answers.json");
    writeFileSync(file, JSON.stringify(steps));
    return file;
  };

  it("makes an incident that a training node can play", async () => {
    const { code, out } = await caughtOutput(() =>
      run(["generate", "--seed", "3", "--kind", "fan-loss", "--out", join(folder, "incidents"), "--json"]),
    );
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { file: incident(), seed: 3 });
    const { recording, map, onsetS } = JSON.parse(readFileSync(incident(), "utf8"));
    assert.equal(onsetS, drawOvenIncident(3, "fan-loss").onsetS);
    for (const file of [recording, map])
      assert.ok(readFileSync(join(folder, "incidents", file), "utf8").split("\n").length > 40);
  });

  it("scores what a trainee did", async () => {
    const { onsetS, truth } = drawOvenIncident(3, "fan-loss");
    const steps = [
      { atS: onsetS - 60, report: true },
      { atS: onsetS + 90, alarm: `${truth.place}/fanFlow` },
      { atS: onsetS + 300, answer: { cause: truth.cause, place: truth.place, action: "wait" } },
    ];
    const { out } = await caughtOutput(() => run(["score", incident(), answers(steps), "--json"]));
    const { points, lines } = JSON.parse(out);
    assert.equal(points, 60);
    assert.deepEqual(
      lines.map((line: { points: number }) => line.points),
      [40, -10, 20, 10, 0],
    );
    const table = await caughtOutput(() => run(["score", incident(), answers(steps)]));
    assert.match(table.out, /^60 of 100 points\n/);
    assert.match(table.out, /action +wait; right: stop-entry +0 \/ 30/);
  });

  it("lists results by person", async () => {
    const home = join(folder, "home");
    mkdirSync(join(home, "training"), { recursive: true });
    const result = {
      ...{ kind: "exercise", twin: "training/x", endedUs: 1.79e15, startedBy: "tom", incident: "pump" },
      ...{ truth: {}, isSurprise: false, speed: 10, points: 70, lines: [] },
    };
    const lines = ["mara", "otto"].map((person) => JSON.stringify({ ...result, person }));
    writeFileSync(join(home, "training", "results.jsonl"), `${lines.join("\n")}\n{"half`);
    const { out, err } = await caughtOutput(() => run(["results", "--home", home, "--person", "mara"]));
    assert.match(out, /mara +pump +chosen by tom +10x +70\n$/);
    assert.doesNotMatch(out, /otto/);
    assert.match(err, /1 broken lines/);
  });

  const WRONG: [what: string, args: () => string[], said: RegExp][] = [
    ["no verb", () => [], /expected generate, score, results/],
    ["no seed", () => ["generate", "--out", folder], /--seed must be a whole number/],
    [
      "an unknown kind",
      () => ["generate", "--seed", "1", "--kind", "flood", "--out", folder],
      /knows no incident "flood"/,
    ],
    [
      "a name with a path",
      () => ["generate", "--seed", "1", "--out", folder, "--name", "../x"],
      /--name may hold/,
    ],
    [
      "steps out of order",
      () => [
        "score",
        incident(),
        answers([
          { atS: 2, report: true },
          { atS: 1, report: true },
        ]),
      ],
      /in the order of time/,
    ],
    ["a step that says nothing", () => ["score", incident(), answers([{ atS: 2 }])], /entry 1 is no report/],
    ["no incident there", () => ["score", join(folder, "x.incident.json"), answers([])], /is not there/],
  ];
  for (const [what, args, said] of WRONG)
    it(`says what is wrong with ${what}`, async () => {
      const { code, err } = await caughtOutput(() => run(args()));
      assert.equal(code, 2);
      assert.match(err, said);
    });
});
