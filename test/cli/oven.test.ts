import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/oven.ts";
import { Random } from "../../runtime/core/random.ts";
import { ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import { temperatureProfile } from "../../runtime/model/oven/simulation.ts";
import { caughtOutput } from "./caught-output.ts";

const SAMPLE = fileURLToPath(new URL("../../examples/oven.config.json", import.meta.url));

const caught = (args: readonly string[]) => caughtOutput(() => run(args));

describe("rung oven", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-oven-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints the worked example", async () => {
    const { code, out } = await caught(["simulate", SAMPLE]);
    assert.equal(code, 0);
    assert.match(
      out,
      /rocker\s+614\.92\s+61\.676\s+101\.566\s+135\.708\s+154\.738\s+164\.491\s+168\.548\s+10\.183/,
    );
    assert.match(out, /energy per body kWh: total \d+\.\d\d/);
  });

  it("prints JSON", async () => {
    const { code, out } = await caught(["simulate", SAMPLE, "--json"]);
    assert.equal(code, 0);
    const result = JSON.parse(out);
    assert.deepEqual(
      result.nodes.map((node: { name: string }) => node.name),
      ["roof", "door", "aPillar", "bPillar", "rocker"],
    );
  });

  it("shows body types, the conveyor's pace, kinetics and carbon dioxide", async () => {
    const config = join(folder, "mix.json");
    const sample = JSON.parse(readFileSync(SAMPLE, "utf8"));
    const mix = {
      ...sample,
      bodyType: "sedan",
      bodyTypes: [{ name: "suv", bodyKg: 450 }],
      sequence: [
        { type: "sedan", bodies: 3 },
        { type: "suv", bodies: 1 },
      ],
      conveyor: {
        speedMPerMin: 2,
        pitchM: 3,
        stops: [{ atS: 100, durationS: 30 }],
        gaps: [{ everyBodies: 8, emptyPlaces: 2 }],
      },
      cure: { kinetics: { kind: "nth-order", order: 2 } },
      pyrometer: { offsetK: 1 },
      energy: { ...sample.energy, fanKW: 96, electricityCo2KgPerKWh: 0.5 },
    };
    writeFileSync(config, JSON.stringify(mix));
    const { code, out } = await caught(["simulate", config]);
    assert.equal(code, 0);
    for (const line of [
      /^oven1: 30\.5 min, 32\.0 bodies\/h$/m,
      /^stops: 30 s after 100 s$/m,
      /^gaps: 2 empty after every 8 bodies$/m,
      /^cure by order 2, criterion 10 min at 170 °C$/m,
      /^sedan \(75 % of the bodies\)$/m,
      /^suv \(25 % of the bodies\)$/m,
      /peak °C +pyrometer °C$/m,
      /^mean of the mix kWh: total .* \+ electricity 3\.00, gas = .* electricity = fans 3\.00$/m,
      /^CO2 kg: total \d+\.\d\d = gas \d+\.\d\d \+ electricity 1\.50$/m,
    ])
      assert.match(out, line);
    const json = JSON.parse((await caught(["simulate", config, "--json"])).out);
    assert.equal(json.bodyTypes.length, 2);
    assert.equal(json.bodiesPerHour, 32);
    assert.equal(json.mixCo2.electricityKg, 1.5);

    // Nobody has said what the electricity brings.
    delete (mix.energy as Record<string, unknown>).electricityCo2KgPerKWh;
    writeFileSync(config, JSON.stringify(mix));
    assert.match((await caught(["simulate", config])).out, /CO2 kg: gas [\d.]+; of electricity unknown/);
  });

  describe("calibrate", () => {
    const TRUTH = [1.1, 0.92, 1.04, 0.9, 1.15];
    const NAMES = ["Dach", "Tür", "A-Säule", "B-Säule", "Schweller"];
    const MAP = "roof=Dach,door=Tür,aPillar=A-Säule,bPillar=B-Säule,rocker=Schweller";

    /** A German logger's file of a body whose nodes differ from the configuration by `TRUTH`, in Windows' letters. */
    function writeProfile(file: string): void {
      const config = ovenConfig(JSON.parse(readFileSync(SAMPLE, "utf8")));
      const nodes = config.nodes.map((node, n) => ({
        ...node,
        heatTransferWPerM2K: node.heatTransferWPerM2K * TRUTH[n]!,
      }));
      const { timeS, nodeC } = temperatureProfile({ ...config, nodes }, config.bodyType, 360);
      const random = new Random(4);
      const cell = (celsius: number): string => (celsius + random.normal()).toFixed(1).replace(".", ",");
      const clock = (s: number): string => new Date(1000 * Math.round(s)).toISOString().slice(11, 19);
      const rest = Array.from({ length: 24 }, (_, i) => [clock(5 * i), ...nodeC.map(() => cell(25))]);
      const inside = timeS.map((s, i) => [clock(120 + s), ...nodeC.map(({ celsius }) => cell(celsius[i]!))]);
      inside[40]![2] = "---";
      const lines = [
        ["Ofenprofil", "KTL Linie 2"],
        ["Zeit", ...NAMES],
        ["hh:mm:ss", ...NAMES.map(() => "°C")],
        ...rest,
        ...inside,
      ];
      writeFileSync(file, Buffer.from(lines.map((row) => row.join(";")).join("\r\n"), "latin1"));
    }

    it("fits the model to a logger's file and writes the configuration that follows it", async () => {
      const profile = join(folder, "profil.csv");
      const calibrated = join(folder, "calibrated.json");
      writeProfile(profile);
      const args = ["calibrate", SAMPLE, profile, "--map", MAP, "--only", "nodes", "--out", calibrated];
      const { code, out } = await caught(args);
      assert.equal(code, 0);
      assert.match(
        out,
        /oven1, body: \d+ samples, entry at 0:0(1:59|2:00) \((119|120)\.\d s\), found from the rise/,
      );
      assert.match(out, /roof heat transfer +1\.\d{4} +1\.\d{4} \.\. 1\.\d{4}/);
      assert.match(out, /rocker +Schweller +[01]\.\d\d/);
      assert.match(out, /- no --air: each zone's air is taken as in the configuration/);
      const written = JSON.parse(readFileSync(calibrated, "utf8"));
      const before = ovenConfig(JSON.parse(readFileSync(SAMPLE, "utf8")));
      for (const [n, node] of ovenConfig(written).nodes.entries()) {
        const factor = node.heatTransferWPerM2K / before.nodes[n]!.heatTransferWPerM2K;
        assert.ok(Math.abs(factor / TRUTH[n]! - 1) < 0.02, `${node.name}: ${factor}`);
      }
      assert.equal(written.calibration.profile, "profil.csv");

      const json = JSON.parse((await caught([...args, "--entry", "0:02:00", "--json"])).out);
      assert.deepEqual(json.entry, { entryS: 120, from: "given" });
      assert.equal(json.channels.door, "Tür");
      assert.equal(json.parameters.length, 5);
    });

    it("takes the zones' air from its own file", async () => {
      const profile = join(folder, "profil.csv");
      writeProfile(profile);
      const air = join(folder, "air.csv");
      const zones = [120, 165, 190, 185, 180, 175];
      const rows = [0, 1000, 2000].map((s) => [s / 60, ...zones].join(","));
      writeFileSync(
        air,
        `${["Time (min)", ...zones.map((_, z) => `Zone ${z + 1} (°C)`)].join(",")}\n${rows.join("\n")}\n`,
      );
      const { code, out } = await caught([
        "calibrate",
        SAMPLE,
        profile,
        "--map",
        MAP,
        "--air",
        air,
        "--json",
      ]);
      assert.equal(code, 0);
      const told = JSON.parse(out);
      assert.equal(told.parameters.length, 17);
      assert.ok(Math.abs(told.chiSquarePerSample - 1) < 0.15);
    });

    it("calibrates the shipped oven by the shipped ride, as the documentation shows", async () => {
      const shipped = (name: string): string =>
        fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
      const { code, out } = await caught([
        "calibrate",
        shipped("paint-oven.config.json"),
        shipped("data/oven1-logger.csv"),
        "--air",
        shipped("data/oven1-air.csv"),
        "--noise",
        "0.5",
      ]);
      assert.equal(code, 0);
      assert.match(
        out,
        /^oven1, body: \d+ samples, entry at 5:30:3\d \(198\d\d\.\d s\), found from the rise$/m,
      );
      assert.match(out, /^rocker heat transfer +0\.96\d\d +0\.90\d\d \.\. 1\.02\d\d$/m);
      assert.match(out, /^zone1 air bias +\+6\.\d\d K/m);
      assert.match(out, /^rocker +Rocker +0\.\d\d +0\.\d\d$/m);
      assert.match(
        out,
        /^- the ride knows only against each other: roof heat transfer, door heat transfer, /m,
      );
      const manual = readFileSync(new URL("../../docs/oven.md", import.meta.url), "utf8");
      for (const line of out.split("\n").filter((each) => /heat transfer {2}|air bias {2}|^chi/.test(each)))
        assert.ok(manual.includes(line), line);
    });

    it("says what is wrong with the input, and where", async () => {
      const profile = join(folder, "profil.csv");
      writeProfile(profile);
      for (const [args, said] of [
        [
          [SAMPLE, profile],
          /no one channel for the nodes roof, door, .*its channels are Dach, Tür.*--map roof=Dach/s,
        ],
        [[SAMPLE, profile, "--map", "roof"], /--map takes node=channel, got roof/],
        [[SAMPLE, profile, "--body", "bus"], /--body bus is none of body/],
        [[SAMPLE, profile, "--unit", "R"], /--unit takes C, F or K/],
        [[SAMPLE, profile, "--entry", "noon", "--map", MAP], /--entry takes seconds or h:mm:ss/],
        [[SAMPLE, profile, "--noise", "0", "--map", MAP], /--noise takes a number > 0, got 0/],
        [[SAMPLE, join(folder, "none.csv")], /none\.csv: ENOENT/],
        [[SAMPLE], /expected one configuration and one profile/],
        [[SAMPLE, profile, "--colour"], /colour/],
      ] as const) {
        const { code, err } = await caught(["calibrate", ...args]);
        assert.equal(code, 2);
        assert.match(err, said);
      }
    });
  });

  it("names the fault and exits 2", async () => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "{");
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, JSON.stringify({ name: "oven1", zones: [{ lengthM: -1, airTemperatureC: 120 }] }));
    for (const [args, said] of [
      [["simulate", broken], /broken\.json: .*(correct the file)/s],
      [["simulate", join(folder, "none.json")], /none\.json: ENOENT/],
      [["simulate", wrong], /oven1\/zone1: length must be > 0 m, got -1/],
      [["bake"], /rung oven: expected simulate/],
    ] as const) {
      const { code, err } = await caught(args);
      assert.equal(code, 2);
      assert.match(err, said);
    }
    const { code, out } = await caught(["simulate", wrong, "--json"]);
    assert.equal(code, 2);
    assert.equal(JSON.parse(out).errors[0].code, "oven-config");
  });
});
