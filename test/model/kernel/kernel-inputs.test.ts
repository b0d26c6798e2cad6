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
  it("are told in the units of the ports, whatever the property declares", async () => {
    const air = port("air", "°C", { address: AIR }, [2]);
    const { inputs, stale } = await gather([air], { newest: sample(73.4, "°F") });
    assert.equal(Math.fround(inputs.air as number), 23);
    assert.deepEqual(stale, []);
  });

  it("name an old value and use it, and refuse a bad one", async () => {
    const air = port("air", "°C", { address: AIR });
    assert.deepEqual(await gather([air], { newest: sample(23, "°C", GOOD, true) }), {
      inputs: { air: 23 },
      stale: [AIR],
    });
    await assert.rejects(gather([air], { newest: sample(23, "°C", BAD_SENSOR_FAILURE) }), {
      code: "bad-quality",
      message: /film, port air: the newest value of .*air\/temperature is bad \(status 0x808c0000\)/,
    });
    await assert.rejects(gather([air]), { code: "no-port-value", message: /no value of .* has come yet/ });
  });

  it("refuse a unit of another dimension, and a value without a unit", async () => {
    const air = port("air", "°C", { address: AIR });
    for (const [unit, what] of [
      ["bar", /bar cannot be told in °C/],
      ["", /a value without a unit cannot be told in °C/],
    ] as const) {
      const refused = { code: "unit-mismatch", message: what };
      await assert.rejects(gather([air], { newest: sample(1, unit) }), refused);
      assert.throws(() => checkUnits({ inputs: [air] }, () => unit, "film"), refused);
    }
    checkUnits({ inputs: [air] }, () => undefined, "film");
    checkUnits({ inputs: [air] }, () => "K", "film");
    checkUnits({ inputs: [port("air", "", { address: AIR })] }, () => "bar", "film");
    assert.deepEqual(
      (await gather([port("air", "", { address: AIR })], { newest: sample(1, undefined) })).inputs,
      {
        air: 1,
      },
    );
  });

  it("take a message's parts, and the unit and shape of the kernel before", async () => {
    const film = port("film", "g/m²", { message: "payload" }, [2]);
    const given = { payload: [1, 2], "payload.k": 3 };
    const message = (path: string): unknown => given[path as keyof typeof given];
    assert.deepEqual((await gather([film, port("k", "1/s", { message: "payload.k" })], { message })).inputs, {
      film: Float32Array.of(1, 2),
      k: 3,
    });
    const upstream = { unit: "kg/m²", shape: [2] };
    assert.deepEqual((await gather([film], { message, upstream })).inputs, {
      film: Float32Array.of(1000, 2000),
    });
    await assert.rejects(gather([film], { message, upstream: { shape: [1, 2] } }), /sends 1 × 2, expected 2/);
    await assert.rejects(gather([film], { message, upstream: { unit: "s" } }), { code: "unit-mismatch" });
    await assert.rejects(gather([film]), { code: "no-port-value", message: /the message has no payload/ });
  });

  it("start from the low end of the range, or 0, and go on from the last result", async () => {
    const film = port("film", "g/m²", { result: true }, [2]);
    assert.deepEqual((await gather([film])).inputs, { film: 0 });
    assert.deepEqual((await gather([{ ...film, range: [4, 5] }])).inputs, { film: 4 });
    const last = Float32Array.of(1, 2);
    assert.equal((await gather([film], { last })).inputs.film, last);
  });

  it("leave to the kernel what its ports bring along: constants and random numbers", async () => {
    const random = { random: { seed: 7, low: -1, high: 3 } };
    assert.deepEqual(
      (await gather([port("k", "1/s", { constant: 2 }), port("a", "1", random, [5])])).inputs,
      {},
    );
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
    ],
    output: { name: "film", unit: "g/m²", shape: [40, 30] },
    constants: {},
    steps: 1,
    loopMax: 1,
    seed: 42,
    backend: "auto" as const,
  };

  it("are a smooth seeded sample that fills each port's range, where nothing better is known", () => {
    const { inputs, deployed, sampled } = previewInputs(spec, {});
    assert.deepEqual([deployed, sampled], [[], ["film", "air", "rate"]]);
    assert.deepEqual(Object.keys(inputs), ["film", "air", "rate"]);
    assert.equal(inputs.rate, 3);
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
    assert.deepEqual(previewInputs(spec, {}).inputs, inputs);
    assert.notDeepEqual(previewInputs({ ...spec, seed: 43 }, {}).inputs.film, inputs.film);
  });

  it("are what the deployed node last had, where it still fits", () => {
    const film = new Float32Array(1200).fill(2);
    const fits = previewInputs(spec, { film, air: new Float32Array(4), rate: 2.5 });
    assert.deepEqual([fits.deployed, fits.sampled], [["film", "rate"], ["air"]]);
    assert.equal(fits.inputs.film, film);
    assert.equal(fits.inputs.rate, 2.5);
    const outside = previewInputs(spec, { film: new Float32Array(1200).fill(6), air: 23, rate: 1 });
    assert.deepEqual([outside.deployed, outside.sampled], [["air"], ["film", "rate"]]);
  });
});
