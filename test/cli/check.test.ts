import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../runtime/cli/rung.ts";
import { draw, OVEN } from "../ladder/draw.ts";
import { caughtOutput } from "./caught-output.ts";

const LOOP =
  "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate";

describe("rung check", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-check-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const check = async (...args: string[]): Promise<{ code: number; text: string }> => {
    const { code, out } = await caughtOutput(() => main(["check", ...args]));
    return { code, text: out };
  };
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };

  it("knows the roles that packages beside the flow declare", async () => {
    mkdirSync(join(folder, "site/node_modules/fancy"), { recursive: true });
    file("site/node_modules/fancy/package.json", {
      name: "fancy",
      "node-red": {},
      rung: { roles: { "fancy-detector": "detect" } },
    });
    const flow = draw("src opcua-source > st state > his history; st > x 'fancy-detector'");
    const { text } = await check(file("site/flow.json", flow), "--json");
    const [twin] = JSON.parse(text).twins;
    assert.equal(twin.wired, 2);
    assert.deepEqual(
      twin.warnings.map(({ code }: { code: string }) => code),
      ["declared-role"],
    );
    mkdirSync(join(folder, "site/node_modules/sly"), { recursive: true });
    file("site/node_modules/sly/package.json", {
      name: "sly",
      "node-red": {},
      rung: { roles: { "sly-writer": "actuate" } },
    });
    const said = (await check(join(folder, "site/flow.json"))).text;
    assert.match(said, /^declared role ignored {2}sly, sly-writer: "actuate" is no role that a package may/m);
  });

  it("prints exactly the agreed JSON", async () => {
    const path = file("chain.json", draw("src opcua-source > st state > his history; st > fc forecast"));
    const { code, text } = await check(path, "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(text), {
      twins: [
        {
          address: OVEN,
          name: "oven 1",
          node: "oven",
          scope: "machine",
          parent: null,
          class: "shadow",
          wired: 1,
          capabilities: [0, 1, 3],
          reality: "live",
          objective: "",
          target: null,
          enough: false,
          needed: true,
          paths: { 0: ["st"], 1: ["src", "st", "his"], 3: ["src", "st", "fc"] },
          floating: [{ node: "fc", row: 3 }],
          missing: [
            { row: 2, role: "detect", after: "st" },
            { row: 4, role: "optimise", after: "st" },
            { row: 5, role: "optimise", after: "st" },
          ],
          warnings: [],
        },
      ],
      unguardedOutputs: [],
      notAnalysable: [],
      errors: [],
    });
  });

  it("prints a table a person reads", async () => {
    const path = file("human.json", draw(`${LOOP}; st > m 'mqtt out'`));
    const { code, text } = await check(path);
    assert.equal(code, 0);
    assert.match(text, /^twin +class +wired +reality +next\n/);
    assert.match(text, /acme\/leipzig\/paint\/oven1 +twin +4 +live/);
    assert.match(text, /unguarded output {2}mqtt out \(mqtt out\)/);
  });

  it("says what the next rung needs and where, by names", async () => {
    const cases: [string, string][] = [
      ["", "0 needs a state"],
      ["st state", "1 needs an online source before the state"],
      ["src opcua-source > st state", "1 needs a history after state kiln"],
      ["src opcua-source > st state > his history", "2 needs a detector after state kiln"],
      ["src opcua-source > st state > his history; st > det detect", "3 needs a forecast after state kiln"],
      [LOOP.replace(" > act actuate", ""), "5 needs an actuate after envelope"],
    ];
    for (const [drawing, says] of cases) {
      const names: Record<string, Record<string, unknown>> = drawing === "" ? {} : { st: { name: "kiln" } };
      const { text } = await check(file("next.json", draw(drawing, names)));
      assert.match(text, new RegExp(`^${OVEN} .* ${says}$`, "m"));
    }
    const noReturn = draw(LOOP, { src: { bindings: [{ path: "zone3/airTemperatureSetpoint" }] } });
    const { text } = await check(file("next.json", noReturn));
    assert.match(text, / 5 needs a measurement affected by what actuate writes$/m);
    assert.match(text, /^warning .* actuate: only .* itself comes back; .* \[echo-only\]$/m);
  });

  it("shows objective and target: enough at it, urged below it", async () => {
    const at = (targetRung: number) =>
      file(
        "target.json",
        draw("src opcua-source > st state > his history", { oven: { targetRung, objective: "least gas" } }),
      );
    const enough = await check(at(1));
    assert.equal(enough.code, 0);
    assert.match(enough.text, / live {5}enough for least gas\n$/);
    const below = await check(at(3));
    assert.equal(below.code, 1);
    assert.match(below.text, / live {5}2 needs a detector after state\n/);
    assert.match(below.text, /oven1 is wired for 1, wanted 3: needs a detector after state\n$/);
    const json = JSON.parse((await check(at(1), "--json")).text).twins[0];
    assert.deepEqual([json.objective, json.target, json.enough], ["least gas", 1, true]);
  });

  it("stands every twin below its parent", async () => {
    const nodes = [
      ...draw("src opcua-source > st state > his history", { oven: { parent: "shop" } }),
      {
        id: "fan",
        type: "rung-twin",
        address: `${OVEN}/fan`,
        parent: "oven",
        needed: false,
        neededReason: "spare",
      },
      { id: "booth", type: "rung-twin", address: "acme/leipzig/paint/booth1" },
      { id: "shop", type: "rung-twin", address: "acme/leipzig/paint" },
    ];
    const { text } = await check(file("family.json", nodes));
    const addresses = text
      .split("\n")
      .slice(1, 5)
      .map((line) => line.replace(/(\S) {2,}.*$/, "$1"));
    assert.deepEqual(addresses, [
      "acme/leipzig/paint/booth1",
      "acme/leipzig/paint",
      `  ${OVEN}`,
      `    ${OVEN}/fan (not needed)`,
    ]);
  });

  it("names what runs inside a subflow, and prints no control characters", async () => {
    const nodes = [
      ...draw("src opcua-source > st state > his history", { st: { wires: [["his", "inst"]] } }),
      { id: "inst", type: "subflow:sub", z: "tab", name: "tell", x: 1, y: 1, wires: [] },
      { id: "sub", type: "subflow", name: "teller", in: [{ wires: [{ id: "m" }] }], out: [] },
      { id: "m", type: "mqtt out", z: "sub", name: "al\u001b[31marm\n", x: 1, y: 1, wires: [] },
      { id: "\u001b[2J", z: "tab" },
    ];
    const { text, code } = await check(file("inside.json", nodes));
    assert.equal(code, 2);
    assert.match(text, /^unguarded output {2}mqtt out al \[31marm in subflow teller tell \(mqtt out\)$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
  });

  it("reads 50,000 nodes in 500 files, and tells as many errors, again and again in one process", async () => {
    const many = join(folder, "many");
    mkdirSync(many);
    for (let tab = 0; tab < 500; tab++) {
      const nodes = Array.from({ length: 100 }, (_, i) => ({
        ...{ id: `n${tab}-${i}`, type: "debug", z: `t${tab}`, x: 1, y: 1 },
        wires: [[`gone${i}`]],
      }));
      writeFileSync(join(many, `t${tab}.json`), JSON.stringify([{ id: `t${tab}`, type: "tab" }, ...nodes]));
    }
    const { code, text } = await check(many, "--json");
    assert.equal(code, 2);
    const { errors } = JSON.parse(text);
    assert.equal(errors.length, 50_000);
    assert.deepEqual(errors[0], {
      file: join(many, "t0.json"),
      path: "/1/wires/0/0",
      message: "n0-0: leads to gone0, which is not there",
    });
    assert.equal((await check(many)).text.split("\n").length, 50_002);
  });

  it("merges a folder of one file per tab and per configuration node", async () => {
    const nodes = draw(LOOP);
    const tabs = join(folder, "split");
    mkdirSync(tabs);
    file(
      "split/tab.json",
      nodes.filter(({ id, z }) => id === "tab" || z === "tab"),
    );
    file(
      "split/plant.json",
      nodes.find(({ id }) => id === "plant"),
    );
    file("split/oven.json", [nodes.find(({ id }) => id === "oven")]);
    const { code, text } = await check(tabs, "--json");
    assert.equal(code, 0);
    assert.equal(JSON.parse(text).twins[0].wired, 5);
  });

  it("ends with 1 below --min, by address or by name, and 0 at it", async () => {
    const path = file("min.json", draw("src opcua-source > st state > his history"));
    assert.equal((await check(path, "--min", `${OVEN}=1`)).code, 0);
    const { code, text } = await check(path, "--min", "oven 1=2");
    assert.equal(code, 1);
    assert.match(text, /oven1 is wired for 1, wanted 2/);
  });

  it("ends with 1 below the twin's own target rung; --min overrides it", async () => {
    const path = file(
      "target.json",
      draw("src opcua-source > st state > his history", { oven: { targetRung: 3 } }),
    );
    assert.equal((await check(path)).code, 1);
    assert.equal((await check(path, "--min", `${OVEN}=1`)).code, 0);
  });

  it("ends with 1 under --strict where an output is unguarded", async () => {
    const guarded = file("guarded.json", draw(LOOP));
    const unguarded = file("unguarded.json", draw(`${LOOP}; i 'inject' > e 'exec'`));
    assert.equal((await check(guarded, "--strict")).code, 0);
    assert.equal((await check(unguarded)).code, 0);
    assert.equal((await check(unguarded, "--strict")).code, 1);
  });

  const INPUT_ERRORS: [string, () => string[], object][] = [
    [
      "no file",
      () => [],
      { file: "", path: "", message: "no flows given: name at least one file or folder" },
    ],
    [
      "a missing file",
      () => ["/nowhere/flow.json"],
      { file: "/nowhere/flow.json", path: "", message: "does not exist" },
    ],
    [
      "an unknown twin",
      () => [file("ok.json", draw("st state")), "--min", "kiln=2"],
      { file: "", path: "", message: `--min kiln: is no twin of this flow (twins: ${OVEN})` },
    ],
    [
      "a rung that is none",
      () => [file("ok.json", draw("st state")), "--min", "oven 1=7"],
      {
        file: "",
        path: "",
        message: "--min oven 1=7: write a twin's address or name, =, and a rung from 0 to 5",
      },
    ],
  ];
  for (const [name, args, error] of INPUT_ERRORS) {
    it(`ends with 2 on ${name}`, async () => {
      const { code, text } = await check(...args(), "--json");
      assert.equal(code, 2);
      assert.deepEqual(JSON.parse(text).errors, [error]);
    });
  }

  it("ends with 2 on a file that is no JSON, and still judges the rest", async () => {
    const good = file("good.json", draw(LOOP));
    const { code, text } = await check(good, file("torn.json", '[{"id": "a"'), "--json");
    assert.equal(code, 2);
    const { errors, twins } = JSON.parse(text);
    assert.equal(twins[0].wired, 5);
    assert.equal(errors[0].file, join(folder, "torn.json"));
    assert.match(errors[0].message, /JSON/);
  });

  it("names file and place of a wire to nowhere, and of an id that two files share", async () => {
    const first = file("first.json", draw("st state"));
    const second = file("second.json", [
      { id: "x", type: "inject", z: "tab", x: 1, wires: [["gone"]] },
      { id: "st", type: "inject" },
    ]);
    const { code, text } = await check(first, second, "--json");
    assert.equal(code, 2);
    assert.deepEqual(
      JSON.parse(text).errors.map(({ file: at, path }: { file: string; path: string }) => [at, path]),
      [
        [second, "/1/id"],
        [second, "/0/wires/0/0"],
      ],
    );
  });

  it("ends with 2 on an unknown option", async () => assert.equal((await check("--colour")).code, 2));
});
