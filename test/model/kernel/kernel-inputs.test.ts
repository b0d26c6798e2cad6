import assert from "node:assert/strict";
import type { KernelPort } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { BAD_SENSOR_FAILURE, GOOD } from "../../../runtime/core/quality.ts";
import { checkUnits, gatherInputs, type InputSources } from "../../../runtime/model/kernel/kernel-inputs.ts";
import { previewInputs } from "../../../runtime/model/kernel/sample-inputs.ts";

const AIR = "acme/leipzig/paint/booth1/air/temperature";
const port = (name: string, unit: string, from: KernelPort["from"], shape: number[] = []): KernelPort => ({
  name,
  holds: shape.length === 0 ? "number" : "field",
  unit,
  shape,
  from,
});
const sources = (some: Partial<InputSources> = {}): InputSources => ({
  message: () => undefined,
  newest: () => undefined,
  last: undefined,
  run: 0,
  ...some,
});
const gather = (ports: KernelPort[], some: Partial<InputSources> = {}) =>
  gatherInputs({ inputs: ports }, sources(some), "film");
const sample =
  (value: number, unit: string | undefined, quality = GOOD, stale = false) =>
  () => ({
    value,
    quality,
    stale,
    ...(unit === undefined ? {} : { unit }),
  });

describe("inputs of a kernel's run", () => {
  it("are told in the units of the ports, whatever the property declares", () => {
    const air = port("air", "°C", { address: AIR }, [2]);
    const { inputs, stale } = gather([air], { newest: sample(73.4, "°F") });
    assert.deepEqual(inputs, { air: Float32Array.of(23, 23) });
    assert.deepEqual(stale, []);
  });

  it("name an old value and use it, and refuse a bad one", () => {
    const air = port("air", "°C", { address: AIR });
    assert.deepEqual(gather([air], { newest: sample(23, "°C", GOOD, true) }), {
      inputs: { air: 23 },
      stale: [AIR],
    });
    assert.throws(() => gather([air], { newest: sample(23, "°C", BAD_SENSOR_FAILURE) }), {
      code: "bad-quality",
      message: /film, port air: the newest value of .*air\/temperature is bad \(status 0x808c0000\)/,
    });
    assert.throws(() => gather([air]), { code: "no-port-value", message: /no value of .* has come yet/ });
  });

  it("refuse a unit of another dimension, and a value without a unit", () => {
    const air = port("air", "°C", { address: AIR });
    for (const [unit, what] of [
      ["bar", /bar cannot be told in °C/],
      ["", /a value without a unit cannot be told in °C/],
    ] as const) {
      const refused = { code: "unit-mismatch", message: what };
      assert.throws(() => gather([air], { newest: sample(1, unit) }), refused);
      assert.throws(() => checkUnits({ inputs: [air] }, () => unit, "film"), refused);
    }
    checkUnits({ inputs: [air] }, () => undefined, "film");
    checkUnits({ inputs: [air] }, () => "K", "film");
    checkUnits({ inputs: [port("air", "", { address: AIR })] }, () => "bar", "film");
    assert.deepEqual(gather([port("air", "", { address: AIR })], { newest: sample(1, undefined) }).inputs, {
      air: 1,
    });
  });

  it("take a message's parts, and the unit and shape of the kernel before", () => {
    const film = port("film", "g/m²", { message: "payload" }, [2]);
    const given = { payload: [1, 2], "payload.k": 3 };
    const message = (path: string): unknown => given[path as keyof typeof given];
    assert.deepEqual(gather([film, port("k", "1/s", { message: "payload.k" })], { message }).inputs, {
      film: Float32Array.of(1, 2),
      k: 3,
    });
    const upstream = { unit: "kg/m²", shape: [2] };
    assert.deepEqual(gather([film], { message, upstream }).inputs, { film: Float32Array.of(1000, 2000) });
    assert.throws(() => gather([film], { message, upstream: { shape: [1, 2] } }), /sends 1 × 2, expected 2/);
    assert.throws(() => gather([film], { message, upstream: { unit: "s" } }), { code: "unit-mismatch" });
    assert.throws(() => gather([film]), { code: "no-port-value", message: /the message has no payload/ });
  });

  it("start from the low end of the range, or 0, and go on from the last result", () => {
    const film = port("film", "g/m²", { result: true }, [2]);
    assert.deepEqual(gather([film]).inputs, { film: Float32Array.of(0, 0) });
    assert.deepEqual(gather([{ ...film, range: [4, 5] }]).inputs, { film: Float32Array.of(4, 4) });
    const last = Float32Array.of(1, 2);
    assert.equal(gather([film], { last }).inputs.film, last);
  });

  it("draw other random numbers for each run and each port, and the same ones again", () => {
    const noise = (name: string) => port(name, "1", { random: { seed: 7, low: -1, high: 3 } }, [500]);
    const draw = (run: number) => gather([noise("a"), noise("b")], { run }).inputs;
    const [first, second, again] = [draw(0), draw(1), draw(0)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.a, first.b);
    assert.notDeepEqual(first.a, second.a);
    const values = [...(first.a as Float32Array)];
    assert.ok(values.every((value) => value >= -1 && value < 3));
    // 99.9 % of the means of 500 such draws lie within 3.3 standard errors, 0.17, of the middle.
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) / 500 - 1) < 0.17);
  });
});

describe("inputs of a preview", () => {
  const spec = {
    version: 1 as const,
    name: "film",
    source: "",
    inputs: [
      { ...port("film", "g/m²", { result: true }, [40, 30]), range: [1, 5] as const },
      port("air", "°C", { message: "payload" }, [40, 30]),
      { ...port("rate", "1/s", { message: "payload.rate" }), range: [2, 4] as const },
      port("k", "1/s", { constant: 0.25 }),
      port("noise", "1", { random: { seed: 1, low: 0, high: 1 } }, [4]),
      port("hiss", "1", { random: { seed: 1, low: 0, high: 1 } }, [4]),
    ],
    output: { name: "film", unit: "g/m²", shape: [40, 30] },
    constants: {},
    steps: 1,
    loopMax: 1,
    seed: 42,
    backend: "auto" as const,
  };

  it("are a smooth seeded sample that fills each port's range, where nothing better is known", () => {
    const { inputs, deployed, sampled } = previewInputs(spec, {}, "film");
    assert.deepEqual([deployed, sampled], [[], ["film", "air", "rate"]]);
    assert.deepEqual([inputs.rate, inputs.k], [3, 0.25]);
    assert.notDeepEqual(inputs.noise, inputs.hiss);
    for (const [name, low, high] of [
      ["film", 1, 5],
      ["air", 0, 1],
    ] as const) {
      const values = inputs[name] as Float32Array;
      assert.deepEqual([Math.min(...values), Math.max(...values)], [low, high]);
      let largestStep = 0;
      for (let cell = 1; cell < values.length; cell++)
        if (cell % 40 !== 0) largestStep = Math.max(largestStep, Math.abs(values[cell]! - values[cell - 1]!));
      assert.ok(largestStep < 0.5 * (high - low), `${name} jumps by ${largestStep}`);
    }
    assert.deepEqual(previewInputs(spec, {}, "film").inputs, inputs);
    assert.notDeepEqual(previewInputs({ ...spec, seed: 43 }, {}, "film").inputs.film, inputs.film);
  });

  it("are what the deployed node last had, where it still fits", () => {
    const film = new Float32Array(1200).fill(2);
    const { inputs, deployed, sampled } = previewInputs(
      spec,
      { film, air: new Float32Array(4), rate: 2.5 },
      "film",
    );
    assert.deepEqual([deployed, sampled], [["film", "rate"], ["air"]]);
    assert.equal(inputs.film, film);
    assert.equal(inputs.rate, 2.5);
  });
});
