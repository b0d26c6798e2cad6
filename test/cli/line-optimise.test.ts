/**
 * Covers: `rung line optimise`.
 * Scenario: four exponential stations whose best buffers are known, two operators at two stations, orders with setup.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/line-optimise.ts";

const BUFFERS = join(import.meta.dirname, "line/buffers.yaml");
const TEAM = `
name: team
units: { time: s, length: m }
blocks:
  - { id: in, kind: source }
  - { id: a, kind: station, process: { kind: exponential, mean: 10 }, operators: { skill: fit, count: 1 } }
  - { id: q, kind: buffer, places: 50 }
  - { id: b, kind: station, process: { kind: exponential, mean: 10 }, operators: { skill: fit, count: 1 } }
  - { id: out, kind: sink }
connections:
  - [in, a, q, b, out]
operators:
  groups: [{ id: team, count: 2, skills: [fit] }]
`;
const ORDERS = `
name: colours
units: { time: s, length: m }
blocks:
  - { id: in, kind: source, orders: once }
  - id: paint
    kind: station
    process: 10
    setup: [{ from: light, to: dark, time: 60 }, { from: dark, to: light, time: 300 }]
  - { id: out, kind: sink }
connections:
  - [in, paint, out]
orders:
  - { id: o1, kind: dark, quantity: 3 }
  - { id: o2, kind: light, quantity: 2 }
  - { id: o3, kind: dark, quantity: 1 }
  - { id: o4, kind: light, quantity: 4 }
`;

describe("rung line optimise", () => {
  const folder = mkdtempSync(join(tmpdir(), "rung-line-"));
  const written = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let printed = "";
  const write = process.stdout.write;
  const asked = async (...args: string[]): Promise<number> => {
    printed = "";
    process.stdout.write = ((text: string) => {
      printed += text;
      return true;
    }) as typeof process.stdout.write;
    try {
      return await run(args);
    } finally {
      process.stdout.write = write;
    }
  };
  after(() => rmSync(folder, { recursive: true }));

  it("shares buffer places out as is known to be best, with what that brings", async () => {
    assert.equal(await asked(BUFFERS, "--buffers", "all", "--length", "5000", "--json"), 0);
    const { changes, comparisons, selection } = JSON.parse(printed);
    assert.deepEqual(changes, [
      { target: "b1 places", from: 4, to: 2, unit: "1" },
      { target: "b2 places", from: 1, to: 2, unit: "1" },
      { target: "b3 places", from: 1, to: 2, unit: "1" },
    ]);
    assert.ok(selection.probability >= 0.95);
    const [{ what, scenario, difference }] = comparisons;
    assert.equal(what, "throughput");
    const exact = 0.7007129 * 3600;
    assert.ok(Math.abs(scenario.value - exact) < 2 * (scenario.high - scenario.value), `${scenario.value}`);
    assert.ok(difference.low > 0);
  });

  it("says so and ends with 1 where its budget does not tell the best", async () => {
    const few = ["--length", "200", "--budget", "290"];
    assert.equal(await asked(BUFFERS, "--buffers", "all", ...few), 1);
    assert.match(
      printed,
      /best of all 28 ways to share 6 places out with a probability of at least \d?\d\.\d %/,
    );
  });

  it("shows throughput against places", async () => {
    const args = ["--buffers", "b1, b2", "--places", "2", "--trade-off", "--length", "3000", "--json"];
    assert.equal(await asked(BUFFERS, ...args), 0);
    const { buffers, tradeOffs } = JSON.parse(printed);
    assert.deepEqual(buffers, ["b1", "b2"]);
    assert.deepEqual(
      tradeOffs.map(({ choice }: { choice: number[] }) => choice[0]! + choice[1]!),
      [0, 1, 2, 3, 4],
    );
  });

  it("finds the fewest operators", async () => {
    const team = written("team.yaml", TEAM);
    // Each part takes 20 s of somebody: one person makes 180 an hour, two nearly 360.
    assert.equal(await asked(team, "--operators", "300", "--length", "5000", "--json"), 0);
    assert.deepEqual(JSON.parse(printed).changes, []);
    assert.equal(await asked(team, "--operators", "150", "--length", "5000", "--json"), 0);
    assert.deepEqual(JSON.parse(printed).changes, [{ target: "team people", from: 2, to: 1, unit: "1" }]);
    await assert.rejects(
      asked(team, "--operators", "500", "--length", "2000"),
      /no number of operators surely makes/,
    );
  });

  it("puts orders into a sequence with little setup", async () => {
    const orders = written("orders.yaml", ORDERS);
    assert.equal(await asked(orders, "--sequence", "--length", "5000", "--budget", "200", "--json"), 1);
    const { selection } = JSON.parse(printed);
    assert.ok(selection.probability <= 0.5, "several sequences are level");
    const indifferent = ["--indifference", "1", "--json"];
    assert.equal(await asked(orders, "--sequence", "--length", "5000", "--budget", "200", ...indifferent), 0);
    const { sequence, comparisons } = JSON.parse(printed);
    // Ten parts of 10 s; light before dark needs one setup of 60 s, the orders as given need 660 s.
    assert.deepEqual(new Set(sequence.slice(0, 2)), new Set(["o2", "o4"]));
    assert.deepEqual([comparisons[0].baseline.value, comparisons[0].scenario.value], [760, 160]);
  });

  it("says what is wrong with what is asked", async () => {
    await assert.rejects(asked(), /expected one model/);
    await assert.rejects(asked(BUFFERS), /expected one of --buffers, --operators, --sequence/);
    await assert.rejects(
      asked(BUFFERS, "--buffers", "b9"),
      /b9 is no buffer with places; there are b1, b2, b3/,
    );
    await assert.rejects(asked(BUFFERS, "--operators", "100"), /there are no groups/);
    await assert.rejects(asked(BUFFERS, "--sequence"), /0 orders/);
    await assert.rejects(
      asked(BUFFERS, "--buffers", "all", "--length", "x"),
      /--length must be a number, got x/,
    );
    await assert.rejects(
      asked(BUFFERS, "--buffers", "all", "--trade-off"),
      /--trade-off needs --buffers and --places/,
    );
    await assert.rejects(asked("nowhere.yaml", "--sequence"), /nowhere.yaml cannot be read/);
  });
});
