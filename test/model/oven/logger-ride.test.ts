import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Matrix, solve } from "ml-matrix";
import { Plant } from "../../../plant/physics/plant.ts";
import { tagIndex } from "../../../plant/tags.ts";
import { Random } from "../../../runtime/core/random.ts";
import { DEFAULT_PRIOR, priorBelief } from "../../../runtime/model/oven/belief.ts";
import { type Calibration, calibrate } from "../../../runtime/model/oven/calibrate.ts";
import { calibratedConfig } from "../../../runtime/model/oven/calibrated-config.ts";
import { type CalibrationReport, calibrationReport } from "../../../runtime/model/oven/calibration-report.ts";
import { channelsFor } from "../../../runtime/model/oven/channel-map.ts";
import { entryByFit, riseS } from "../../../runtime/model/oven/logger-entry.ts";
import { readLoggerFile } from "../../../runtime/model/oven/logger-file.ts";
import { type LoggerProfile, rideRecord, type ZoneAir } from "../../../runtime/model/oven/logger-ride.ts";
import { NetworkTrack } from "../../../runtime/model/oven/network-track.ts";
import { type OvenConfig, ovenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { ride } from "../../../runtime/model/oven/ride.ts";

const example = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8"));
/** The worked example: 6 zones of 300 s, 5 nodes. */
const CONFIG = ovenConfig(example("oven.config.json"));
const NAMES = CONFIG.nodes.map((node) => node.name);
const TRUTH = [1.12, 0.93, 1.05, 0.88, 1.2];
const REST_S = 60;
const STEP_S = 5;

/** The logger's file of a body whose nodes differ from the configuration by `TRUTH`. */
function profileText(config: OvenConfig, noiseK: number, seed: number, lateS = 0): string {
  const random = new Random(seed);
  const lines = ["Oven profile;line 2", `Time (s);${NAMES.map((name) => `${name} (°C)`).join(";")}`];
  const nodes = config.nodes.map((node, n) => ({
    ...node,
    heatTransferWPerM2K: node.heatTransferWPerM2K * TRUTH[n]!,
  }));
  const track = new NetworkTrack(
    { ...config, nodes },
    NAMES.map(() => config.bodyStartC),
  );
  const none = new Float64Array(17);
  const say = (seconds: number): void => {
    const cells = [...track.temperatureC].map((c) => (c + noiseK * random.normal()).toFixed(3));
    lines.push([seconds, ...cells].join(";"));
  };
  for (let s = 0; s < REST_S; s += STEP_S) say(s);
  // The entry lies between two samples where it is late.
  for (let i = 0; i <= 360; i++) {
    const toS = i * STEP_S - lateS;
    const fromS = Math.max(0, toS - STEP_S);
    for (let at = fromS; at < toS; ) {
      const zone = Math.min(5, Math.floor(at / 300 + 1e-9));
      const next = Math.min(toS, (zone + 1) * 300);
      track.step(zone, config.zones[zone]!.airTemperatureC, next - at, 1, none);
      at = next;
    }
    say(REST_S + i * STEP_S);
  }
  return `${lines.join("\n")}\n`;
}

function profileOf(text: string): LoggerProfile {
  const log = readLoggerFile(text, "profile.csv");
  return { timeS: log.timeS, nodes: channelsFor(NAMES, log.channels, "node", "profile.csv") };
}

const reading = (noiseK: number) => ({ where: "profile.csv", noiseK });
const NODES_ONLY = priorBelief(CONFIG, { ...DEFAULT_PRIOR, zoneLn: 0, airBiasK: 0 });

describe("calibration from a logger's file", function () {
  this.timeout(60_000);

  it("recovers five multipliers within 0.4 % at 1 K of noise, and its 95 % intervals hold them, over 60 seeds", () => {
    const SEEDS = 60;
    let squares = 0;
    let squaresOfTold = 0;
    let inside = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const record = rideRecord(CONFIG, profileOf(profileText(CONFIG, 1, seed)), REST_S, reading(1));
      const calibration = calibrate(CONFIG, record, NODES_ONLY, 1);
      assert.equal(calibration.samples, 1800);
      const { parameters } = calibrationReport(CONFIG, NODES_ONLY, calibration);
      for (const [n, { value, low, high }] of parameters.entries()) {
        const error = Math.log(value / TRUTH[n]!);
        squares += error * error;
        squaresOfTold += calibration.deviation[n]! ** 2;
        if (low <= TRUTH[n]! && TRUTH[n]! <= high) inside++;
      }
    }
    const rms = Math.sqrt(squares / (5 * SEEDS));
    assert.ok(rms < 0.004, `${rms}`);
    // Of 300 draws the ratio of variances lies within 1 ± 3.29 sqrt(2 / 300) in 99.9 % of all cases.
    const ratio = squares / squaresOfTold;
    assert.ok(Math.abs(ratio - 1) < 3.29 * Math.sqrt(2 / 300), `${ratio}`);
    // Binomial of 300 at 0.95, 99.9 % band.
    assert.ok(inside >= 272 && inside <= 297, `${inside} of 300`);
  });

  it("states the covariance of all 17 parameters truly, on 50 ovens drawn from what is believed before", () => {
    const prior = priorBelief(CONFIG);
    const size = prior.mean.length;
    let distance = 0;
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(1000 + seed);
      const truth = Float64Array.from({ length: size }, (_, p) => {
        return Math.sqrt(prior.covariance[p * size + p]!) * random.normal();
      });
      const track = new NetworkTrack(
        CONFIG,
        NAMES.map(() => 25),
      );
      const measuredC = NAMES.map(() => new Float64Array(360));
      const zone = Array.from({ length: 360 }, (_, s) => Math.floor(s / 60));
      const airC = zone.map((z) => CONFIG.zones[z]!.airTemperatureC);
      for (let s = 0; s < 360; s++) {
        track.step(zone[s]!, airC[s]!, STEP_S, 1, truth);
        for (const [n, channel] of measuredC.entries()) channel[s] = track.temperatureC[n]! + random.normal();
      }
      const durationS = new Float64Array(360).fill(STEP_S);
      const startC = NAMES.map(() => 25);
      const { belief } = calibrate(CONFIG, { startC, durationS, zone, airC, measuredC }, prior, 1);
      const covariance = new Matrix(
        Array.from({ length: size }, (_, p) => [...belief.covariance.subarray(p * size, (p + 1) * size)]),
      );
      const error = Matrix.columnVector([...truth].map((value, p) => value - belief.mean[p]!));
      distance += error.transpose().mmul(solve(covariance, error)).get(0, 0);
    }
    // Chi² of 850 degrees of freedom: mean 850, deviation sqrt(1700); 99.9 %.
    assert.ok(Math.abs(distance - 850) < 3.29 * Math.sqrt(1700), `${distance}`);
  });

  it("finds the entry between two samples from the rise, over 12 seeds", () => {
    let squares = 0;
    for (let seed = 0; seed < 12; seed++) {
      const lateS = (seed % 5) + 0.3;
      const profile = profileOf(profileText(CONFIG, 1, 200 + seed, lateS));
      assert.ok(Math.abs(riseS(profile, "profile.csv") - REST_S - lateS) <= 2 * STEP_S);
      const entryS = entryByFit(CONFIG, profile, reading(1), NODES_ONLY);
      squares += (entryS - REST_S - lateS) ** 2;
    }
    assert.ok(Math.sqrt(squares / 12) < 0.5, `${Math.sqrt(squares / 12)} s`);
  });

  it("calibrates an oven whose panels conduct heat and whose first zone radiates", () => {
    const config = ovenConfig({
      ...example("oven.config.json"),
      zones: CONFIG.zones.map((zone, z) =>
        z === 0 ? { ...zone, radiant: { emitterC: 320, viewFactor: 0.3 } } : zone,
      ),
      nodes: CONFIG.nodes.map((node, n) => ({ ...node, areaM2: [2, 3, 0.5, 0.6, 1][n] })),
      couplings: [
        { between: ["roof", "aPillar"], conductanceWPerK: 0.8 },
        { between: ["bPillar", "rocker"], conductanceWPerK: 1.5 },
      ],
    });
    const profile = profileOf(profileText(config, 0.5, 5));
    const fitted = calibrate(config, rideRecord(config, profile, REST_S, reading(0.5)), NODES_ONLY, 0.5);
    for (const [n, truth] of TRUTH.entries()) {
      const error = fitted.belief.mean[n]! - Math.log(truth);
      assert.ok(Math.abs(error) < 3.9 * fitted.deviation[n]!, `${NAMES[n]} ${error}`);
    }
    // Left out, they are taken for heat transfer.
    const plain = calibrate(CONFIG, rideRecord(CONFIG, profile, REST_S, reading(0.5)), NODES_ONLY, 0.5);
    assert.ok(Math.max(...TRUTH.map((truth, n) => Math.abs(plain.belief.mean[n]! - Math.log(truth)))) > 0.02);
    assert.ok(plain.chiSquare > 5 * fitted.chiSquare);
  });

  it("says what it cannot tell, and what does not fit", () => {
    const report = (config: OvenConfig, text: string): CalibrationReport => {
      const prior = priorBelief(config);
      const record = rideRecord(config, profileOf(text), REST_S, reading(1));
      return calibrationReport(config, prior, calibrate(config, record, prior, 1));
    };
    const good = report(CONFIG, profileText(CONFIG, 1, 9));
    assert.deepEqual(
      good.remarks.filter((remark) => /noise/.test(remark)),
      [],
    );
    assert.ok(Math.abs(good.chiSquarePerSample - 1) < 0.15, `${good.chiSquarePerSample}`);
    for (const lag of Object.values(good.residualLag)) assert.ok(Math.abs(lag) < 0.2);
    // Parallel nodes and zones: all nodes up and all zones down is the same ride.
    for (const { pair, correlation } of good.correlated) assert.ok(Math.abs(correlation) > 0.9, pair.join());

    const loud = report(CONFIG, profileText(CONFIG, 2, 9));
    assert.match(loud.remarks[0]!, /residuals are (1\.9|2\.0)\d times as large/);
    const quiet = report(CONFIG, profileText(CONFIG, 0.2, 9));
    assert.match(quiet.remarks[0]!, /residuals are only 0\.2\d of the noise/);

    // A prior that is next to certain of one zone learns nothing of it.
    const prior = priorBelief(CONFIG);
    prior.covariance[5 * 17 + 5] = 1e-12;
    const record = rideRecord(CONFIG, profileOf(profileText(CONFIG, 1, 9)), REST_S, reading(1));
    const told = calibrationReport(CONFIG, prior, calibrate(CONFIG, record, prior, 1));
    assert.ok(told.remarks.some((remark) => /next to nothing of .*zone1 heat transfer/.test(remark)));
  });

  it("tells two parameters apart only where the ride does", () => {
    // One zone and one node: multiplier of the node and factor of the zone are one.
    const config = ovenConfig({
      zones: [{ name: "zone1", lengthM: 60, airTemperatureC: 180 }],
      nodes: [{ name: "roof", thicknessMm: 2, heatTransferWPerM2K: 20 }],
      conveyor: { speedMPerMin: 2 },
    });
    const prior = priorBelief(config, { nodeLn: 0.25, zoneLn: 0.25, airBiasK: 0 });
    const track = new NetworkTrack(config, [25]);
    const record = {
      startC: [25],
      durationS: new Float64Array(300).fill(5),
      zone: new Array(300).fill(0),
      airC: new Float64Array(300).fill(180),
      measuredC: [
        Float64Array.from({ length: 300 }, () => {
          track.step(0, 180, 5, 1, [0, 0, 0]);
          return track.temperatureC[0]!;
        }),
      ],
    };
    const report = calibrationReport(config, prior, calibrate(config, record, prior, 0.5));
    assert.equal(report.correlated.length, 1);
    assert.ok(report.correlated[0]!.correlation < -0.99);
    assert.ok(
      report.remarks.some((remark) =>
        /can hardly tell roof heat transfer from zone1 heat transfer \(correlation -1\.00\): only their product is known/.test(
          remark,
        ),
      ),
      report.remarks.join("\n"),
    );
  });

  it("refuses what cannot calibrate", () => {
    const text = profileText(CONFIG, 0, 1);
    const rows = text.trim().split("\n");
    const calibrated = (kept: string[]): Calibration => {
      const record = rideRecord(CONFIG, profileOf(kept.join("\n")), REST_S, reading(1));
      return calibrate(CONFIG, record, NODES_ONLY, 1);
    };
    assert.throws(
      () => calibrated(rows.slice(0, 60)),
      /oven1\/logger: the ride covers 1 of 6 zones \(use a whole ride\)/,
    );
    const clipped = rows.map((row, i) =>
      i < 2
        ? row
        : row
            .split(";")
            .map((cell, c) => (c === 2 ? Math.min(100, Number(cell)).toFixed(3) : cell))
            .join(";"),
    );
    assert.throws(
      () => calibrated(clipped),
      /profile\.csv\/door: door rises to 100\.0 °C and stands still there from 0:0\d:\d\d on: the probe or the logger is at the end of its range/,
    );
    // A logger that has stood in the hall for days is no fault.
    const many = { timeS: new Float64Array(300_000).map((_, i) => i), nodes: [] as LoggerProfile["nodes"] };
    const warm = { celsius: new Float64Array(300_000).fill(25), failed: 0 };
    assert.ok(
      rideRecord(CONFIG, { ...many, nodes: NAMES.map((name) => ({ name, ...warm })) }, 60, reading(1)),
    );
    assert.throws(
      () => riseS(profileOf(rows.slice(0, 12).join("\n")), "profile.csv"),
      /no probe rises by 5 K/,
    );
  });
});

describe("network track", () => {
  const config = ovenConfig({
    zones: [
      { name: "zone1", lengthM: 10, airTemperatureC: 120, radiant: { emitterC: 400, viewFactor: 0.4 } },
      { name: "zone2", lengthM: 10, airTemperatureC: 190, heatTransferFactor: 1.2 },
    ],
    nodes: [
      { name: "roof", thicknessMm: 0.7, heatTransferWPerM2K: 20, areaM2: 2 },
      { name: "rocker", thicknessMm: 5, heatTransferWPerM2K: 15, areaM2: 1 },
    ],
    couplings: [{ between: ["roof", "rocker"], conductanceWPerK: 6 }],
    conveyor: { speedMPerMin: 2 },
  });
  const run = (mean: ArrayLike<number>, stepS: number): NetworkTrack => {
    const track = new NetworkTrack(config, [25, 25]);
    for (let s = 0; s < 600; s += stepS) {
      const zone = s < 300 ? 0 : 1;
      track.step(zone, config.zones[zone]!.airTemperatureC, stepS, 1, mean);
    }
    return track;
  };

  it("stays within 0.05 K of the ride, whatever the logger's interval", () => {
    const ends = ride(config).nodes.map((node) => node.zoneEndC.at(-1)!);
    for (const stepS of [1, 5, 30, 60]) {
      const { temperatureC } = run(new Float64Array(6), stepS);
      for (const [n, end] of ends.entries())
        assert.ok(Math.abs(temperatureC[n]! - end) < 0.05, `${stepS} s: ${temperatureC[n]! - end} K`);
    }
  });

  it("has derivatives by every parameter", () => {
    const base = run(new Float64Array(6), 5);
    for (let p = 0; p < 6; p++) {
      const shifted = (by: number) => run(new Float64Array(6).fill(by, p, p + 1), 5).temperatureC;
      const [up, down] = [shifted(1e-3), shifted(-1e-3)];
      for (let n = 0; n < 2; n++) {
        const slope = (up[n]! - down[n]!) / 2e-3;
        assert.ok(Math.abs(base.by[n]![p]! - slope) < 0.02 * Math.max(1, Math.abs(slope)), `${n} ${p}`);
      }
    }
  });
});

describe("calibration on a plant with other physics", () => {
  const config = ovenConfig(example("paint-oven.config.json"));
  const names = config.nodes.map((node) => node.name);

  /** Sends the plant's logger through the oven and gives what two exports would hold, and the body's truth. */
  function exported(plant: Plant): { profile: string; air: string; e170: Record<string, number> } {
    const profile = [`Time;${names.map((name) => `${name} [°C]`).join(";")}`];
    const air = [`Time;${config.zones.map((zone) => `${zone.name} [°C]`).join(";")}`];
    const column = (path: string): number => tagIndex(`oven1/${path}`);
    const clock = (us: number): string => new Date(us / 1000).toISOString().slice(0, 19).replace("T", " ");
    let id = 0;
    plant.startLogger();
    plant.onTick = (timeUs) => {
      id ||= plant.loggedId;
      air.push(
        [
          clock(timeUs),
          ...config.zones.map((zone) => plant.values[column(`${zone.name}/airTemperature`)]),
        ].join(";"),
      );
      if (plant.fresh[column("logger/rocker")] === 1)
        profile.push(
          [clock(timeUs), ...names.map((name) => plant.values[column(`logger/${name}`)])].join(";"),
        );
    };
    while (!plant.finished.some((body) => body.id === id)) plant.step(60);
    plant.onTick = undefined;
    const body = plant.finished.find((finished) => finished.id === id)!;
    return { profile: profile.join("\n"), air: air.join("\n"), e170: { ...body.e170 } };
  }

  const readRide = (texts: { profile: string; air: string }) => {
    const log = readLoggerFile(texts.profile, "profile.csv");
    const airLog = readLoggerFile(texts.air, "air.csv");
    assert.ok(log.clock && airLog.clock);
    const profile: LoggerProfile = { timeS: log.timeS, nodes: channelsFor(names, log.channels, "node", "p") };
    const zones = channelsFor(
      config.zones.map((zone) => zone.name),
      airLog.channels,
      "zone",
      "a",
    );
    const air: ZoneAir = { timeS: airLog.timeS, zones };
    // The plant's logger starts with the body.
    return rideRecord(config, profile, log.timeS[0]!, { where: "p", noiseK: 0.5, air });
  };

  it("predicts the next ride, at other setpoints, within 3 K and 10 % of E170 on three plants", () => {
    for (const seed of [1, 2, 3]) {
      const plant = new Plant({ seed, startTimeUs: 1_790_000_000e6 });
      const prior = priorBelief(config);
      const { belief, deviation } = calibrate(config, readRide(exported(plant)), prior, 0.5);
      const report = calibratedConfig(
        example("paint-oven.config.json"),
        config,
        config.bodyType,
        belief.mean,
      );
      const calibrated = ovenConfig(report);
      for (const [n, name] of names.entries()) {
        // The plant's films differ from the drawing's by up to 3 %, its flanges lag behind their panels.
        const factor = calibrated.nodes[n]!.heatTransferWPerM2K / config.nodes[n]!.heatTransferWPerM2K;
        assert.ok(factor > 0.75 && factor < 1.15, `seed ${seed} ${name}: ${factor}`);
        assert.ok(deviation[n]! < 0.1);
      }
      for (const [zone, setpointC] of [130, 175, 190, 188, 182, 178].entries())
        plant.setSetpoint(zone + 1, setpointC);
      plant.step(3600);
      const next = exported(plant);
      const record = readRide(next);
      const track = new NetworkTrack(config, record.startC);
      const squares = new Float64Array(names.length);
      const counts = new Float64Array(names.length);
      for (let s = 0; s < record.durationS.length; s++) {
        track.step(record.zone[s]!, record.airC[s]!, record.durationS[s]!, 1, belief.mean);
        for (const [n, measured] of record.measuredC.entries()) {
          if (!Number.isFinite(measured[s]!)) continue;
          squares[n] = squares[n]! + (measured[s]! - track.temperatureC[n]!) ** 2;
          counts[n] = counts[n]! + 1;
        }
      }
      const told = ride(ovenConfig({ ...report, ...steadyAir(record, belief.mean) }));
      for (const [n, name] of names.entries()) {
        const rmse = Math.sqrt(squares[n]! / counts[n]!);
        assert.ok(rmse < 3, `seed ${seed} ${name}: ${rmse} K`);
        const off = told.nodes[n]!.e170Min / next.e170[name]! - 1;
        assert.ok(Math.abs(off) < 0.1, `seed ${seed} ${name}: E170 off by ${off}`);
      }
    }
  }).timeout(60_000);

  /** The calibrated zones with the mean air of a ride, and its start. */
  function steadyAir(record: ReturnType<typeof readRide>, mean: ArrayLike<number>): object {
    const zones = config.zones.map((zone, z) => {
      let sum = 0;
      let seconds = 0;
      for (let s = 0; s < record.durationS.length; s++) {
        if (record.zone[s] !== z) continue;
        sum += record.airC[s]! * record.durationS[s]!;
        seconds += record.durationS[s]!;
      }
      return {
        ...zone,
        airTemperatureC: sum / seconds + mean[names.length + config.zones.length + z]!,
        heatTransferFactor: zone.heatTransferFactor * Math.exp(mean[names.length + z]!),
      };
    });
    return { zones, bodyStartC: record.startC[0] };
  }
});
