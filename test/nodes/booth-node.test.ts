import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { specifiersOf } from "../../build/floors.ts";
import booth from "../../nodes/0-model/booth/booth.ts";
import state from "../../nodes/1-describe/state/state.ts";
import twin from "../../nodes/config/twin/twin.ts";
import type { Property } from "../../runtime/core/property.ts";
import { wallTimeUs } from "../../runtime/core/time.ts";
import type { AirflowPicture } from "../../runtime/model/booth/airflow-picture.ts";
import { type BoothBalance, boothBalance } from "../../runtime/model/booth/booth-balance.ts";
import type { BoothComparison } from "../../runtime/model/booth/booth-comparison.ts";
import { boothConfig } from "../../runtime/model/booth/booth-config.ts";
import { BOOTH_FIELDS, type BoothField, isChoice } from "../../runtime/model/booth/booth-fields.ts";
import { TestSource } from "../describe/twin-fixture.ts";
import { endFlow, helper, onOwnHome } from "./node-runtime.ts";

const BOOTH = "acme/leipzig/paint/booth1";
const BAD = 0x80000000;
const TAGS: readonly [path: string, unit: string][] = [
  ["air/temperature", "°C"],
  ["air/humidity", "%"],
  ["air/temperatureSetpoint", "°C"],
  ["supply/flow", "m³/s"],
  ["supply/fanPower", "kW"],
  ["door/open", "1"],
];
const PROPERTIES: Property[] = TAGS.map(([path, unit]) => ({
  address: `${BOOTH}/${path}`,
  kind: "measurement",
  type: "number",
  unit,
  update: { mode: "cyclic", periodMs: 60_000 },
}));

describe("booth form", () => {
  const labels = JSON.parse(
    readFileSync(new URL("../../nodes/0-model/booth/labels.json", import.meta.url), "utf8"),
  ) as Record<"en-US" | "de", Record<string, string>>;

  it("has a label for every field, choice and section, in English the one of the checker's faults", () => {
    const wanted = new Set<string>();
    for (const [section, fields] of Object.entries(BOOTH_FIELDS)) {
      for (const [key, field] of Object.entries<BoothField>(fields)) {
        const label = `field-${section}-${key}`;
        wanted.add(label);
        assert.equal(labels["en-US"][label]!.toLowerCase(), field.label.toLowerCase(), label);
        if (isChoice(field))
          for (const choice of field.choices) wanted.add(`choice-${choice.replaceAll(" ", "-")}`);
      }
    }
    for (const key of wanted) assert.ok(labels.de[key], `${key} in German`);
    const unknown = Object.keys(labels.de).filter((key) => /^(field|choice)-/.test(key) && !wanted.has(key));
    assert.deepEqual(unknown, []);
  });

  it("loads nothing in the browser but core and the model itself", () => {
    const form = readFileSync(new URL("../../nodes/0-model/booth/booth.html", import.meta.url), "utf8");
    const named = /const MODULES = \[([^\]]+)\]/.exec(form)![1]!.match(/[\w-]+/g)!;
    const model = new URL("../../runtime/model/booth/", import.meta.url);
    const seen = new Set<string>();
    const waiting = named.map((name) => new URL(`${name}.ts`, model).href);
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      assert.match(file, /\/runtime\/(core|model\/booth)\/[\w-]+\.ts$/);
      for (const specifier of specifiersOf(stripTypeScriptTypes(readFileSync(new URL(file), "utf8"))))
        waiting.push(new URL(specifier, file).href);
    }
    assert.ok(seen.size > 10);
  });

  it("has a word for every state the air can be in", () => {
    for (const outside of [
      { temperatureC: -10, relativeHumidityPercent: 80 },
      { temperatureC: 35, relativeHumidityPercent: 80 },
      { temperatureC: 35, relativeHumidityPercent: 10 },
    ]) {
      const given = {
        outside,
        air: { freshPercent: 100, exhaustPercent: 100 },
        handling: { recovery: "wheel" },
      };
      for (const { name } of boothBalance(boothConfig(given)).states)
        for (const language of ["en-US", "de"] as const)
          assert.ok(labels[language][`state-${name.replaceAll(" ", "-")}`], `${name} in ${language}`);
    }
  });
});

describe("booth node in Node-RED", () => {
  let out: { topic: string; payload: unknown }[];
  let faults: string[];

  onOwnHome();
  afterEach(endFlow);

  const start = async (booths: object, more: object = {}): Promise<void> => {
    const flow = [
      { id: "t", type: "rung-twin", address: BOOTH, name: "booth 1", scope: "machine", targetRung: 1 },
      { id: "s", type: "rung-state", twin: "t", emit: "frames", wires: [["b"]] },
      { id: "b", type: "rung-booth", name: "booth1", twin: "t", booth: booths, ...more, wires: [["o"]] },
      { id: "o", type: "helper", wires: [] },
    ];
    await helper.load([twin, state, booth], flow);
    out = [];
    faults = [];
    helper.getNode("o").on("input", ({ topic, payload }) => out.push({ topic, payload }));
    helper.getNode("b").error = (what) => faults.push(String(what));
  };
  const next = async <T>(): Promise<T> => {
    const had = out.length;
    for (let i = 0; i < 400 && out.length === had; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(out.length > had, `nothing came; ${faults.join("; ")}`);
    return out.at(-1)!.payload as T;
  };
  const told = async (): Promise<string> => {
    for (let i = 0; i < 100 && faults.length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return faults.join("\n");
  };

  it("balances the form, and a message's sections laid over it for that once", async () => {
    await start({ outside: { temperatureC: 5 } });
    const answers: BoothBalance[] = [];
    for (const payload of [0, { outside: { temperatureC: -10 } }, "again"]) {
      const answer = next<BoothBalance>();
      helper.getNode("b").receive({ payload });
      answers.push(await answer);
    }
    const outsideC = answers.map((answer) => answer.states[0]!.temperatureC);
    assert.deepEqual(outsideC, [5, -10, 5]);
    assert.ok(answers[1]!.energy.heatKW > answers[0]!.energy.heatKW);
    assert.equal(answers[0]!.kind, "booth");
    assert.equal(out[0]!.topic, BOOTH);
    assert.deepEqual(faults, []);
  });

  it("adds the airflow where it is asked for", async function () {
    this.timeout(30_000);
    await start({ airflow: { cellsPerM: 5, reynolds: 50 } });
    const answer = next<{ airflow: AirflowPicture; energy: object }>();
    helper.getNode("b").receive({ payload: { picture: true } });
    const { airflow, energy } = await answer;
    assert.ok(energy);
    assert.equal(airflow.kind, "booth-airflow");
    assert.equal(airflow.speedMmPerS.length, airflow.columns * airflow.rows);
    const plain = next<object>();
    helper.getNode("b").receive({ payload: 0 });
    assert.equal("airflow" in (await plain), false);
  });

  it("names the faults of a message and goes on", async () => {
    await start({});
    helper.getNode("b").receive({ payload: { outside: { temperatureC: 90 }, weather: {} } });
    const fault = await told();
    assert.match(fault, /booth1\/outside: temperature must be <= 55 °C, got 90/);
    assert.match(fault, /booth1\/weather: is not known/);
    const answer = next<BoothBalance>();
    helper.getNode("b").receive({ payload: 0 });
    assert.equal((await answer).kind, "booth");
  });

  it("says that its form is wrong", async () => {
    await start({ size: { lengthM: -1 } });
    helper.getNode("b").receive({ payload: 0 });
    assert.match(await told(), /booth1: has no valid model \(open the node\)/);
  });

  it("holds the plant against itself, in the units of the model", async () => {
    await start({});
    const source = new TestSource(PROPERTIES);
    const now = wallTimeUs();
    const rows = [23.5, 66, 23, 31.5, 76].map((value, index) => ({ index, value, timeUs: now }));
    const answer = next<BoothComparison>();
    helper.getNode("s").receive({ payload: source.frame(rows) });
    const comparison = await answer;
    assert.equal(comparison.kind, "booth-comparison");
    assert.deepEqual(comparison.missing, []);
    assert.equal(comparison.timeUs, now);
    // 31.5 m³/s are 1.05 of the design flow: 62 kW x 1.05³.
    assert.ok(Math.abs(comparison.fan!.expectedKW - 62 * 1.05 ** 3) < 1e-9);
    assert.ok(Math.abs(comparison.fan!.residualKW - (76 - 62 * 1.05 ** 3)) < 1e-9);
    assert.ok(Math.abs(comparison.heat!.temperatureK - 0.5) < 1e-12);
    // About 37 kg/s x (0.5 K x 1.03 + 0.53 g/kg x 2.54).
    assert.ok(Math.abs(comparison.heat!.residualKW - 68) < 3, `${comparison.heat!.residualKW}`);
    assert.equal(comparison.heat!.isInWindow, true);
  });

  it("leaves out what is bad or missing, and says so", async () => {
    await start({});
    const source = new TestSource(PROPERTIES);
    const now = wallTimeUs();
    const answer = next<BoothComparison>();
    helper.getNode("s").receive({
      payload: source.frame([
        { index: 0, value: 23, timeUs: now, quality: BAD },
        { index: 3, value: 30, timeUs: now },
        { index: 4, value: 62, timeUs: now },
      ]),
    });
    const comparison = await answer;
    assert.ok(Math.abs(comparison.fan!.residualPercent) < 1e-9);
    assert.equal(comparison.heat, undefined);
    assert.deepEqual(comparison.missing, ["air/temperature", "air/humidity", "air/temperatureSetpoint"]);
    // A frame that brings nothing of the supply unit is no occasion for another comparison.
    helper.getNode("s").receive({ payload: source.frame([{ index: 5, value: 1, timeUs: now }]) });
    const one = next<BoothComparison>();
    helper.getNode("s").receive({ payload: source.frame([{ index: 1, value: 65, timeUs: now }]) });
    assert.deepEqual((await one).missing, ["air/temperature", "air/temperatureSetpoint"]);
    assert.equal(out.length, 2);
  });

  it("tells a reading of another dimension once", async () => {
    await start({});
    const wrong = PROPERTIES.map((one) => (one.address.endsWith("fanPower") ? { ...one, unit: "bar" } : one));
    const source = new TestSource(wrong);
    for (let i = 0; i < 3; i++)
      helper
        .getNode("s")
        .receive({ payload: source.frame([{ index: 4, value: 1, timeUs: wallTimeUs() + i }]) });
    assert.match(await told(), /supply\/fanPower: bar cannot be told in kW/);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(faults.length, 1);
    assert.equal(out.length, 0);
  });
});
