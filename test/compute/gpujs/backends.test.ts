import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import { type KernelResult, runKernel } from "../../../runtime/compute/gpujs/run-kernel.ts";
import {
  KERNEL_BACKENDS,
  type KernelBackend,
  type KernelSpec,
} from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { Random } from "../../../runtime/core/random.ts";
import { needsFile } from "../../needs.ts";
import { field, number, specOf } from "../kernel-language/field-spec.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "./software-gpu.ts";

type Inputs = Record<string, Float32Array | number>;

/** Largest difference between two results over the largest value of the first, where it has one. */
function difference(a: Float32Array, b: Float32Array): number {
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0) / scale;
}

const drawn = (cells: number, low: number, high: number): Float32Array => {
  const random = new Random(5);
  return Float32Array.from({ length: cells }, () => low + (high - low) * random.uniform());
};

const NEIGHBOURS = `const w = u[y][Math.max(x - 1, 0)], e = u[y][Math.min(x + 1, this.output.x - 1)];
  const s = u[Math.max(y - 1, 0)][x], t = u[Math.min(y + 1, this.output.y - 1)][x];`;

describe("kernels on webgpu, webasm and cpu", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(function () {
    needsFile(this, SOFTWARE_DRIVER);
    compute = softwareGpuCompute();
  });
  after(() => compute?.close());

  /** The result of each backend, which must be within `tolerance` of the CPU's and of the cells checked. */
  async function onAll(
    spec: KernelSpec,
    inputs: Inputs,
    tolerance: number,
  ): Promise<Map<KernelBackend, KernelResult>> {
    const results = new Map<KernelBackend, KernelResult>();
    for (const backend of KERNEL_BACKENDS)
      results.set(backend, await runKernel(compute, { ...spec, backend }, inputs));
    const cpu = results.get("cpu")!.values;
    for (const [backend, result] of results) {
      assert.equal(result.backend, backend);
      const off = difference(cpu, result.values);
      assert.ok(off <= tolerance, `${backend} differs by ${off}`);
      assert.ok(
        result.crossCheck.largestDifference <= tolerance,
        `${backend}: ${result.crossCheck.largestDifference}`,
      );
    }
    return results;
  }

  it("step heat over a plate: the sine decays by its exact factor", async () => {
    const n = 64;
    const steps = 100;
    const source = `function heat(u, r) {
  const x = this.thread.x, y = this.thread.y;
  if (x === 0 || y === 0 || x === this.output.x - 1 || y === this.output.y - 1) return 0;
  return u[y][x] + r * (u[y][x - 1] + u[y][x + 1] + u[y - 1][x] + u[y + 1][x] - 4 * u[y][x]);
}`;
    const shape = [n, n];
    const inputs = [field("u", shape, { result: true }), number("r")];
    const sine = (at: number): number => Math.sin((Math.PI * at) / (n - 1));
    const u = Float32Array.from({ length: n * n }, (_, at) => sine(at % n) * sine(Math.floor(at / n)));
    const results = await onAll(specOf(source, inputs, shape, { steps }), { u, r: 0.2 }, 2e-6);
    const factor = (1 - 0.4 * (2 - 2 * Math.cos(Math.PI / (n - 1)))) ** steps;
    for (const { values } of results.values()) {
      const middle = (n / 2) * n + n / 2;
      assert.ok(Math.abs(values[middle]! / u[middle]! / factor - 1) < 1e-5);
    }
  });

  it("relax a flow as lattice-Boltzmann does, nine populations along z", async () => {
    const shape = [24, 16, 9];
    const source = `function stream(f, tau) {
  const x = this.thread.x, y = this.thread.y, q = this.thread.z;
  let density = 0;
  let momentumX = 0;
  let momentumY = 0;
  let own = 0;
  let cx = 0;
  let cy = 0;
  let weight = 4 / 9;
  if (q > 0) {
    weight = q < 5 ? 1 / 9 : 1 / 36;
    cx = q === 1 || q === 5 || q === 8 ? 1 : q === 3 || q === 6 || q === 7 ? -1 : 0;
    cy = q === 2 || q === 5 || q === 6 ? 1 : q === 4 || q === 7 || q === 8 ? -1 : 0;
  }
  const fromX = (x - cx + this.output.x) % this.output.x;
  const fromY = (y - cy + this.output.y) % this.output.y;
  for (let k = 0; k < 9; k++) {
    const value = f[k][Math.min(Math.max(fromY, 0), this.output.y - 1)][Math.min(Math.max(fromX, 0), this.output.x - 1)];
    const kx = k === 1 || k === 5 || k === 8 ? 1 : k === 3 || k === 6 || k === 7 ? -1 : 0;
    const ky = k === 2 || k === 5 || k === 6 ? 1 : k === 4 || k === 7 || k === 8 ? -1 : 0;
    density += value;
    momentumX += value * kx;
    momentumY += value * ky;
    if (k === q) own = value;
  }
  const u = momentumX / density, v = momentumY / density;
  const along = 3 * (cx * u + cy * v);
  const settled = weight * density * (1 + along + 0.5 * along * along - 1.5 * (u * u + v * v));
  return own - (own - settled) / tau;
}`;
    const inputs = [field("f", shape, { result: true }), number("tau", [0.5, 2])];
    const weights = [4 / 9, ...Array<number>(4).fill(1 / 9), ...Array<number>(4).fill(1 / 36)];
    const cells = 24 * 16;
    const f = Float32Array.from({ length: 9 * cells }, (_, at) => {
      const [q, x] = [Math.floor(at / cells), at % 24];
      return weights[q]! * (1 + 0.05 * Math.sin((2 * Math.PI * x) / 24));
    });
    const results = await onAll(specOf(source, inputs, shape, { steps: 50 }), { f, tau: 0.8 }, 5e-6);
    const mass = (of: Float32Array): number => of.reduce((sum, value) => sum + value, 0);
    for (const { values } of results.values()) assert.ok(Math.abs(mass(values) / mass(f) - 1) < 1e-5);
  });

  it("ride an oven with random heat transfer, the same for all", async () => {
    const runs = 256;
    const source = `function ride(spread, air) {
  const run = this.thread.x, node = this.thread.y;
  const tau = (60 + 120 * node) * Math.exp(0.05 * spread[node][run]);
  const keep = Math.exp(-this.constants.dt / tau);
  let t = 25;
  let minutes = 0;
  for (let i = 0; i < this.constants.steps; i++) {
    const zone = Math.min(Math.floor(i * this.constants.dt / 300), 5);
    t = air[zone] + (t - air[zone]) * keep;
    minutes += this.constants.dt / 60 * Math.exp(7962 * (1 / 443.15 - 1 / (t + 273.15)));
  }
  return minutes;
}`;
    const shape = [runs, 5];
    const inputs = [field("spread", shape, { random: { seed: 9, low: -1, high: 1 } }), field("air", [6])];
    const spec = specOf(source, inputs, shape, { constants: { dt: 10, steps: 180 }, seed: 42 });
    const air = Float32Array.of(120, 165, 190, 185, 180, 175);
    const results = await onAll(spec, { air }, 2e-5);
    const { values } = results.get("cpu")!;
    assert.ok(values[0]! > values[4 * runs]! && values[4 * runs]! > 0, "the heavy node cures less");
    const again = await runKernel(compute, { ...spec, backend: "webasm" }, { air });
    assert.deepEqual(again.values, results.get("webasm")!.values);
    const other = await runKernel(compute, { ...spec, backend: "webasm", seed: 43 }, { air });
    assert.notDeepEqual(other.values, again.values);
  });

  it("reduce a field by rows: sum, and the place of the highest", async () => {
    const shape = [40];
    const source = `function reduce(a) {
  const row = this.thread.x;
  let sum = 0;
  let highest = a[row][0];
  let place = 0;
  for (let i = 0; i < 96; i++) {
    const value = a[row][i];
    sum += value;
    if (value > highest) { highest = value; place = i; }
  }
  return sum + 1000 * place;
}`;
    const a = drawn(96 * 40, 0, 10);
    const results = await onAll(specOf(source, [field("a", [96, 40])], shape), { a }, 1e-6);
    const row = a.subarray(0, 96);
    const expected = row.reduce((sum, value) => sum + value, 0) + 1000 * row.indexOf(Math.max(...row));
    for (const { values } of results.values()) assert.ok(Math.abs(values[0]! / expected - 1) < 1e-6);
  });

  it("call every function of the prelude", async () => {
    const source = `function all(a) {
  const v = a[this.thread.x];
  const w = 0.5 + 0.4 * Math.sin(v);
  let s = Math.exp(w) + Math.expm1(w) + Math.log(w) + Math.log1p(w) + Math.log2(w) + Math.log10(w);
  s += Math.pow(w, 1.3) + Math.pow(-v, 3) + w ** 2 + Math.cbrt(v) + Math.hypot(v, w, 1);
  s += Math.cos(v) + Math.tan(w) + Math.asin(w) + Math.acos(w) + Math.atan(v) + Math.atan2(v, w);
  s += Math.sinh(v) + Math.cosh(v) + Math.tanh(v) + Math.asinh(v) + Math.acosh(1 + w) + Math.atanh(w);
  s += Math.round(w) + Math.sign(w) + Math.abs(v) + Math.floor(w) + Math.ceil(w) + Math.trunc(w) + Math.sqrt(w);
  return s + Math.min(v, w, 0.1) + Math.max(v, w) + w % 0.25 + Math.floor(this.thread.x / 7);
}`;
    await onAll(specOf(source, [field("a", [512])], [512]), { a: drawn(512, -2, 2) }, 1e-6);
  });

  for (const shape of [[1], [5], [4099], [1, 1], [7, 3], [3, 700], [2, 3, 4], [17, 1, 5]])
    it(`give every cell its own index in ${shape.join(" x ")}`, async () => {
      const [ny, nz] = [shape[1] ?? 0, shape[2] ?? 0];
      const source = `function place(a) {
  return this.thread.x + ${ny ? "100 * this.thread.y" : 0} + ${nz ? "10000 * this.thread.z" : 0} + a${nz ? "[this.thread.z]" : ""}${ny ? "[this.thread.y]" : ""}[this.thread.x];
}`;
      const cells = shape.reduce((product, n) => product * n, 1);
      const a = Float32Array.from({ length: cells }, (_, at) => at / 4);
      const results = await onAll(specOf(source, [field("a", shape)], shape), { a }, 0);
      const nx = shape[0]!;
      const exact = a.map(
        (value, at) =>
          value +
          (at % nx) +
          100 * (Math.floor(at / nx) % (ny || 1)) +
          10000 * Math.floor(at / (nx * (ny || 1))),
      );
      for (const { values } of results.values()) assert.deepEqual(values, exact);
    });

  it("step with a state and a field beside it, as often as asked and no more", async () => {
    const source = `function count(n, add) { return n[this.thread.y][this.thread.x] + add[this.thread.y][this.thread.x]; }`;
    const shape = [6, 2];
    const inputs = [field("n", shape, { result: true }), field("add", shape)];
    for (const steps of [1, 2, 3, 31, 32, 33, 97]) {
      const spec = specOf(source, inputs, shape, { steps });
      const results = await onAll(spec, { add: new Float32Array(12).fill(2) }, 0);
      for (const { values } of results.values())
        assert.deepEqual(values, new Float32Array(12).fill(2 * steps));
    }
  });

  it("keep neighbours apart that both read the last step", async () => {
    const source = `function mean(u) {
  const x = this.thread.x, y = this.thread.y;
  ${NEIGHBOURS}
  return 0.25 * (w + e + s + t);
}`;
    const shape = [33, 21];
    const spec = specOf(source, [field("u", shape, { result: true })], shape, { steps: 7 });
    await onAll(spec, { u: drawn(33 * 21, -1, 1) }, 1e-6);
  });

  const nested: readonly [string, string, number][] = [
    ["sums", `return ${"(1 + ".repeat(200)}k${")".repeat(200)};`, 200.5],
    ["choices in choices", `return ${"(k < 1 ? ".repeat(100)}k${" : 2)".repeat(100)};`, 0.5],
    ["decisions", `return ${"k < 1 && ".repeat(200)}k > 0 ? 3 : 4;`, 3],
    ["blocks", `let s = 0; ${"if (k > 0) { s += 1; ".repeat(30)}${"}".repeat(30)} return s;`, 30],
  ];
  for (const [what, body, expected] of nested)
    it(`take ${what} nested deeply, for which a shader has no room`, async () => {
      const results = await onAll(specOf(`function f(k) { ${body} }`, [number("k")], [8]), { k: 0.5 }, 0);
      for (const { values } of results.values()) assert.deepEqual(values, new Float32Array(8).fill(expected));
    });
});
