/**
 * A Node-RED with one graph, in a process of its own. `frames`: the product's own nodes. `values`: one message per
 * value. Told `{measure: true}` it takes the CPU of its main thread from there on; told `{expect: n}` it waits until n
 * values are stored, or nothing has come for a while, and says what it used.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { closeServices, services } from "../../runtime/host/services.ts";

const [variant, endpoint, tagText, periodText] = process.argv.slice(2) as [string, string, string, string];
const tags = Number(tagText);
const periodMs = Number(periodText);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const home = mkdtempSync(join(tmpdir(), "rung-bench-"));
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

/** The nodes as they stand in the sources; Node-RED itself loads nothing but `.js`. */
function writePack(): string {
  const pack = join(home, "pack");
  const nodes: Record<string, string> = {};
  const place = (name: string, module: string, what = "default") => {
    mkdirSync(join(pack, name), { recursive: true });
    writeFileSync(
      join(pack, name, `${name}.js`),
      `export { ${what} as default } from "${pathToFileURL(module)}";\n`,
    );
    const type = name.startsWith("bench-") ? name : `rung-${name}`;
    writeFileSync(
      join(pack, name, `${name}.html`),
      `<script>RED.nodes.registerType("${type}", { category: "bench", defaults: {} });</script>\n`,
    );
    nodes[name] = `${name}/${name}.js`;
  };
  for (const path of NODES) {
    const name = path.split("/")[1]!;
    place(name, join(root, "nodes", path, `${name}.ts`));
  }
  const perValue = join(root, "bench/opcua-frames/per-value-nodes.ts");
  place("bench-value-state", perValue, "valueState");
  place("bench-value-detect", perValue, "valueDetect");
  place("bench-value-history", perValue, "valueHistory");
  const manifest = { name: "bench-pack", version: "1.0.0", type: "module", "node-red": { nodes } };
  writeFileSync(join(pack, "package.json"), JSON.stringify(manifest));
  return pack;
}

const isFrames = variant === "frames";
const node = (id: string, type: string, wires: string[], more: object = {}) => ({
  id,
  type,
  z: "tab",
  x: 100,
  y: 100,
  wires: [wires],
  ...more,
});
const flows = [
  { id: "tab", type: "tab", label: "bench" },
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
  node("source", "rung-opcua-source", ["state"], {
    link: "link",
    twin: "twin",
    publishingMs: 100,
    samplingMs: 0,
    emit: isFrames ? "frames" : "values",
    bindings: Array.from({ length: tags }, (_, i) => ({ nodeId: `ns=1;s=T${i}`, path: `t${i}`, periodMs })),
  }),
  ...(isFrames
    ? [
        node("state", "rung-state", ["detect", "history"], { twin: "twin" }),
        node("detect", "rung-detect", [], { rows: 120, historian: "history-config" }),
        node("history", "rung-history", [], { historian: "history-config" }),
      ]
    : [
        node("state", "bench-value-state", ["detect", "history"]),
        node("detect", "bench-value-detect", []),
        node("history", "bench-value-history", [], { tags, prefix: TWIN }),
      ]),
];

const RED = createRequire(import.meta.url)("node-red");
const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
writeFileSync(join(home, "flows.json"), JSON.stringify(flows));
RED.init(createServer(), {
  userDir: home,
  flowFile: "flows.json",
  nodesDir: [writePack()],
  httpAdminRoot: false,
  httpNodeRoot: false,
  disableEditor: true,
  credentialSecret: "bench",
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
  logging: { console: { level: "warn" } },
});
const status = new Map<string, string>();
RED.events.on("node-status", (event: { id: string; status: { text?: string } }) => {
  status.set(event.id, event.status.text ?? "");
});
await RED.start();
await new Promise<void>((resolve) => RED.events.once("flows:started", resolve));
const source = RED.nodes.getNode("source").source as {
  summary(): { tags: number };
  counters: { received: number };
};
const historian = services().historian();
await waitFor(() => source.counters.received >= tags, 60_000);
say({ ready: true, received: source.counters.received });

let before = process.threadCpuUsage();
let wallBefore = performance.now();
createInterface({ input: process.stdin }).on("line", (line) => void obey(JSON.parse(line)));

async function obey(command: { measure?: true; expect?: number; stop?: true }): Promise<void> {
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
  if (command.stop) {
    await RED.stop();
    await closeServices();
    process.exit(0);
  }
}

/** Until the condition holds, or it is past hope: what is missing then is told as lost. */
async function waitFor(condition: () => boolean, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!condition() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50));
}
