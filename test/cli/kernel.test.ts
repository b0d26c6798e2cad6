import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/kernel.ts";
import { caughtOutput } from "./caught-output.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/flash-off.kernel.json", import.meta.url));

describe("rung kernel", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-kernel-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const put = (name: string, content: string | object): string => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };

  const rung = async (...args: string[]): Promise<{ status: number; out: string; err: string }> => {
    const { code: status, out, err } = await caughtOutput(() => run(args));
    return { status, out, err };
  };

  const described = (source?: string): object => ({
    version: 1,
    name: "scale",
    ...(source === undefined ? {} : { source }),
    inputs: [
      { name: "a", holds: "field", unit: "K", shape: [3, 2], from: { message: "a" } },
      { name: "k", holds: "number", unit: "1", shape: [], from: { constant: 2 } },
      { name: "r", holds: "field", unit: "1", shape: [3, 2], from: { random: { seed: 1, low: 0, high: 1 } } },
    ],
    output: { name: "b", unit: "K", shape: [3, 2] },
    constants: {},
    steps: 1,
    loopMax: 100,
    seed: 7,
    backend: "cpu",
  });
  const CELL = "[this.thread.y][this.thread.x]";
  const GOOD = `function scale(a, k, r) {\n  return a${CELL} * k + 0 * r${CELL};\n}\n`;
  const DRAWN = `function scale(a, k, r) { return k * 0 + a${CELL} * 0 + r${CELL}; }`;

  it("takes the example without a word", async () => {
    assert.deepEqual(await rung("lint", EXAMPLE), { status: 0, out: "", err: "" });
  });

  it("tells errors and warnings at their places and ends with 1", async () => {
    put("bad.json", described());
    const file = put(
      "bad.js",
      `function scale(a, k, r) {\n  a[0][0] = Math.random();\n  return a[0][this.thread.x - 1] * q + r[0][0] + k;\n}\n`,
    );
    const { status, out } = await rung("lint", file);
    assert.equal(status, 1);
    assert.deepEqual(
      out
        .trim()
        .split("\n")
        .map((line) => line.replace(/^(\S+: \w+): .* (\(\S+\))$/, "$1 $2")),
      [
        `${file}:2:3: error (input-written)`,
        `${file}:2:13: error (math-random)`,
        `${file}:3:15: warning (index-outside)`,
        `${file}:3:36: error (unknown-name)`,
      ],
    );
    const json = JSON.parse((await rung("lint", join(folder, "bad.json"), "--json")).out);
    assert.equal(json.file, file);
    assert.deepEqual(
      json.remarks.map(({ code }: { code: string }) => code),
      ["input-written", "math-random", "index-outside", "unknown-name"],
    );
  });

  it("warns and ends with 0", async () => {
    const file = put(
      "warned.json",
      described(`function scale(a, k, r) { return a[0][this.thread.x + 1] * k + r[0][0]; }`),
    );
    const { status, out } = await rung("lint", file);
    assert.equal(status, 0);
    assert.match(out, /^\S+warned\.json#\/source:1:39: warning: .* \(index-outside\)\n$/);
  });

  it("runs a kernel on CSV files and numbers, and writes its result", async () => {
    const kernel = put("scale.json", described(GOOD));
    const a = put("a.csv", "1,2,3\n4;5;6.5\n");
    const out = join(folder, "b.csv");
    const {
      status,
      out: text,
      err,
    } = await rung("run", kernel, "--input", `a=${a}`, "--input", "k=10", "--out", out);
    assert.equal(err, "");
    assert.equal(status, 0);
    assert.equal(readFileSync(out, "utf8"), "10,20,30\n40,50,65\n");
    assert.match(
      text,
      /^scale: b 3 x 2 in K, 1 step, cpu \(asked for\)\nleast 10, mean 35\.8333, greatest 65\n/,
    );
  });

  it("answers in JSON, on the backend and with the seed asked for", async () => {
    const kernel = put("drawn.json", described(DRAWN));
    const values = async (...more: string[]): Promise<unknown> => {
      const { out } = await rung("run", kernel, "--input", "a=0", "--json", ...more);
      return JSON.parse(out);
    };
    const cpu = (await values()) as { values: number[]; backend: string; unit: string };
    const wasm = (await values("--backend", "webasm")) as {
      values: number[];
      backend: string;
      status: string;
    };
    const other = (await values("--seed", "8")) as { values: number[] };
    assert.deepEqual([cpu.backend, cpu.unit, wasm.backend, wasm.status], ["cpu", "K", "webasm", "wasm x1"]);
    assert.deepEqual(wasm.values, cpu.values);
    assert.notDeepEqual(other.values, cpu.values);
  });

  it("steps as often as asked", async () => {
    const { out } = await rung(
      "run",
      EXAMPLE,
      "--input",
      "film=5",
      "--steps",
      "100",
      "--backend",
      "cpu",
      "--json",
    );
    const { mean } = JSON.parse(out);
    assert.ok(Math.abs(mean / (5 * (1 - 0.05 * 0.0042) ** 100) - 1) < 1e-5);
  });

  const wrong: readonly [string, () => string[], RegExp][] = [
    ["no verb", () => [], /expected lint or run/],
    ["another verb", () => ["compile", EXAMPLE], /expected lint or run, got compile/],
    ["no file", () => ["lint"], /expected one kernel file/],
    ["a file that is not there", () => ["run", join(folder, "none.json")], /ENOENT/],
    ["a file of another kind", () => ["lint", put("kernel.txt", "")], /neither a \.json nor a \.js/],
    [
      "a source without its ports",
      () => ["lint", put("alone.js", GOOD)],
      /alone\.json with its inputs and output is not there/,
    ],
    ["a file that is no JSON", () => ["lint", put("broken.json", "{")], /broken\.json: /],
    [
      "a kernel with faults",
      () => ["run", put("faulty.json", { version: 1 })],
      /source: must be the text of one function/,
    ],
    [
      "a source with errors",
      () => [
        "run",
        put("while.json", described("function scale(a, k, r) { while (k > 0) {} return k; }")),
        "--input",
        "a=1",
      ],
      /scale: 1:27 a while loop/,
    ],
    ["an input that is missing", () => ["run", put("scale.json", described(GOOD))], /a: has no value/],
    [
      "an input that is not there",
      () => ["run", put("scale.json", described(GOOD)), "--input", "a=1", "--input", "q=2"],
      /q: is no input/,
    ],
    [
      "an input without a value",
      () => ["run", put("scale.json", described(GOOD)), "--input", "a"],
      /--input must be <name>=/,
    ],
    [
      "a CSV of another size",
      () => ["run", put("scale.json", described(GOOD)), "--input", `a=${put("long.csv", "1,2\n3,4\n5,6\n")}`],
      /3 x 2 is 2 lines of 3 values, got 3 lines/,
    ],
    [
      "a CSV with a short line",
      () => ["run", put("scale.json", described(GOOD)), "--input", `a=${put("short.csv", "1,2,3\n4,5\n")}`],
      /short\.csv:2: expected 3 values, got 2/,
    ],
    [
      "a CSV with text",
      () => [
        "run",
        put("scale.json", described(GOOD)),
        "--input",
        `a=${put("text.csv", "1,2,3\n4,hot,6\n")}`,
      ],
      /text\.csv:2: "hot" is no number/,
    ],
    [
      "an unknown backend",
      () => ["run", EXAMPLE, "--backend", "cuda"],
      /--backend must be auto, webgpu, webasm, cpu, got cuda/,
    ],
    ["an unknown option", () => ["run", EXAMPLE, "--fast"], /--fast/],
    [
      "steps that are none",
      () => ["run", EXAMPLE, "--steps", "0"],
      /--steps must be a whole number from 1 on/,
    ],
    [
      "steps of a kernel without a state",
      () => ["run", put("scale.json", described(GOOD)), "--input", "a=1", "--steps", "2"],
      /--steps needs an input/,
    ],
    [
      "a place that cannot be written",
      () => [
        "run",
        put("scale.json", described(GOOD)),
        "--input",
        "a=1",
        "--out",
        join(folder, "no", "where.csv"),
      ],
      /ENOENT/,
    ],
  ];
  for (const [what, args, expected] of wrong)
    it(`ends with 2 for ${what}`, async () => {
      const { status, err } = await rung(...args());
      assert.match(err, expected);
      assert.equal(status, 2);
    });

  it("tells a fault as JSON where asked", async () => {
    const { status, out } = await rung("run", put("scale.json", described(GOOD)), "--json");
    assert.equal(status, 2);
    assert.equal(JSON.parse(out).errors[0].code, "kernel-input");
  });
});
