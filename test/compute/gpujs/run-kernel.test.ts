import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Compute } from "../../../runtime/compute/compute.ts";
import { runKernel } from "../../../runtime/compute/gpujs/run-kernel.ts";
import type { KernelPort, KernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { needsFile } from "../../needs.ts";
import { field, number, specOf } from "../kernel-language/field-spec.ts";
import type { GpuMishap } from "./gpu-mishap.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "./software-gpu.ts";

const MISHAP = new URL("./gpu-mishap.ts", import.meta.url).href;
const SCALE = "function f(a, k) { return a[this.thread.x] * k; }";
const PORTS: readonly KernelPort[] = [field("a", [4]), number("k", [0, 10])];
const VALUES = { a: Float32Array.of(1, 2, 3, 4), k: 2 };
const GROW = "function f(u, k) { return u[this.thread.x] * k; }";

function stepping(cells: number, steps: number, rest: Partial<KernelSpec> = {}): KernelSpec {
  const source = `function f(u) {
  const x = this.thread.x;
  return u[x] + 0.1 * (u[Math.max(x - 1, 0)] + u[Math.min(x + 1, this.output.x - 1)] - 2 * u[x]);
}`;
  return specOf(source, [field("u", [cells], { result: true })], [cells], {
    steps,
    backend: "webasm",
    ...rest,
  });
}

describe("runKernel", function () {
  this.timeout(30_000);
  let compute: Compute;
  before(() => {
    compute = new Compute({ cpuChildren: 1, readable: [fileURLToPath(new URL(".", import.meta.url))] });
  });
  after(() => compute.close());

  const refusal = async (running: Promise<unknown>): Promise<RungError> => {
    const fault = await running.then(
      () => assert.fail("it ran"),
      (thrown: unknown) => thrown,
    );
    assert.ok(fault instanceof RungError, String(fault));
    return fault;
  };

  it("gives values, shape, backend, times, memory and the check", async () => {
    const result = await runKernel(compute, specOf(SCALE, PORTS, [4]), VALUES);
    assert.deepEqual([...result.values], [2, 4, 6, 8]);
    assert.deepEqual([...result.shape], [4]);
    assert.equal(result.backend, "cpu");
    assert.equal(result.status, "cpu (asked for)");
    assert.deepEqual(Object.keys(result.stepMs), ["cpu"]);
    assert.equal(result.bytes, 4 * (4 + 1 + 2 * 4));
    assert.deepEqual(result.crossCheck, { cells: 4, largestDifference: 0 });
  });

  it("chooses among those that compute it right, and says why there is no GPU", async () => {
    const result = await runKernel(compute, specOf(SCALE, PORTS, [4], { backend: "auto" }), VALUES);
    assert.deepEqual(Object.keys(result.stepMs).sort(), ["cpu", "webasm"]);
    assert.match(result.status, /^(wasm x1|cpu \(fastest measured\))$/);
    const fault = await refusal(runKernel(compute, specOf(SCALE, PORTS, [4], { backend: "webgpu" }), VALUES));
    assert.equal(fault.code, "kernel-backend");
    assert.match(
      fault.message,
      /webgpu: does not compute this kernel: (no GPU|only a software GPU|WebGPU does not load)/,
    );
  });

  it("leaves the GPU child alone where there is no GPU, after one look", async () => {
    const counted = () =>
      [compute.figures("cpu"), compute.figures("gpu")].map((kind) => kind.requests.answered);
    const spec = specOf(SCALE, PORTS, [4], { backend: "auto" });
    await runKernel(compute, spec, VALUES);
    const [cpu, gpu] = counted();
    for (let run = 0; run < 3; run++) await runKernel(compute, spec, VALUES);
    assert.deepEqual(counted(), [cpu! + 3, gpu]);
  });

  it("splits a large field over threads and says how many", async () => {
    const result = await runKernel(compute, stepping(20_000, 3), { u: new Float32Array(20_000).fill(1) });
    assert.match(result.status, /^wasm x[1-9]$/);
    assert.equal(result.values[19_999], 1);
  });

  it("fills a field with one number, and takes constants, results and random numbers where nothing is given", async () => {
    const source =
      "function f(a, c, r, u) { return a[this.thread.x] + 10 * c + 100 * r[this.thread.x] + u[this.thread.x]; }";
    const inputs: KernelPort[] = [
      field("a", [4]),
      { ...number("c"), from: { constant: 3 } },
      field("r", [4], { random: { seed: 1, low: 0, high: 1 } }),
      field("u", [4], { result: true }),
    ];
    const { values } = await runKernel(compute, specOf(source, inputs, [4]), { a: 1 });
    assert.ok(values.every((value) => value >= 31 && value < 131));
    assert.equal(new Set(values).size, 4);
    const given = await runKernel(compute, specOf(source, inputs, [4]), { a: 1, c: 0, r: 0, u: 5 });
    assert.deepEqual([...given.values], [6, 6, 6, 6]);
  });

  it("proves indices anew for a constant that is given another value", async () => {
    const source = "function f(a, at) { return a[at]; }";
    const inputs: KernelPort[] = [field("a", [4]), { ...number("at"), from: { constant: 1 } }];
    for (const backend of ["cpu", "webasm"] as const) {
      const spec = specOf(source, inputs, [1], { backend });
      assert.deepEqual([...(await runKernel(compute, spec, { a: VALUES.a })).values], [2]);
      const fault = await refusal(runKernel(compute, spec, { a: VALUES.a, at: 9 }));
      assert.equal(fault.code, "kernel-refused");
    }
  });

  it("takes any name that the source can write for a port", async () => {
    const source = "function f(constructor) { return constructor; }";
    const inputs: KernelPort[] = [{ ...number("constructor"), from: { constant: 3 } }];
    assert.deepEqual([...(await runKernel(compute, specOf(source, inputs, [1]), {})).values], [3]);
  });

  it("stays within the bounds of sin and cos where an angle is beyond what they are exact for", async () => {
    const source = "function f(a) { const x = a[this.thread.x]; return Math.sin(x) * Math.cos(x); }";
    // Not among the cells that are checked, where one that is off is one too many.
    const a = new Float32Array(20_000).fill(1);
    a.set([1e5, -1e7, 1e9, 3e38]);
    for (const backend of ["cpu", "webasm"] as const) {
      const spec = specOf(source, [field("a", [20_000])], [20_000], { backend });
      const { values } = await runKernel(compute, spec, { a });
      assert.ok(
        values.every((value) => Math.abs(value) <= 1),
        `${backend}: ${values.slice(0, 4).join()}`,
      );
    }
  });

  it("keeps a power at the largest float where it is beyond it", async () => {
    const source = `function f(x, n) {
  const p = Math.pow(x[this.thread.x], n[this.thread.x]);
  return Math.min(Math.abs(p), 10) + (p - p);
}`;
    const ports = [field("x", [6]), field("n", [6])];
    const x = Float32Array.of(1e20, -1e20, 1e-20, -1e-13, 1e20, 2);
    const n = Float32Array.of(2, 3, -2, -3, -2, -3);
    for (const backend of ["cpu", "webasm"] as const) {
      const { values } = await runKernel(compute, specOf(source, ports, [6], { backend }), { x, n });
      assert.deepEqual([...values], [10, 10, 10, 10, values[4], 0.125], backend);
      assert.ok(values[4]! < 1e-37);
    }
  });

  const wrong: readonly [string, Record<string, Float32Array | number>, RegExp][] = [
    ["a missing input", { a: VALUES.a }, /k: has no value/],
    ["an input that is not there", { ...VALUES, q: 1 }, /q: is no input; there are a, k/],
    ["a field of another size", { ...VALUES, a: new Float32Array(5) }, /a: is 4, 4 cells, got 5/],
    ["a field for a number", { ...VALUES, k: new Float32Array(1) }, /k: is a number, got a field of 1 cells/],
    ["NaN in a field", { ...VALUES, a: Float32Array.of(1, Number.NaN, 3, 4) }, /a: is NaN in cell 1/],
    [
      "Infinity in a field",
      { ...VALUES, a: Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY) },
      /a: is Infinity in cell 3/,
    ],
    ["NaN for a number", { ...VALUES, k: Number.NaN }, /k: is NaN/],
    ["a number beyond a float", { ...VALUES, k: 1e300 }, /k: is Infinity/],
    ["a number outside its range", { ...VALUES, k: 11 }, /k: is 11, its range is 0 to 10/],
  ];
  for (const [what, values, expected] of wrong)
    it(`refuses ${what}`, async () => {
      const fault = await refusal(runKernel(compute, specOf(SCALE, PORTS, [4]), values));
      assert.equal(fault.code, "kernel-input");
      assert.match(fault.message, expected);
    });

  it("refuses a source with errors, all of them, and a kernel that is too large", async () => {
    const spec = specOf("function f(a, k) { while (k) {} return a + q; }", PORTS, [4]);
    const fault = await refusal(runKernel(compute, spec, VALUES));
    assert.equal(fault.code, "kernel-refused");
    assert.match(fault.message, /1:20 .*\n {2}1:40 .*\n {2}1:44 /);
    const shape = [4096, 4096];
    const names = ["u", "v", "w"];
    const sum = names.map((name) => `${name}[this.thread.y][this.thread.x]`).join(" + ");
    const fields = names.map((name) => field(name, shape));
    const large = specOf(`function f(u, v, w) { return ${sum}; }`, fields, shape);
    const size = await refusal(runKernel(compute, large, { u: 0, v: 0, w: 0 }));
    assert.equal(size.code, "kernel-too-large");
    assert.match(size.message, /its fields take 320 MiB, a kernel may take 256 MiB/);
  });

  it("names the cell in which a kernel is no longer finite", async () => {
    const grow = specOf(GROW, [field("u", [3], { result: true }), number("k")], [3], { steps: 200 });
    const fault = await refusal(runKernel(compute, grow, { u: 1, k: 10 }));
    assert.equal(fault.code, "kernel-not-finite");
    assert.match(fault.message, /out: is (Infinity|NaN) in cell \(0\) after 200 steps/);
  });

  it("tells so of a first step, on every backend", async () => {
    const root = specOf("function f(k) { return Math.sqrt(k - 20) + this.thread.x; }", [number("k")], [3]);
    for (const backend of ["cpu", "webasm", "auto"] as const) {
      const fault = await refusal(runKernel(compute, { ...root, backend }, { k: 1 }));
      assert.equal(fault.code, "kernel-not-finite");
    }
  });

  it("tells how far it is, and hears a cancellation between steps", async () => {
    const heard: [number, number][] = [];
    await runKernel(
      compute,
      stepping(64, 50),
      { u: 1 },
      { onProgress: (done, of) => heard.push([done, of]) },
    );
    assert.ok(heard.every(([done, of]) => of === 50 && done >= 1 && done <= 50));
    assert.ok(heard.length > 0);
    const controller = new AbortController();
    const endless = runKernel(
      compute,
      stepping(50_000, 1_000_000),
      { u: 1 },
      {
        signal: controller.signal,
        deadlineMs: 60_000,
        onProgress: () => controller.abort(),
      },
    );
    assert.equal((await refusal(endless)).code, "compute-cancelled");
    const after = await runKernel(compute, specOf(SCALE, PORTS, [4]), VALUES);
    assert.deepEqual([...after.values], [2, 4, 6, 8]);
  });

  it("checks as many cells as asked, the same for one seed", async () => {
    const { crossCheck } = await runKernel(compute, stepping(5000, 4), { u: 1 }, { crossCheckCells: 200 });
    assert.equal(crossCheck.cells, 200);
    assert.ok(crossCheck.largestDifference < 1e-4);
  });

  it("keeps runs apart that wait beside each other", async () => {
    const all = await Promise.all(
      [1, 2, 3, 4].map((k) =>
        runKernel(compute, specOf(SCALE, PORTS, [4], { backend: "webasm" }), { ...VALUES, k }),
      ),
    );
    assert.deepEqual(
      all.map(({ values }) => values[1]),
      [2, 4, 6, 8],
    );
  });
});

describe("runKernel on a GPU in trouble", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(function () {
    needsFile(this, SOFTWARE_DRIVER);
    compute = softwareGpuCompute();
  });
  after(() => compute?.close());

  const mishap = (input: GpuMishap): Promise<void> =>
    compute.submit<GpuMishap, void>({ kernel: { name: "mishap", module: MISHAP, runsOn: "gpu" }, input });
  const onGpu = specOf(SCALE, PORTS, [4], { backend: "webgpu" });

  it("names the adapter", async () => {
    const { status } = await runKernel(compute, onGpu, VALUES);
    assert.match(status, /^webgpu · .*SwiftShader/);
  });

  it("makes an error of what the device only reports", async () => {
    await runKernel(compute, onGpu, VALUES);
    await mishap("refused command");
    await assert.rejects(runKernel(compute, onGpu, VALUES), { code: "gpu-error" });
    assert.deepEqual([...(await runKernel(compute, onGpu, VALUES)).values], [2, 4, 6, 8]);
  });

  it("tells that the device was lost, and takes a new one", async () => {
    await runKernel(compute, onGpu, VALUES);
    await mishap("device lost");
    await assert.rejects(runKernel(compute, onGpu, VALUES), { code: "gpu-device-lost" });
    assert.deepEqual([...(await runKernel(compute, onGpu, VALUES)).values], [2, 4, 6, 8]);
  });

  it("answers on another backend where any will do", async () => {
    await runKernel(compute, onGpu, VALUES);
    await mishap("device lost");
    const { values } = await runKernel(compute, { ...onGpu, backend: "auto" }, VALUES);
    assert.deepEqual([...values], [2, 4, 6, 8]);
  });

  it("takes no number for one that is none", async () => {
    const power = specOf("function f(k) { return Math.pow(k, 0.5) * 0 + 1; }", [number("k")], [1], {
      backend: "webgpu",
    });
    await assert.rejects(runKernel(compute, power, { k: -8 }), { code: "kernel-not-finite" });
  });

  it("does not count a software GPU that nobody asked for", async () => {
    const place = { submit: compute.submit.bind(compute), softwareGpu: false };
    await assert.rejects(runKernel(place, onGpu, VALUES), /only a software GPU/);
    const { stepMs } = await runKernel(place, { ...onGpu, backend: "auto" }, VALUES);
    assert.deepEqual(Object.keys(stepMs).sort(), ["cpu", "webasm"]);
  });
});
