import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/oven.ts";

const SAMPLE = fileURLToPath(new URL("../../examples/oven.config.json", import.meta.url));

/** Runs the verb with its output caught. */
async function caught(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const kept = { out: process.stdout.write, err: process.stderr.write };
  const text = { out: "", err: "" };
  process.stdout.write = (chunk: string | Uint8Array) => {
    text.out += chunk;
    return true;
  };
  process.stderr.write = (chunk: string | Uint8Array) => {
    text.err += chunk;
    return true;
  };
  try {
    return { code: await run(args), ...text };
  } finally {
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
  }
}

describe("rung oven", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-oven-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints the worked example", async () => {
    const { code, out } = await caught(["simulate", SAMPLE]);
    assert.equal(code, 0);
    assert.match(
      out,
      /rocker\s+614\.92\s+61\.676\s+101\.566\s+135\.708\s+154\.738\s+164\.491\s+168\.548\s+10\.183/,
    );
    assert.match(out, /energy per body kWh: total \d+\.\d\d/);
  });

  it("prints JSON", async () => {
    const { code, out } = await caught(["simulate", SAMPLE, "--json"]);
    assert.equal(code, 0);
    const result = JSON.parse(out);
    assert.deepEqual(
      result.nodes.map((node: { name: string }) => node.name),
      ["roof", "door", "aPillar", "bPillar", "rocker"],
    );
  });

  it("names the fault and exits 2", async () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "{");
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, JSON.stringify({ name: "oven1", zones: [{ lengthM: -1, airTemperatureC: 120 }] }));
    for (const [args, said] of [
      [["simulate", broken], /broken\.json: .*(correct the file)/s],
      [["simulate", join(folder, "none.json")], /none\.json: ENOENT/],
      [["simulate", wrong], /oven1\/zone1: length must be > 0 m, got -1/],
      [["bake"], /rung oven: expected simulate/],
    ] as const) {
      const { code, err } = await caught(args);
      assert.equal(code, 2);
      assert.match(err, said);
    }
    const { code, out } = await caught(["simulate", wrong, "--json"]);
    assert.equal(code, 2);
    assert.equal(JSON.parse(out).errors[0].code, "oven-config");
  });
});
