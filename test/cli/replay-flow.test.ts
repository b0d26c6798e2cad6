import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FlowReplayReport } from "../../runtime/cli/replay-flow.ts";
import { planFlow } from "../../runtime/cli/replay-flow-plan.ts";
import type { FlowNode } from "../../runtime/host/flow-files.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const OPTIONS = {
  file: "line.csv",
  timeColumn: "time",
  separator: ";",
  decimal: ".",
  train: 0,
  speed: "max",
} as const;

const LINE = { id: "twin1", type: "rung-twin", address: "acme/plant/line1", scope: "machine", targetRung: 2 };
const FLOW: FlowNode[] = [
  { id: "tab", type: "tab", label: "line" },
  LINE,
  { id: "hist", type: "rung-historian", file: "/var/lib/plant.duckdb", store: "influxdb1", alsoTo: "mirror" },
  { id: "src", type: "rung-opcua-source", z: "tab", twin: "twin1", link: "l", wires: [["state"]] },
  { id: "src2", type: "rung-mqtt-source", z: "tab", twin: "twin1", link: "l", wires: [["state", "spy"]] },
  {
    id: "state",
    type: "rung-state",
    z: "tab",
    twin: "twin1",
    emit: "values",
    wires: [["his"], ["spy", "out"]],
  },
  { id: "his", type: "rung-history", z: "tab", historian: "hist", wires: [] },
  {
    id: "spy",
    type: "function",
    z: "tab",
    name: "Spy",
    func: 'if (msg.payload === 7) throw new Error("seven is too much"); return msg;',
    outputs: 1,
    wires: [[]],
  },
  { id: "out", type: "mqtt out", z: "tab", topic: "command", broker: "b", wires: [] },
  { id: "act", type: "rung-actuate", z: "tab", wires: [[]] },
  { id: "page", type: "ui-page" },
];

describe("plan of a flow's replay", () => {
  it("puts one recording in the place of a twin's sources and keeps off what reaches outside", () => {
    const plan = planFlow("flow.json", FLOW, OPTIONS);
    assert.equal(plan.recording, "src");
    assert.equal(plan.twin, "acme/plant/line1");
    assert.deepEqual(plan.off, ["src2", "out", "act", "page"]);
    const recording = plan.nodes.find(({ id }) => id === "src")!;
    assert.equal(recording.type, "rung-recording");
    assert.deepEqual(recording.wires, [["state", "spy"]]);
    assert.equal(recording.speed, 0);
    const { file, store, alsoTo } = plan.nodes.find(({ id }) => id === "hist")!;
    assert.deepEqual([file, store, alsoTo], ["", "embedded", ""], "the flow's own histories are not touched");
    assert.equal(plan.nodes.filter(({ d }) => d === true).length, 4);
  });

  it("asks which twin where there are several, and names a flow without a source", () => {
    const booth = { ...LINE, id: "twin2", address: "acme/plant/booth1" };
    const two = [...FLOW, booth, { id: "s3", type: "rung-recording", z: "tab", twin: "twin2", wires: [[]] }];
    assert.throws(() => planFlow("flow.json", two, OPTIONS), {
      code: "several-twins",
      message: /flow\.json: feeds acme\/plant\/line1, acme\/plant\/booth1 \(say which with --twin\)/,
    });
    assert.equal(planFlow("flow.json", two, { ...OPTIONS, twin: "acme/plant/booth1" }).recording, "s3");
    assert.throws(() => planFlow("flow.json", [LINE], OPTIONS), { code: "no-source" });
    assert.throws(() => planFlow("flow.json", FLOW, { ...OPTIONS, twin: "acme/other" }), {
      message: /no source or recording of the twin acme\/other \(it has sources of acme\/plant\/line1\)/,
    });
  });
});

describe("rung replay --flow", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-replay-flow-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const rung = (args: string[]) =>
    spawnSync(process.execPath, [RUNG, "replay", ...args, "--home", join(folder, "home"), "--json"], {
      encoding: "utf8",
    });

  it("runs the flow headless on the file, reports what its nodes said, and ends by itself", function () {
    this.timeout(60_000);
    const rows = Array.from({ length: 300 }, (_, i) => `${i};${i};${i / 8}`);
    const file = write("line.csv", `time;a;b\n${rows.join("\n")}\n`);
    const flow = write("flow.json", JSON.stringify(FLOW));
    const { status, stdout } = rung([file, "--time", "time", "--separator", ";", "--flow", flow]);
    assert.equal(status, 0, stdout);
    const report = JSON.parse(stdout) as FlowReplayReport;
    assert.deepEqual(report.samples, { received: 600, stored: 600, deduplicated: 0, late: 0, dropped: {} });
    assert.deepEqual(
      report.columns.map(({ address, stored, matches }) => [address, stored.count, stored.sum, matches]),
      [
        ["acme/plant/line1/a", 300, 44850, true],
        ["acme/plant/line1/b", 300, 5606.25, true],
      ],
    );
    assert.deepEqual(report.flow.off, ["src2", "out", "act", "page"]);
    const words = report.flow.nodeErrors.map(({ node, text }) => `${node}: ${text}`);
    // 7 is in column a of row 7 and in column b of row 56.
    assert.equal(words.filter((text) => /^Spy: .*seven is too much/.test(text)).length, 2, words.join("\n"));
  });

  it("names a flow that is none", () => {
    const file = write("line.csv", "time;a\n1;2\n");
    const { status, stdout } = rung([
      file,
      "--time",
      "time",
      "--separator",
      ";",
      "--flow",
      write("f.json", "{}"),
    ]);
    assert.equal(status, 2);
    assert.match(stdout, /f\.json: holds no list of nodes/);
  });
});
