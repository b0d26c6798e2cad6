import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import { runKernel } from "../../../runtime/compute/gpujs/run-kernel.ts";
import type { KernelBackend, KernelPort } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { lintKernel } from "../../../runtime/compute/kernel-language/lint-kernel.ts";
import { needsFile } from "../../needs.ts";
import { field, number, specOf } from "../kernel-language/field-spec.ts";
import type { RawAnswer, RawRun } from "./raw-gpujs.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "./software-gpu.ts";

const RAW = new URL("./raw-gpujs.ts", import.meta.url).href;
const ALL: readonly KernelBackend[] = ["cpu", "webasm", "webgpu"];

/** Each test shows what gpu.js gives by itself, so that the lint or the prelude is known to be needed, and ours. */
describe("silent errors of gpu.js", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(function () {
    needsFile(this, SOFTWARE_DRIVER);
    compute = softwareGpuCompute();
  });
  after(async () => {
    await compute?.close();
  });

  const raw = async (input: RawRun): Promise<RawAnswer> =>
    compute.submit<RawRun, RawAnswer>({ kernel: { name: "raw", module: RAW, runsOn: "gpu" }, input });

  /** gpu.js by itself with the one argument 4, the value of the only cell. */
  const rawValue = async (mode: RawRun["mode"], body: string, value = 4): Promise<number> => {
    const { results } = await raw({
      mode,
      source: `function f(n) { ${body} }`,
      output: [1],
      calls: [[value]],
    });
    return results[0]![0]!;
  };

  const ours = async (
    backend: KernelBackend,
    source: string,
    inputs: readonly KernelPort[],
    values: Record<string, Float32Array | number>,
    rest: { shape?: number[]; loopMax?: number } = {},
  ): Promise<number[]> => {
    const { shape = [1], ...others } = rest;
    const spec = specOf(source, inputs, shape, { backend, ...others });
    return [...(await runKernel(compute, spec, values)).values];
  };

  const codes = (source: string, inputs: readonly KernelPort[], loopMax = 1000, shape = [4]): string[] =>
    lintKernel(source, specOf(source, inputs, shape, { loopMax })).map((remark) => remark.code);

  it("1: Math.pow of a negative base", async () => {
    assert.equal(await rawValue("webgpu", "return Math.pow(n, 3);", -8), 512);
    for (const backend of ALL)
      assert.deepEqual(
        await ours(backend, "function f(n) { return Math.pow(n, 3); }", [number("n")], { n: -8 }),
        [-512],
      );
  });

  it("2: Math.tanh and Math.expm1", async () => {
    assert.equal(await rawValue("webgpu", "return Math.tanh(n);", 100), Number.NaN);
    assert.equal(await rawValue("webgpu", "return Math.expm1(n);", 5e-8), 0);
    for (const backend of ALL) {
      assert.deepEqual(
        await ours(backend, "function f(n) { return Math.tanh(n); }", [number("n")], { n: 100 }),
        [1],
      );
      const [small] = await ours(backend, "function f(n) { return Math.expm1(n); }", [number("n")], {
        n: 5e-8,
      });
      assert.ok(Math.abs(small! / 5e-8 - 1) < 2e-7, `${backend}: ${small}`);
    }
  });

  const COUNT = "let s = 0; for (let i = 0; i < n; i++) { s += 1; } return s;";
  it("3: loops that end at 1000 rounds", async () => {
    for (const mode of ALL) assert.equal(await rawValue(mode, COUNT, 1500), 1000);
    const source = `function f(n) { ${COUNT} }`;
    assert.deepEqual(codes(source, [number("n")]), ["loop-unbounded"]);
    assert.deepEqual(codes(source, [number("n", [0, 2000])]), ["loop-too-long"]);
    for (const backend of ALL)
      assert.deepEqual(
        await ours(backend, source, [number("n", [0, 2000])], { n: 1500 }, { loopMax: 2000 }),
        [1500],
      );
  });

  it("3: continue in such a loop, which skips its count", async () => {
    const body = "let s = 0; for (let i = 0; i < n; i++) { if (i === 2) { continue; } s += i; } return s;";
    assert.equal(await rawValue("webgpu", body, 5), 1);
    for (const backend of ALL)
      assert.deepEqual(
        await ours(backend, `function f(n) { ${body} }`, [number("n", [0, 9])], { n: 5 }),
        [8],
      );
  });

  it("4 and 5: Math.random repeats itself with a seed, and without one on the CPU", async () => {
    const source = "function f(n) { return Math.random() + n; }";
    const draw = { source, output: [4], calls: [[0], [0]], settings: { randomSeed: 3 } };
    for (const mode of ["webasm", "webgpu"] as const) {
      const { results } = await raw({ ...draw, mode });
      assert.deepEqual(results[0], results[1]);
    }
    const first = await raw({ ...draw, mode: "cpu" });
    const again = await raw({ ...draw, mode: "cpu" });
    assert.notDeepEqual(first.results, again.results);
    assert.deepEqual(codes(source, [number("n")]), ["math-random"]);
    const random = field("r", [4], { random: { seed: 3, low: 0, high: 1 } });
    const drawn = await Promise.all(
      ALL.map((backend) =>
        ours(backend, "function f(r) { return r[this.thread.x]; }", [random], {}, { shape: [4] }),
      ),
    );
    assert.equal(new Set(drawn[0]).size, 4);
    for (const values of drawn) assert.deepEqual(values, drawn[0]);
  });

  it("6: an index outside", async () => {
    const source = "function f(a) { return a[this.thread.x - 1]; }";
    const one = (mode: RawRun["mode"]): Promise<RawAnswer> =>
      raw({ mode, source, output: [4], calls: [[[5, 6, 7, 8]]] });
    assert.equal((await one("cpu")).results[0]![0], Number.NaN);
    assert.notEqual((await one("webgpu")).results[0]![0], Number.NaN);
    const rows = {
      mode: "cpu",
      source: "function f(a) { return a[this.thread.x - 1][0]; }",
      output: [2],
    } as const;
    await assert.rejects(raw({ ...rows, calls: [[[[1], [2]]]] }), /undefined/);
    assert.deepEqual(codes(source, [field("a", [4])]), ["index-outside"]);
    for (const backend of ALL)
      assert.deepEqual(
        await ours(backend, source, [field("a", [4])], { a: Float32Array.of(5, 6, 7, 8) }, { shape: [4] }),
        [5, 5, 6, 7],
      );
  });

  it("6: an index of a field that is no whole number", async () => {
    const source = "function f(a) { return a[this.thread.x * 0.5]; }";
    assert.equal(
      (await raw({ mode: "cpu", source, output: [4], calls: [[[5, 6, 7, 8]]] })).results[0]![1],
      Number.NaN,
    );
    assert.deepEqual(codes(source, [field("a", [4])]), ["index-not-whole"]);
    for (const backend of ALL)
      assert.deepEqual(
        await ours(backend, source, [field("a", [4])], { a: Float32Array.of(5, 6, 7, 8) }, { shape: [4] }),
        [5, 5, 6, 6],
      );
  });

  it("7: a kernel that writes its input", async () => {
    const source = "function f(a) { a[this.thread.x] = 9; return a[this.thread.x]; }";
    const { args } = await raw({ mode: "cpu", source, output: [2], calls: [[[1, 2]]] });
    assert.deepEqual(args, [[9, 9]]);
    assert.deepEqual(codes(source, [field("a", [4])]), ["input-written"]);
    assert.deepEqual(codes("function f(n) { n += 1; return n; }", [number("n")]), ["input-written"]);
  });

  it("text after the function, which is passed over", async () => {
    for (const after of ["; elsewhere()", "\nfunction g() { return 1; }"]) {
      const source = `function f(n) { return n; }${after}`;
      const { results } = await raw({ mode: "cpu", source, output: [1], calls: [[4]] });
      assert.deepEqual(results, [[4]]);
      assert.deepEqual(codes(source, [number("n")]), ["one-function"]);
    }
  });

  it("whole numbers that overflow", async () => {
    const square = "return this.thread.x * this.thread.x;";
    const calls = [[1]];
    const big = 65_540;
    const wrong = await raw({ mode: "webgpu", source: `function f(n) { ${square} }`, output: [big], calls });
    assert.equal(wrong.results[0]![big - 1], (big - 1) ** 2 - 2 ** 32);
    for (const backend of ALL) {
      const values = await ours(backend, `function f() { ${square} }`, [], {}, { shape: [big] });
      assert.equal(values[big - 1], Math.fround((big - 1) ** 2));
    }
  });

  it("Math.round just below a half", async () => {
    const below = 0.49999997;
    assert.equal(await rawValue("webgpu", "return Math.round(n);", below), 1);
    for (const backend of ALL)
      assert.deepEqual(
        await ours(backend, "function f(n) { return Math.round(n); }", [number("n")], { n: below }),
        [0],
      );
  });

  it("constants of which only some have a type", async () => {
    const source = "function f(n) { return n + this.constants.a + this.constants.b; }";
    const settings = { constants: { a: 1, b: 2 }, constantTypes: { a: "Float" } };
    await assert.rejects(raw({ mode: "webgpu", source, output: [1], calls: [[4]], settings }));
    const spec = specOf(source, [number("n")], [1], { constants: { a: 1, b: 2 } });
    assert.deepEqual([...(await runKernel(compute, spec, { n: 4 })).values], [7]);
  });

  it("local arrays of more than four elements, for which gpu.js has no words", async () => {
    const body = "const v = [n, n, n, n, n]; return v[0];";
    await assert.rejects(rawValue("cpu", body), /typeLookupMap/);
    assert.deepEqual(codes(`function f(n) { ${body} }`, [number("n")]), ["array-length"]);
  });

  it("a local without a first value, and a path without a return", async () => {
    assert.equal(await rawValue("cpu", "if (n > 5) { return 1; }"), 0);
    assert.deepEqual(codes("function f(n) { if (n > 5) { return 1; } }", [number("n")]), ["no-return"]);
    assert.deepEqual(codes("function f(n) { let s; s = n; return s; }", [number("n")]), ["no-first-value"]);
  });
});
