import assert from "node:assert/strict";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { handle } from "../../../runtime/model/booth/air-handling.ts";
import { boothAir } from "../../../runtime/model/booth/booth-air.ts";
import { boothBalance } from "../../../runtime/model/booth/booth-balance.ts";
import { boothConfig, withOverlay } from "../../../runtime/model/booth/booth-config.ts";
import { boothEnergy, boughtFor } from "../../../runtime/model/booth/booth-energy.ts";
import {
  BOOTH_FIELDS,
  type BoothConfig,
  type BoothField,
  isChoice,
} from "../../../runtime/model/booth/booth-fields.ts";
import { recover } from "../../../runtime/model/booth/heat-recovery.ts";
import {
  airOf,
  mixed,
  relativeHumidityPercent,
  vapourEnthalpy,
  waterEnthalpy,
} from "../../../runtime/model/booth/moist-air.ts";

const near = (actual: number, expected: number, share: number, what = ""): void =>
  assert.ok(
    Math.abs(actual - expected) <= share * Math.max(1e-12, Math.abs(expected)),
    `${what} got ${actual}, expected ${expected}`,
  );

/** Without the fans' heat, so that the supply unit alone is looked at. */
const STILL = { ductPa: 0, prefilterPa: 0, ceilingFilterPa: 0, separatorPa: 0, extractDuctPa: 0 };
const WINTER = { temperatureC: -5, relativeHumidityPercent: 80 };

/** Any booth a checker lets pass: outside air from frost to monsoon, all kinds of plant. */
function anyBooth(random: Random): BoothConfig {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const one = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const freshPercent = between(5, 100);
  return boothConfig({
    size: { altitudeM: between(0, 1500) },
    air: {
      freshPercent,
      exhaustPercent: Math.min(100, freshPercent * between(0.8, 1.2)),
      heatGainKW: between(0, 80),
      waterGainKgPerH: between(0, 60),
    },
    outside: { temperatureC: between(-25, 40), relativeHumidityPercent: between(5, 100) },
    hall: { temperatureC: between(15, 30), relativeHumidityPercent: between(20, 70) },
    handling: {
      recovery: one(["none", "run-around coil", "wheel"]),
      recoveryMoisturePercent: between(0, 60),
      humidifier: one(["adiabatic", "steam"]),
    },
  });
}

/** Anywhere in its bounds, the ends not rarer than the middle. */
function anyValue(field: BoothField, random: Random): number | string {
  if (isChoice(field)) return field.choices[random.integer(field.choices.length)]!;
  const low = field.above ?? field.least ?? 0;
  const share = random.uniform() < 0.2 ? random.integer(2) : random.uniform() ** 3;
  return low + share * ((field.most ?? 1) - low);
}

/** What flows in less what flows out, of water in kg/s and of enthalpy in kW, each over the larger of the sums. */
function closure(config: BoothConfig): { water: number; heat: number } {
  const air = boothAir(config);
  const { balance, recovered, handling, fans } = air;
  const { loads } = handling;
  const boothWater = config.air.waterGainKgPerH / 3600;
  const brought =
    config.handling.humidifier === "steam"
      ? vapourEnthalpy(config.handling.steamC)
      : waterEnthalpy(config.handling.waterC);
  const waterIn =
    balance.fresh * air.outside.humidityRatio +
    balance.leakIn * air.hall.humidityRatio +
    loads.humidifyKgPerS +
    boothWater;
  const waterOut =
    balance.exhaust * recovered.exhaust.humidityRatio +
    balance.leakOut * air.booth.humidityRatio +
    loads.condensateKgPerS;
  const heatIn =
    balance.fresh * air.outside.enthalpy +
    balance.leakIn * air.hall.enthalpy +
    loads.preheatKW +
    loads.reheatKW +
    loads.humidifyKgPerS * brought +
    fans.supply.powerKW +
    fans.extract.powerKW +
    config.air.heatGainKW +
    boothWater * waterEnthalpy(config.handling.waterC);
  const heatOut =
    balance.exhaust * recovered.exhaust.enthalpy +
    balance.leakOut * air.booth.enthalpy +
    loads.coolingKW +
    loads.condensateKW;
  const scale = (a: number, b: number): number => (a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-6);
  return { water: scale(waterIn, waterOut), heat: scale(heatIn, heatOut) };
}

describe("booth air", () => {
  it("is 35.7 kg/s in a booth of 5 x 20 m at 0.3 m/s, with the 1.19 kg/m³ of round figures", () => {
    const { target, balance } = boothAir(boothConfig({}));
    assert.equal(target.flowM3PerH, 108_000);
    near((target.flowM3PerH / 3600) * 1.19, 35.7, 1e-12);
    // The booth's own air at 23 °C and 65 % is 0.6 % lighter, and 1.1 % of it is water.
    near(balance.supply, 35.114, 1e-4);
    near(balance.supply * (1 + target.supply.humidityRatio), 35.515, 1e-4);
  });

  it("takes 1864 kW once-through from -5 °C/80 % to 23 °C/65 %, and a fifth of it at 20 % fresh air", () => {
    const PA = 101_325;
    const rise = airOf(23, 65, PA).enthalpy - airOf(-5, 80, PA).enthalpy;
    near(35.7 * rise, 1864, 2e-3);
    const of = (percent: number): number =>
      boothBalance(
        boothConfig({
          outside: WINTER,
          fans: STILL,
          air: { freshPercent: percent, exhaustPercent: percent },
        }),
      ).loads.enthalpyRiseKW;
    const onceThrough = of(100);
    near(onceThrough, 35.114 * rise, 1e-4);
    near(of(20) / onceThrough, 0.2, 1e-9);
    near((35.7 / 35.114) * of(20), 373, 2e-3);
  });

  it("closes water and heat over 1,000 random booths and weathers, each at its set point", () => {
    const random = new Random(7);
    let [worstWater, worstHeat] = [0, 0];
    for (let i = 0; i < 1000; i++) {
      const config = anyBooth(random);
      const air = boothAir(config);
      const { balance, handling, target } = air;
      near(balance.supply + balance.leakIn, balance.recirculated + balance.exhaust + balance.leakOut, 1e-12);
      near(balance.fresh + balance.recirculated, balance.supply, 1e-12);
      const { water, heat } = closure(config);
      worstWater = Math.max(worstWater, Math.abs(water));
      worstHeat = Math.max(worstHeat, Math.abs(heat));
      const last = handling.steps.at(-1)?.air ?? air.mixed;
      assert.ok(Math.abs(last.temperatureC - target.beforeFan.temperatureC) < 1e-9, `set point of ${i}`);
      assert.ok(Math.abs(last.humidityRatio - target.beforeFan.humidityRatio) < 1e-12);
      const { loads } = handling;
      for (const [name, value] of Object.entries(loads))
        assert.ok(value >= 0 || name === "condensateKW", `${name} of ${i} is ${value}`);
      // Heating and cooling at once only where the coil dries; never two heaters.
      assert.ok(loads.coolingKW === 0 || loads.preheatKW === 0);
      assert.ok(loads.reheatKW === 0 || loads.condensateKgPerS > 0);
      assert.ok(loads.humidifyKgPerS === 0 || loads.condensateKgPerS === 0);
    }
    assert.ok(worstWater < 1e-9, `water ${worstWater}`);
    assert.ok(worstHeat < 1e-9, `heat ${worstHeat}`);
  });

  it("needs more heat the colder and the drier it is outside", () => {
    const base = boothConfig({});
    const total = (temperatureC: number, relativeHumidityPercent: number): number =>
      boothBalance(withOverlay(base, { outside: { temperatureC, relativeHumidityPercent } })).energy.heatKW;
    let last = Number.POSITIVE_INFINITY;
    for (let c = -25; c <= 10; c += 5) {
      const now = total(c, 60);
      assert.ok(now < last, `${c} °C`);
      last = now;
    }
    for (let humidity = 20, before = Number.POSITIVE_INFINITY; humidity <= 100; humidity += 20) {
      const now = total(0, humidity);
      assert.ok(now < before, `${humidity} %`);
      before = now;
    }
  });

  it("needs more cooling the hotter and the damper it is outside", () => {
    const base = boothConfig({ air: { freshPercent: 100, exhaustPercent: 100 } });
    let last = -1;
    for (let c = 26; c <= 40; c += 2) {
      const outside = { temperatureC: c, relativeHumidityPercent: 60 };
      const { coolingKW } = boothBalance(withOverlay(base, { outside })).loads;
      assert.ok(coolingKW > last, `${c} °C`);
      last = coolingKW;
    }
  });

  it("uses of the heat recovery the share that needs the least energy", () => {
    const random = new Random(11);
    for (let i = 0; i < 60; i++) {
      const config = withOverlay(anyBooth(random), { handling: { recovery: "wheel" } });
      const air = boothAir(config);
      const { balance, target } = air;
      const cost = (share: number): number => {
        const { fresh } = recover(
          config,
          share,
          air.outside,
          balance.fresh,
          air.extracted,
          balance.exhaust,
          target.pressurePa,
        );
        const meeting = mixed(balance.fresh, fresh, balance.recirculated, air.extracted, target.pressurePa);
        const { loads } = handle(config, meeting, target.beforeFan, target.dryKgPerS, target.pressurePa);
        const { heatKW, steamKW, chillerKW } = boughtFor(config, loads);
        return heatKW + steamKW + chillerKW;
      };
      const chosen = cost(air.recoveryShare);
      for (let share = 0; share <= 1; share += 0.05)
        assert.ok(
          chosen <= cost(share) + 0.1,
          `booth ${i}: ${chosen} kW at ${air.recoveryShare}, ${cost(share)} at ${share}`,
        );
    }
  });

  it("dries with less cooling and reheat than a coil that must saturate all the air", () => {
    const config = boothConfig({
      air: { freshPercent: 100, exhaustPercent: 100 },
      outside: { temperatureC: 30, relativeHumidityPercent: 70 },
    });
    const { loads } = boothBalance(config);
    const { target, mixed: meeting } = boothAir(config);
    // All air at the set point's dew point, then warmed: the textbook's way.
    const saturated = airOf(16.07, 100, target.pressurePa);
    const plain = {
      cooling: target.dryKgPerS * (meeting.enthalpy - saturated.enthalpy),
      reheat: target.dryKgPerS * (target.beforeFan.enthalpy - saturated.enthalpy),
    };
    assert.ok(loads.coolingKW < plain.cooling, `${loads.coolingKW} of ${plain.cooling} kW`);
    assert.ok(loads.reheatKW < plain.reheat, `${loads.reheatKW} of ${plain.reheat} kW`);
    assert.ok(loads.condensateKgPerH > 0);
  });

  it("tells the pressure by what passes the leaks, out of the booth and into it", () => {
    const at = (exhaustPercent: number) => boothBalance(boothConfig({ air: { exhaustPercent } }));
    const even = at(20);
    assert.equal(even.pressurePa, 0);
    assert.equal(even.pressure, "level with the hall");
    const over = at(18);
    const leak = over.streams.find(({ name }) => name === "leak out")!;
    near(over.pressurePa, 10 * (leak.m3PerH / 4000) ** (1 / 0.65), 1e-3);
    assert.match(over.pressure, /Pa above the hall/);
    const under = at(22);
    assert.ok(under.pressurePa < 0);
    assert.match(under.pressure, /Pa below the hall/);
    assert.ok(at(30).pressurePa < under.pressurePa);
    assert.match(at(60).remarks.join(), /below the hall: bring exhaust and fresh air closer/);
  });

  it("has fan power rise with the cube of the flow", () => {
    const power = (downdraftMPerS: number): number =>
      boothAir(boothConfig({ air: { downdraftMPerS } })).fans.supply.powerKW;
    near(power(0.3), 62, 1e-12);
    near(power(0.36), 1.2 ** 3 * 62, 1e-12);
    near(power(0.15), 62 / 8, 1e-12);
  });

  it("keeps the solvent below its limit with just the fresh air it names", () => {
    const spraying = (freshPercent: number, filterPercent: number) =>
      boothBalance(
        boothConfig({
          air: { freshPercent, exhaustPercent: freshPercent },
          solvent: { evaporatedKgPerH: 400, filterPercent },
        }),
      );
    for (const filterPercent of [0, 20]) {
      const { solvent } = spraying(10, filterPercent);
      assert.equal(solvent.isAllowed, false);
      near(spraying(solvent.leastFreshPercent, filterPercent).solvent.ofLimitPercent, 25, 1e-9);
      assert.equal(spraying(solvent.leastFreshPercent + 0.1, filterPercent).solvent.isAllowed, true);
    }
    assert.match(spraying(10, 0).remarks[0]!, /fresh air of at least \d+ % of the supply is needed/);
    const { remarks } = boothBalance(boothConfig({ solvent: { evaporatedKgPerH: 4000 } }));
    assert.match(remarks[0]!, /no share of fresh air is enough/);
  });

  it("adds up energy by carrier, and per body", () => {
    for (const humidifier of ["adiabatic", "steam"]) {
      const config = boothConfig({ outside: WINTER, handling: { humidifier } });
      const { energy, loads } = boothBalance(config);
      const carriers = Object.values(energy.byCarrierKW).reduce((sum, kW) => sum + kW, 0);
      near(carriers, energy.totalKW, 1e-12);
      near(
        energy.heatKW + energy.steamKW + energy.chillerKW + energy.supplyFanKW + energy.extractFanKW,
        energy.totalKW,
        1e-12,
      );
      near(energy.perBody.kWh, energy.totalKW / 40, 1e-12);
      near(energy.perBody.byCarrierKWh.gas, energy.byCarrierKW.gas / 40, 1e-12);
      near(energy.co2KgPerH, 0.202 * energy.byCarrierKW.gas + 0.38 * energy.byCarrierKW.electricity, 1e-12);
      near(energy.heatKW, (loads.preheatKW + loads.reheatKW) / 0.92, 1e-12);
      assert.equal(energy.steamKW > 0, humidifier === "steam");
    }
  });

  it("brings steam's heat from its feed water on", () => {
    const config = boothConfig({ outside: WINTER, handling: { humidifier: "steam" } });
    const { handling, fans } = boothAir(config);
    const { steamKW } = boothEnergy(config, handling.loads, fans);
    const perKg = vapourEnthalpy(100) - waterEnthalpy(12);
    near(steamKW, (handling.loads.humidifyKgPerS * perKg) / 0.88, 1e-12);
  });

  it("finds the cheapest set point of the paint's window, and says where the set point lies", () => {
    const config = boothConfig({ outside: WINTER });
    const { window, energy } = boothBalance(config);
    assert.equal(window.isInside, true);
    assert.deepEqual([window.least!.temperatureC, window.least!.relativeHumidityPercent], [21, 60]);
    assert.ok(window.least!.totalKW < energy.totalKW);
    const there = withOverlay(config, { air: { temperatureC: 21, relativeHumidityPercent: 60 } });
    near(boothBalance(there).energy.totalKW, window.least!.totalKW, 1e-12);
    const outside = boothBalance(withOverlay(config, { air: { relativeHumidityPercent: 50 } }));
    assert.equal(outside.window.isInside, false);
    assert.match(outside.remarks.join(), /outside the paint's window/);
  });

  it("says what a person should look at", () => {
    const remarksOf = (given: object): string => boothBalance(boothConfig(given)).remarks.join("\n");
    const frost = { temperatureC: -25, relativeHumidityPercent: 100 };
    assert.equal(remarksOf({ outside: frost }), "");
    assert.match(remarksOf({ fans: { prefilterPa: 400 } }), /prefilter is due: 400 Pa, changed at 350 Pa/);
    assert.match(
      remarksOf({ outside: frost, handling: { recovery: "wheel", recoveryTemperaturePercent: 100 } }),
      /the exhaust leaves the heat recovery at -[\d.]+ °C and may freeze/,
    );
    const wet = { air: { freshPercent: 60, exhaustPercent: 60, waterGainKgPerH: 2000 }, outside: frost };
    assert.match(remarksOf(wet), /the booth's own water makes fog/);
    assert.match(remarksOf(wet), /outside and recirculated air make fog where they mix/);
  });

  it("answers with finite figures, or an error that says why, wherever a checker lets it", () => {
    const random = new Random(23);
    let answered = 0;
    for (let i = 0; i < 1500; i++) {
      const given = Object.fromEntries(
        Object.entries(BOOTH_FIELDS).map(([section, fields]) => {
          const some = Object.entries<BoothField>(fields).filter(() => random.uniform() < 0.06);
          return [section, Object.fromEntries(some.map(([key, field]) => [key, anyValue(field, random)]))];
        }),
      );
      try {
        const balance = boothBalance(boothConfig(given));
        assert.doesNotMatch(JSON.stringify(balance), /null/, JSON.stringify(given));
        answered += 1;
      } catch (fault) {
        assert.ok(fault instanceof RungError, `${fault} for ${JSON.stringify(given)}`);
      }
    }
    assert.ok(answered > 300, `${answered} answered`);
  });

  it("has the supply's humidity at the set point", () => {
    const { target } = boothAir(boothConfig({}));
    near(relativeHumidityPercent(target.supply, target.pressurePa), 65, 1e-12);
    near(target.fanRiseK, 62 / (35.114 * (1.006 + 1.86 * target.supply.humidityRatio)), 1e-4);
  });
});
