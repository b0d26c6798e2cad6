import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { boothConfig, withOverlay } from "../../../runtime/model/booth/booth-config.ts";
import { BOOTH_FIELDS, type BoothField, isChoice } from "../../../runtime/model/booth/booth-fields.ts";

const EXAMPLE = new URL("../../../examples/booth.config.json", import.meta.url);

describe("booth configuration", () => {
  it("is whole with nothing given", () => {
    const config = boothConfig({});
    assert.equal(config.name, "booth");
    for (const [section, fields] of Object.entries(BOOTH_FIELDS))
      for (const [key, field] of Object.entries(fields)) {
        const value = (config as unknown as Record<string, Record<string, unknown>>)[section]![key];
        assert.equal(value, field.byDefault, `${section}/${key}`);
      }
  });

  it("reads the example as it stands", () => {
    const text = JSON.parse(readFileSync(EXAMPLE, "utf8"));
    assert.deepEqual(boothConfig(text), text);
  });

  it("names every fault at once, with value, unit and parameter", () => {
    assert.throws(
      () =>
        boothConfig({
          name: "booth1",
          size: { lengthM: -1, widthM: "5" },
          air: { freshPercent: 130 },
          outside: [],
          handling: { humidifier: "fog" },
          fans: { ductpa: 3 },
          roof: {},
        }),
      (fault: Error) => {
        for (const words of [
          /^booth1: 7 faults/,
          /booth1\/size: length must be > 0 m, got -1 \(parameter lengthM\)/,
          /booth1\/size: width must be a number in m, got "5" \(parameter widthM\)/,
          /booth1\/air: fresh air must be <= 100 %, got 130/,
          /booth1\/outside: must be an object, got \[\]/,
          /booth1\/handling: humidifier must be one of adiabatic, steam, got "fog"/,
          /booth1\/fans\/ductpa: is not known \(known are designFlowM3PerH, /,
          /booth1\/roof: is not known/,
        ])
          assert.match(fault.message, words);
        return true;
      },
    );
  });

  it("refuses each field beyond its bounds", () => {
    let refused = 0;
    for (const [section, fields] of Object.entries(BOOTH_FIELDS)) {
      for (const [key, field] of Object.entries<BoothField>(fields)) {
        const wrong = isChoice(field) ? "none such" : 1e12;
        assert.throws(() => boothConfig({ [section]: { [key]: wrong } }), new RegExp(`parameter ${key}\\)`));
        refused += 1;
      }
    }
    assert.ok(refused > 50);
  });

  it("refuses what two fields say of each other", () => {
    const refused: [object, RegExp][] = [
      [{ window: { temperatureLowC: 25, temperatureHighC: 21 } }, /temperature must rise, got 25 to 21/],
      [{ airflow: { bodyWidthM: 4.8 } }, /the body must leave air at its sides/],
      [{ airflow: { bodyHeightM: 3.5 } }, /the body must leave air above it/],
      [{ airflow: { grateWidthM: 6 } }, /the grate must fit into the booth's width/],
      [{ airflow: { reynolds: 500 } }, /Reynolds number 500 needs at least 49 cells per m, got 10/],
      [
        { size: { widthM: 40 }, fans: { designFlowM3PerH: 864_000 }, airflow: { cellsPerM: 30 } },
        /1200 x 120 cells in [\d,]+ steps take too long/,
      ],
      [
        { air: { relativeHumidityPercent: 93 } },
        /the supply must hold \d+ %, and the humidifier reaches 95 %/,
      ],
      [
        { size: { lengthM: 100 } },
        /the supply fan would warm 540,000 m³\/h by 43 K, at most 20 K \(state the/,
      ],
      [
        { air: { heatGainKW: 900 } },
        /the heat in the booth and the extract fan would warm 108,000 m³\/h by 27 K/,
      ],
      [{ air: { relativeHumidityPercent: 100 } }, /relative humidity must be < 100 %/],
      [
        { air: { temperatureC: 18, relativeHumidityPercent: 40 } },
        /a coil's surface of 8 °C cannot dry air to a dew point of 4\.\d °C/,
      ],
    ];
    for (const [given, words] of refused) assert.throws(() => boothConfig(given), words);
  });

  it("lays a message over one section and leaves the others", () => {
    const config = boothConfig({ name: "booth1", air: { freshPercent: 30 } });
    const laid = withOverlay(config, { outside: { temperatureC: 31 }, air: { temperatureC: 24 } });
    assert.equal(laid.outside.temperatureC, 31);
    assert.equal(laid.outside.relativeHumidityPercent, 75);
    assert.deepEqual([laid.air.temperatureC, laid.air.freshPercent], [24, 30]);
    assert.equal(laid.name, "booth1");
    assert.equal(config.outside.temperatureC, 10);
    assert.throws(() => withOverlay(config, { outside: 5 }), /booth1\/outside: must be an object, got 5/);
    assert.throws(() => withOverlay(config, { weather: {} }), /booth1\/weather: is not known/);
  });
});
