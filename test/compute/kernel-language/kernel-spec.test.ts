import assert from "node:assert/strict";
import { kernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import type { RungError } from "../../../runtime/core/errors.ts";

const GOOD = {
  version: 1,
  name: "film flash-off",
  source: "function f(film, k) { return film[this.thread.y][this.thread.x] * k; }",
  inputs: [
    { name: "film", holds: "field", unit: "g/m²", shape: [8, 4], from: { result: true } },
    { name: "k", holds: "number", unit: "1/s", shape: [], range: [0, 1], from: { constant: 0.5 } },
  ],
  output: { name: "film", unit: "g/m²", shape: [8, 4] },
  constants: { nx: 8 },
  steps: 10,
  loopMax: 100,
  seed: 42,
  backend: "auto",
};

function faults(input: unknown): string[] {
  try {
    kernelSpec(input, "film.json");
  } catch (fault) {
    assert.equal((fault as RungError).code, "kernel-spec");
    return (fault as Error).message
      .replace(/^film\.json: /, "")
      .replace(/ \(see docs\/kernels\.md\)$/, "")
      .split("\n  ");
  }
  return [];
}

const changed = (change: (spec: typeof GOOD) => unknown): string[] => {
  const spec = structuredClone(GOOD);
  change(spec);
  return faults(spec);
};

describe("kernelSpec", () => {
  it("takes a good kernel as it is, apart from its source object", () => {
    const spec = kernelSpec(GOOD, "film.json");
    assert.deepEqual(spec, GOOD);
    assert.notEqual(spec.inputs, GOOD.inputs);
  });

  it("names every fault at once", () => {
    const bad = {
      ...GOOD,
      version: 2,
      steps: 0,
      backend: "cuda",
      extra: 1,
      seed: -1,
      loopMax: 1.5,
      name: " ",
      source: "",
    };
    assert.deepEqual(
      faults(bad).map((line) => line.split(":")[0]),
      ["extra", "version", "name", "source", "steps", "loopMax", "seed", "backend"],
    );
  });

  const cases: readonly [string, (spec: typeof GOOD) => unknown, RegExp][] = [
    ["a field of no cells", (s) => (s.output.shape = [0, 4]), /output\.shape: must be 1 to 3 whole numbers/],
    ["a field of four axes", (s) => (s.output.shape = [2, 2, 2, 2]), /output\.shape/],
    [
      "a field that is too large",
      (s) => (s.output.shape = [8192, 8192]),
      /8192 x 8192 is 67108864 cells, at most/,
    ],
    ["a shape of text", (s) => (s.inputs[0]!.shape = "8x4" as never), /film\.shape/],
    ["a number with a shape", (s) => (s.inputs[1]!.shape = [2]), /k\.shape: of a number must be \[\]/],
    ["a name that is no name", (s) => (s.inputs[1]!.name = "k-2"), /inputs\[1\]\.name: must be letters/],
    ["a name twice", (s) => (s.inputs[1]!.name = "film"), /two inputs have this name/],
    ["a source of values that is none", (s) => (s.inputs[1]!.from = {} as never), /k\.from: must be one of/],
    ["two sources of values", (s) => (s.inputs[1]!.from = { constant: 1, message: "k" } as never), /k\.from/],
    [
      "a constant that is no float",
      (s) => (s.inputs[1]!.from = { constant: 1e39 } as never),
      /k\.from\.constant/,
    ],
    [
      "a random range upside down",
      (s) => (s.inputs[1]!.from = { random: { seed: 1, low: 2, high: 1 } } as never),
      /low must be below high/,
    ],
    [
      "random numbers outside the range that loops and indices rest on",
      (s) => (s.inputs[1]!.from = { random: { seed: 1, low: 0, high: 2 } } as never),
      /k\.from\.random: gives 0 to 2, the range of the port is \[0,1\]/,
    ],
    [
      "a result of another shape",
      (s) => (s.output.shape = [4, 4]),
      /must have its shape \[4,4\], has \[8,4\]/,
    ],
    ["a result of another unit", (s) => (s.output.unit = "K"), /must have its unit "K", has "g\/m²"/],
    [
      "steps without a state",
      (s) => (s.inputs[0]!.from = { message: "film" } as never),
      /more than one step needs/,
    ],
    ["a range upside down", (s) => (s.inputs[1]!.range = [1, 0]), /k\.range/],
    ["a constant that is not finite", (s) => (s.constants.nx = Number.NaN), /constants\.nx: .* got NaN/],
    ["a port that is null", (s) => (s.inputs[1] = null as never), /inputs\[1\]: must be a port, got null/],
    ["too many ports", (s) => (s.inputs = Array(9).fill(s.inputs[1])), /9 ports, at most 7/],
    ["a source that is too long", (s) => (s.source = "/".repeat(10_000_000)), /10000000 characters long/],
  ];
  for (const [what, change, expected] of cases)
    it(`refuses ${what}`, () => {
      const told = changed(change);
      assert.ok(
        told.some((line) => expected.test(line)),
        told.join("\n"),
      );
    });

  for (const input of [undefined, null, 3, "kernel", [], () => 1])
    it(`refuses ${String(input) || "[]"}`, () => assert.match(faults(input)[0]!, /a kernel is an object/));
});
