/**
 * A Node-RED with one graph, in a process of its own. `frames`: the product's own nodes. `values`: one message per
 * value. Told `{measure: true}` it takes the CPU of its main thread from there on; told `{expect: n}` it waits until n
 * values are stored, or nothing has come for a while, and says what it used.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { services } from "../../runtime/host/services.ts";
import { onTab, productNode, startNodeRed } from "../links/node-red.ts";

const [variant, endpoint, tagText, periodText] = process.argv.slice(2) as [string, string, string, string];
const tags = Number(tagText);
const periodMs = Number(periodText);
const home = mkdtempSync(join(tmpdir(), "rung-bench-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
process.env.RUNG_HOME = home;
const TWIN = "acme/bench/machine";

const NODES = [
  "config/opcua-link",
  "config/twin",
  "config/historian",
  "1-describe/opcua-source",
  "1-describe/state",
  "1-describe/history",
  "2-diagnose/detect",
];
const perValue = (name: string, what: string) => ({
  type: `bench-value-${name}`,
  module: join(import.meta.dirname, "per-value-nodes.ts"),
  what,
});
const isFrames = variant === "frames";
const flows = [
  {
    id: "twin",
    type: "rung-twin",
    name: "machine",
    address: TWIN,
    scope: "machine",
    targetRung: 2,
    objective: "bench",
  },
  { id: "history-config", type: "rung-historian", name: "historian" },
  {
    id: "link",
    type: "rung-opcua-link",
    name: "bench",
    endpoint,
    reality: "live",
    securityMode: "None",
    securityPolicy: "None",
    login: "anonymous",
  },
  onTab("source", "rung-opcua-source", ["state"], {
    link: "link",
    twin: "twin",
    publishingMs: 100,
    samplingMs: 0,
    emit: isFrames ? "frames" : "values",
    bindings: Array.from({ length: tags }, (_, i) => ({ nodeId: `ns=1;s=T${i}`, path: `t${i}`, periodMs })),
  }),
  ...(isFrames
    ? [
        onTab("state", "rung-state", ["detect", "history"], { twin: "twin" }),
        onTab("detect", "rung-detect", [], { rows: 120, historian: "history-config" }),
        onTab("history", "rung-history", [], { historian: "history-config" }),
      ]
    : [
        onTab("state", "bench-value-state", ["detect", "history"]),
        onTab("detect", "bench-value-detect", []),
        onTab("history", "bench-value-history", [], { tags, prefix: TWIN }),
      ]),
];

const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const RED = await startNodeRed(home, flows, [
  ...NODES.map(productNode),
  perValue("state", "valueState"),
  perValue("detect", "valueDetect"),
  perValue("history", "valueHistory"),
]);
const status = new Map<string, string>();
RED.events.on("node-status", (event: { id: string; status: { text?: string } }) => {
  status.set(event.id, event.status.text ?? "");
});
const { source } = RED.nodes.getNode("source") as {
  source: {
    counters: { received: number };
  };
};
const historian = services().historian();
await waitFor(() => source.counters.received >= tags, 60_000);
say({ ready: true, received: source.counters.received });

let before = process.threadCpuUsage();
let wallBefore = performance.now();
createInterface({ input: process.stdin }).on("line", (line) => void obey(JSON.parse(line)));
process.stdin.on("end", () => process.exit(0));

async function obey(command: { measure?: true; expect?: number }): Promise<void> {
  if (command.measure) {
    before = process.threadCpuUsage();
    wallBefore = performance.now();
    say({ measuring: true, detect: status.get("detect") ?? "" });
  }
  if (command.expect !== undefined) {
    await waitFor(() => historian.counts.stored >= command.expect!, 120_000);
    const used = process.threadCpuUsage(before);
    say({
      cpuMs: (used.user + used.system) / 1000,
      wallMs: performance.now() - wallBefore,
      received: source.counters.received,
      counts: historian.counts,
      detect: status.get("detect") ?? "",
    });
  }
}

/** Until the condition holds, or it is past hope: what is missing then is told as lost. */
async function waitFor(condition: () => boolean, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!condition() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50));
}
