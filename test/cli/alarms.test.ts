import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/alarms.ts";
import { AlarmDesk } from "../../runtime/diagnose/alarms/alarm-desk.ts";
import { CaseBooks } from "../../runtime/diagnose/cause/case-books.ts";
import { ended, finding, TWIN } from "../diagnose/alarms/findings.ts";
import { caughtOutput } from "./caught-output.ts";

describe("rung alarms", () => {
  let home: string;
  const BEGIN_S = 1_790_000_000;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "rung-alarms-cli-"));
    let nowUs = BEGIN_S * 1e6;
    const desk = new AlarmDesk(join(home, "history", "alarms.jsonl"), () => nowUs, new CaseBooks(home));
    for (let i = 0; i < 4; i++) {
      const one = finding(`f${i}`, "fan", 2, BEGIN_S + i * 3600);
      desk.take(one);
      if (i < 3) desk.take(ended(one, BEGIN_S + i * 3600 + 60));
    }
    nowUs = (BEGIN_S + 3 * 3600 + 60) * 1e6;
    desk.act({ acknowledge: `${TWIN} ${TWIN}/fan` }, "mara");
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it("tells the figures of a day, and what came most often", async () => {
    const { out, code } = await caughtOutput(() => run(["--home", home]));
    assert.equal(code, 0);
    assert.match(out, /^last 3\.0 h: 4 alarms, 32 a day: manageable/);
    assert.match(out, /priorities 1 2 3: 0 % 100 % 0 %/);
    assert.match(out, /fan is off +acme\/leipzig\/paint\/oven1 +4/);
    const json = JSON.parse((await caughtOutput(() => run(["--home", home, "--json"]))).out);
    assert.equal(json.count, 4);
    const elsewhere = await caughtOutput(() =>
      run(["--home", home, "--json", "--twin", "acme/leipzig/paint/oven"]),
    );
    assert.equal(JSON.parse(elsewhere.out).count, 0, "oven1 is not below oven");
  });

  it("lists who did what", async () => {
    const { out } = await caughtOutput(() => run(["--home", home, "--log"]));
    assert.match(out, /acknowledged +2 +fan is off +mara/);
    assert.equal(out.trim().split("\n").length, 1 + 8);
  });

  it("says what is wrong with what it was asked", async () => {
    await assert.rejects(run(["--home", join(home, "nowhere")]), /no alarm has come yet/);
    await assert.rejects(run(["--home", home, "--file", "x"]), /exclude each other/);
    await assert.rejects(run(["--what"]), /Unknown option/);
  });
});
