import assert from "node:assert/strict";
import { boothBalance } from "../../../runtime/model/booth/booth-balance.ts";
import { boothConfig } from "../../../runtime/model/booth/booth-config.ts";
import { psychrometricChart } from "../../../runtime/model/booth/psychrometric-chart.ts";

const WIDTH = 330;
const HEIGHT = 260;

/** Numbers after an attribute's name, wherever it stands. */
const all = (svg: string, attribute: string): number[] =>
  [...svg.matchAll(new RegExp(` ${attribute}="([-\\d.]+)"`, "g"))].map(([, value]) => Number(value));

describe("psychrometric chart", () => {
  for (const outside of [
    { temperatureC: -25, relativeHumidityPercent: 90 },
    { temperatureC: 11, relativeHumidityPercent: 75 },
    { temperatureC: 40, relativeHumidityPercent: 60 },
  ]) {
    it(`holds every state and label at ${outside.temperatureC} °C outside`, () => {
      const config = boothConfig({ outside, air: { freshPercent: 60, exhaustPercent: 60 } });
      const balance = boothBalance(config);
      const { svg, marks } = psychrometricChart(config, balance, WIDTH, HEIGHT);
      assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
      const numbers = marks.flatMap((mark) => mark.numbers).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        balance.states.map((_, i) => i + 1),
      );
      assert.equal(all(svg, "cx").length, balance.states.length);
      for (const x of [...all(svg, "x"), ...all(svg, "cx")]) assert.ok(x >= 0 && x <= WIDTH, `x ${x}`);
      for (const y of [...all(svg, "y"), ...all(svg, "cy")]) assert.ok(y >= 0 && y <= HEIGHT, `y ${y}`);
      // The axes are straight, so warmer is further right and damper is higher.
      const places = all(svg, "cx").map((x, i) => ({ x, y: all(svg, "cy")[i]!, state: balance.states[i]! }));
      for (const a of places)
        for (const b of places) {
          if (a.state.temperatureC > b.state.temperatureC + 1) assert.ok(a.x > b.x);
          if (a.state.waterGPerKg > b.state.waterGPerKg + 0.5) assert.ok(a.y < b.y);
        }
    });
  }

  it("labels no two humidity curves on each other", () => {
    const config = boothConfig({ outside: { temperatureC: -25, relativeHumidityPercent: 90 } });
    const { svg } = psychrometricChart(config, boothBalance(config), WIDTH, HEIGHT);
    const labels = [...svg.matchAll(/ x="([\d.]+)" y="([\d.]+)">\d+ %</g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    assert.ok(labels.length >= 3);
    for (const [i, a] of labels.entries())
      for (const b of labels.slice(i + 1))
        assert.ok(Math.abs(a[0]! - b[0]!) > 30 || Math.abs(a[1]! - b[1]!) > 10, `${a} and ${b}`);
  });
});
