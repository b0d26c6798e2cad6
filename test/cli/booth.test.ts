import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/booth.ts";
import { caughtOutput } from "./caught-output.ts";

const SAMPLE = fileURLToPath(new URL("../../examples/booth.config.json", import.meta.url));

const caught = (args: readonly string[]) => caughtOutput(() => run(args));

describe("rung booth", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-booth-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints streams, states, loads and energy", async () => {
    const { code, out } = await caught(["simulate", SAMPLE]);
    assert.equal(code, 0);
    assert.match(out, /^booth1: 0\.5 Pa above the hall\n/);
    assert.match(out, /supply +35\.11 +108000\n/);
    assert.match(out, /supply +23\.0 +65 +11\.42 +52\.19 +16\.1\n/);
    assert.match(out, /per body: \d+\.\d\d kWh/);
    assert.match(out, /paint's window: least energy at 21\.0 °C and 60 %/);
    assert.doesNotMatch(out, /NaN|undefined|Infinity/);
  });

  it("prints JSON", async () => {
    const { code, out } = await caught(["simulate", SAMPLE, "--json"]);
    assert.equal(code, 0);
    const result = JSON.parse(out);
    assert.equal(result.kind, "booth");
    assert.equal(result.streams[0].name, "supply");
    assert.ok(result.energy.totalKW > 0);
  });

  it("writes the airflow's field and prints its figures", async function () {
    this.timeout(60_000);
    const config = join(folder, "coarse.json");
    writeFileSync(config, JSON.stringify({ airflow: { cellsPerM: 5, reynolds: 50 } }));
    const file = join(folder, "air.csv");
    const { code, out } = await caught(["simulate", config, "--airflow", file]);
    assert.equal(code, 0);
    assert.match(out, /airflow: \d\.\d\d m\/s down above the body/);
    assert.match(out, /Reynolds number 50, the booth's is 35762/);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    assert.equal(lines[0], "x_m,z_m,right_m_per_s,up_m_per_s");
    assert.equal(lines.length, 1 + 25 * 20);
    assert.deepEqual(lines[1]!.split(",").slice(0, 2), ["0.1000", "0.1000"]);
  });

  it("answers no where the solvent is above its limit", async () => {
    const config = join(folder, "solvent.json");
    writeFileSync(config, JSON.stringify({ solvent: { evaporatedKgPerH: 400 } }));
    const { code, out } = await caught(["simulate", config]);
    assert.equal(code, 1);
    assert.match(out, /! solvent at 4\d % of the lower explosion limit, allowed 25 %/);
  });

  it("names the fault and exits 2", async () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "{");
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, JSON.stringify({ name: "booth1", size: { lengthM: -1 } }));
    for (const [args, said] of [
      [["simulate", broken], /broken\.json: .*(correct the file)/s],
      [["simulate", join(folder, "none.json")], /none\.json: ENOENT/],
      [["simulate", wrong], /booth1\/size: length must be > 0 m, got -1 \(parameter lengthM\)/],
      [["simulate", SAMPLE, "--airflow"], /rung booth: expected simulate/],
      [["simulate", SAMPLE, SAMPLE], /rung booth: expected simulate/],
      [["spray"], /rung booth: expected simulate/],
    ] as const) {
      const { code, err } = await caught(args);
      assert.equal(code, 2);
      assert.match(err, said);
    }
    const { code, out } = await caught(["simulate", wrong, "--json"]);
    assert.equal(code, 2);
    assert.equal(JSON.parse(out).errors[0].code, "booth-config");
  });
});
