import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../../runtime/core/random.ts";
import { backtest } from "../../../runtime/predict/forecast/backtest.ts";
import { onnxContract } from "../../../runtime/predict/forecast/onnx/onnx-contract.ts";
import { readOnnxFile } from "../../../runtime/predict/forecast/onnx/onnx-file.ts";
import { OnnxSource } from "../../../runtime/predict/forecast/onnx/onnx-source.ts";
import { OnnxThread } from "../../../runtime/predict/forecast/onnx/onnx-thread.ts";
import { linearModel, onnxBytes, type Port } from "./onnx-bytes.ts";

const STEP_US = 60e6;
const TASK = { stepUs: STEP_US, horizon: 2, season: 0 };
/** An autoregression of weight 0.9: the best forecasts are 0.9 and 0.81 of the last value. */
const MODEL = linearModel([
  [0, 0],
  [0.9, 0.81],
]);

function history(n: number) {
  const random = new Random(4);
  const values = new Float64Array(n);
  for (let i = 1; i < n; i++) values[i] = 0.9 * values[i - 1]! + random.normal();
  return { values, endUs: Float64Array.from(values, (_, i) => (i + 1) * STEP_US), exogenous: [] };
}

describe("predict/forecast/onnx", function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-onnx-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const fileOf = (bytes: Uint8Array): string => {
    const file = join(folder, "model.onnx");
    writeFileSync(file, bytes);
    return file;
  };

  it("reads ports and metadata of a model, and refuses what is none", () => {
    const file = readOnnxFile(linearModel([[1], [2]], { "rung.unit": "°C" }), "m");
    assert.deepEqual(file.inputs, [{ name: "past", elementType: 1, shape: ["batch", 2] }]);
    assert.deepEqual(file.outputs, [{ name: "forecast", elementType: 1, shape: ["batch", 1] }]);
    assert.equal(file.metadata.get("rung.unit"), "°C");
    const refused = (bytes: Uint8Array): RegExpMatchArray | null => {
      try {
        readOnnxFile(bytes, "m");
      } catch (fault) {
        return (fault as Error).message.match(/^m: (.*)$/);
      }
      return null;
    };
    assert.match(refused(new Uint8Array())![1]!, /it has no graph/);
    assert.match(
      refused(Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]))![1]!,
      /no ONNX model/,
    );
    const part = onnxBytes({
      nodes: [],
      inputs: [],
      outputs: [],
      weights: { w: { dims: [1], values: [1] } },
      external: true,
    });
    assert.match(refused(part)![1]!, /keeps the weights of "w" in another file/);
    for (let cut = 1; cut < MODEL.length; cut++) {
      try {
        readOnnxFile(MODEL.subarray(0, cut), "m");
      } catch (fault) {
        assert.equal((fault as { code: string }).code, "bad-model");
      }
    }
  });

  it("checks names, shapes, type, unit and step before anything is run", () => {
    const good: Port[] = [{ name: "past", shape: [1, 4] }];
    const out: Port[] = [{ name: "forecast", shape: [1, 2] }];
    const of = (inputs: Port[], outputs: Port[], task = {}, metadata = {}, unit?: string): string => {
      const file = readOnnxFile(onnxBytes({ nodes: [], inputs, outputs, metadata }), "m");
      try {
        return JSON.stringify(onnxContract(file, { ...TASK, ...task }, unit, "m"));
      } catch (fault) {
        return (fault as Error).message;
      }
    };
    assert.equal(of(good, out), '{"past":4,"exogenous":0,"ahead":2}');
    const exogenous = [{ name: "load", known: false }];
    const beside: Port = { name: "exogenous", shape: ["n", 4, 1] };
    assert.equal(of([...good, beside], out, { exogenous }), '{"past":4,"exogenous":1,"ahead":2}');
    assert.match(of([{ name: "x", shape: [1, 4] }], out), /has no input "past", but x\[1, 4\]/);
    assert.match(of([], out), /has no input "past", but none/);
    assert.match(of([...good, { name: "y", shape: [1] }], out), /wants y\[1\], which is not known here/);
    assert.match(of(good, [{ name: "y", shape: [1, 2] }]), /has no output "forecast"/);
    assert.match(
      of([{ name: "past", shape: [1, "t"] }], out),
      /past\[1, t\] must be \[1, steps\] with fixed sizes/,
    );
    assert.match(of([{ name: "past", shape: [2, 4] }], out), /must be \[1, steps\]/);
    assert.match(of([{ name: "past", shape: [1, 4], element: 11 }], out), /past is not float32/);
    assert.match(of(good, out, { horizon: 3 }), /forecasts 2 steps, asked are 3/);
    assert.match(of(good, out, { exogenous }), /takes no exogenous inputs, 1 are named/);
    assert.match(of([...good, beside], out), /takes exogenous\[n, 4, 1\], 0 are named/);
    assert.match(of(good, out, {}, { "rung.unit": "°C" }, "K"), /speaks °C, the property is in K/);
    assert.match(of(good, out, {}, { "rung.unit": "°C" }), /speaks °C, the property is in no unit/);
    assert.equal(
      of(good, out, {}, { "rung.unit": "K", "rung.stepS": "60" }, "K"),
      '{"past":4,"exogenous":0,"ahead":2}',
    );
    assert.match(of(good, out, {}, { "rung.stepS": "30" }), /has steps of 30 s, the forecast of 60 s/);
  });

  it("forecasts as the model says, with intervals that cover and skill over the last value", async () => {
    const source = new OnnxSource(TASK, fileOf(MODEL));
    const steps = history(1200);
    const { forecaster } = await backtest(TASK, steps, { source });
    const last = steps.values.at(-1)!;
    const told = forecaster.issued!.mean;
    assert.ok(Math.abs(told[0]! - 0.9 * last) < 1e-5 && Math.abs(told[1]! - 0.81 * last) < 1e-5);
    assert.deepEqual(
      forecaster.evidence(0).map(({ verdict }) => verdict),
      ["holds", "holds"],
    );
    assert.match(forecaster.message(0)!.model, /model\.onnx$/);
    source.close();
  });

  it("reads exogenous inputs step by step", async () => {
    const task = { ...TASK, horizon: 1, exogenous: [{ name: "u", known: false }] };
    // forecast = reduced sum of the last exogenous values: [1, 2, 1] -> [1, 2] by Squeeze-free Flatten, then MatMul.
    const bytes = onnxBytes({
      nodes: [
        { op: "Flatten", inputs: ["exogenous"], outputs: ["flat"] },
        { op: "Add", inputs: ["flat", "past"], outputs: ["sum"] },
        { op: "MatMul", inputs: ["sum", "w"], outputs: ["forecast"] },
      ],
      inputs: [
        { name: "past", shape: [1, 2] },
        { name: "exogenous", shape: [1, 2, 1] },
      ],
      outputs: [{ name: "forecast", shape: [1, 1] }],
      weights: { w: { dims: [2, 1], values: [0, 1] } },
    });
    const source = new OnnxSource(task, fileOf(bytes));
    const { values, endUs } = history(600);
    const u = Float64Array.from(values, (_, i) => i);
    const { forecaster } = await backtest(task, { values, endUs, exogenous: [u] }, { source });
    assert.ok(Math.abs(forecaster.issued!.mean[0]! - (values.at(-1)! + 599)) < 1e-3);
    source.close();
  });

  it("says what is wrong: no file, a model that cannot run, one that gives no numbers", async () => {
    const steps = history(400);
    const failing = async (file: string): Promise<string> => {
      const source = new OnnxSource(TASK, file);
      try {
        await source.learn(steps);
        return "none";
      } catch (fault) {
        return `${(fault as { code: string }).code} ${(fault as Error).message}`;
      } finally {
        source.close();
      }
    };
    assert.match(
      await failing(join(folder, "none.onnx")),
      /^file-unreadable .*none\.onnx: there is no such file/,
    );
    const ports = {
      inputs: [{ name: "past", shape: [1, 2] }],
      outputs: [{ name: "forecast", shape: [1, 2] }],
    };
    const unknown = onnxBytes({
      ...ports,
      nodes: [{ op: "NoSuch", inputs: ["past"], outputs: ["forecast"] }],
    });
    assert.match(await failing(fileOf(unknown)), /^model-failed .*NoSuch/);
    const log = onnxBytes({ ...ports, nodes: [{ op: "Log", inputs: ["past"], outputs: ["forecast"] }] });
    assert.match(await failing(fileOf(log)), /^model-failed .*no finite number/);
  });

  it("is ended where it takes more time or memory than it may", async () => {
    const contract = { past: 2, exogenous: 0, ahead: 2 };
    const slow = new OnnxThread(MODEL, contract, "m", { loadMs: 1, forecastMs: 1000, memoryMb: 512 });
    await assert.rejects(slow.loaded(), { code: "model-failed", message: /did not load within 0\.001 s/ });
    await assert.rejects(slow.forecast(new Float32Array(2), new Float32Array(0)), { code: "model-failed" });
    // 4000 x 4000 made by the model itself: 64 MB of float32 and as much again.
    const side = 4000;
    const large = onnxBytes({
      nodes: [
        { op: "MatMul", inputs: ["column", "row"], outputs: ["square"] },
        { op: "MatMul", inputs: ["square", "square"], outputs: ["again"] },
        { op: "MatMul", inputs: ["again", "column"], outputs: ["sum"] },
        { op: "ReduceMax", inputs: ["sum"], outputs: ["most"] },
        { op: "Add", inputs: ["past", "most"], outputs: ["forecast"] },
      ],
      inputs: [{ name: "past", shape: [1, 2] }],
      outputs: [{ name: "forecast", shape: [1, 2] }],
      weights: {
        column: { dims: [side, 1], values: new Array<number>(side).fill(1) },
        row: { dims: [1, side], values: new Array<number>(side).fill(1) },
      },
    });
    const small = new OnnxThread(large, contract, "m", { loadMs: 20_000, forecastMs: 20_000, memoryMb: 48 });
    await assert.rejects(
      small.loaded().then(() => small.forecast(new Float32Array(2), new Float32Array(0))),
      { code: "model-failed", message: /alloc/i },
    );
    small.close();
  });
});
