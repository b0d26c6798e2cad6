import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../runtime/cli/rung.ts";
import { draw, OVEN } from "../ladder/draw.ts";

const LOOP =
  "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate";

describe("rung check", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-check-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the verb with stdout caught. */
  async function check(...args: string[]): Promise<{ code: number; text: string }> {
    const write = process.stdout.write;
    let text = "";
    process.stdout.write = ((part: string) => {
      text += part;
      return true;
    }) as typeof write;
    try {
      return { code: await main(["check", ...args]), text };
    } finally {
      process.stdout.write = write;
    }
  }
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
  });

  it("prints exactly the agreed JSON", async () => {
    const path = file("chain.json", draw("src opcua-source > st state > his history; st > fc forecast"));
    const { code, text } = await check(path, "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(text), {
      twins: [
        {
          address: OVEN,
          node: "oven",
          scope: "machine",
          parent: null,
          class: "shadow",
          wired: 1,
          capabilities: [0, 1, 3],
          reality: "live",
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
    assert.match(text, /unguarded output {2}m \(mqtt out\)/);
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
