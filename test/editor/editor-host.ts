/**
 * A Node-RED with the editor plugins as they stand in the sources and a stand-in for every node type of the ladder,
 * in a process of its own, so that the editor's face is tested whatever state the nodes are in.
 *
 * Tells its parent `{port}`; takes `{evidence: [...]}` and `{stop: true}`.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire, stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { ROLE_OF_TYPE } from "../../runtime/ladder/roles.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const RED = createRequire(import.meta.url)("node-red");

/** Category of each node type: the palette is the ladder. docs/architecture.md, Files of one node. */
const CATEGORIES: Record<string, readonly string[]> = {
  config: ["rung-opcua-link", "rung-mqtt-link", "rung-twin", "rung-historian", "rung-actuator"],
  "0 model": ["rung-kernel", "rung-oven", "rung-booth", "rung-line", "rung-cell", "rung-ergonomics"],
  "1 describe": [
    "rung-opcua-source",
    "rung-mqtt-source",
    "rung-ingest",
    "rung-recording",
    "rung-orders",
    "rung-state",
    "rung-history",
    "rung-query",
    "rung-oee",
    "rung-energy",
  ],
  "2 diagnose": ["rung-detect", "rung-cause", "rung-residual"],
  "3 predict": ["rung-forecast", "rung-life", "rung-estimate"],
  "4 prescribe": [
    "rung-sibling",
    "rung-whatif",
    "rung-optimise",
    "rung-maintain",
    "rung-balance",
    "rung-variant",
    "rung-reach",
  ],
  "5 act": ["rung-envelope", "rung-approve", "rung-actuate", "rung-outcome"],
  "rung dashboard": [
    "ui-rung-tile",
    "ui-rung-trend",
    "ui-rung-band",
    "ui-rung-list",
    "ui-rung-3d",
    "ui-rung-ladder",
    "ui-rung-shops",
    "ui-rung-detail",
    "ui-rung-energy",
    "ui-rung-recommendation",
  ],
};
const DEEP: Record<string, string> = {
  "0 model": "#4c525c",
  "1 describe": "#2c5db0",
  "2 diagnose": "#15807e",
  "3 predict": "#402f80",
  "4 prescribe": "#955a14",
  "5 act": "#6f0a36",
  "rung dashboard": "#3f4a57",
};
const FIELDS = [
  "link",
  "twin",
  "address",
  "scope",
  "parent",
  "objective",
  "targetRung",
  "reality",
  "bindings",
  "targets",
  "scoreBaseline",
];
const CONFIG_OF: Record<string, string> = { link: "rung-opcua-link", twin: "rung-twin" };

/** Writes the pack to a folder and returns it. */
function writePack(folder: string): void {
  const nodes: Record<string, string> = {};
  for (const [category, types] of Object.entries(CATEGORIES)) {
    for (const type of types) {
      if (ROLE_OF_TYPE[type] === undefined) throw new Error(`${type} has no role`);
      nodes[type] = `nodes/${type}.js`;
      writeNode(join(folder, "nodes"), type, category);
    }
  }
  for (const floor of ["core", "ladder"])
    writeBrowserModules(join(root, "runtime", floor), join(folder, "resources/runtime", floor));
  const plugins: Record<string, string> = {};
  for (const name of ["rung-theme", "rung-ladder"]) {
    const from = join(root, "editor-plugins", name);
    const to = join(folder, "editor-plugins", name);
    plugins[name] = `editor-plugins/${name}/${name}.js`;
    cpSync(join(from, `${name}.html`), join(to, `${name}.html`));
    cpSync(join(from, "resources"), join(folder, "resources", name), { recursive: true });
    if (existsSync(join(from, `${name}.ts`)))
      writeFileSync(
        join(to, `${name}.js`),
        `export { default } from ${JSON.stringify(join(from, `${name}.ts`))};\n`,
      );
  }
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "@rung/node-red-rung",
      version: "0.0.0",
      type: "module",
      "node-red": { nodes, plugins },
    }),
  );
}

function writeNode(folder: string, type: string, category: string): void {
  mkdirSync(join(folder, "icons"), { recursive: true });
  const isSink = /history|actuate/.test(type) || category === "rung dashboard";
  const isSource = /source|recording/.test(type);
  const isConfig = category === "config";
  const defaults = [
    "name: {value: ''}",
    ...FIELDS.map(
      (field) =>
        `${field}: {value: ''${CONFIG_OF[field] && !isConfig ? `, type: '${CONFIG_OF[field]}', required: false` : ""}}`,
    ),
  ];
  const label = type
    .replace(/^(ui-)?rung-/, "")
    .replaceAll("-", " ")
    .replace("opcua", "opc ua")
    .replace("whatif", "what‑if");
  const icon = iconOf(type);
  if (icon !== undefined) cpSync(icon, join(folder, "icons", `${type}.svg`));
  writeFileSync(
    join(folder, `${type}.html`),
    `<script type="text/html" data-template-name="${type}"></script><script>RED.nodes.registerType("${type}", {
      category: "${category}", color: "${DEEP[category] ?? "#ddd"}", defaults: {${defaults.join(", ")}},
      inputs: ${isSource ? 0 : 1}, outputs: ${category === "rung dashboard" || type === "rung-history" ? 0 : 1},
      ${isSink && type !== "rung-actuate" ? 'align: "right",' : ""} icon: "${icon ? `${type}.svg` : "font-awesome/fa-circle"}",
      paletteLabel: "${label}", label() { return this.name || "${label}"; }
    });</script>`,
  );
  writeFileSync(
    join(folder, `${type}.js`),
    `export default (RED) => RED.nodes.registerType("${type}", function (config) { RED.nodes.createNode(this, config); });\n`,
  );
}

/** The icon a node brings along, where it is there already. */
function iconOf(type: string): string | undefined {
  const name = type.replace(/^(ui-)?rung-/, "");
  for (const rung of readdirSync(join(root, "nodes"))) {
    const file = join(root, "nodes", rung, name, "icon.svg");
    if (existsSync(file) && (rung === "dashboard") === type.startsWith("ui-")) return file;
  }
  return undefined;
}

function writeBrowserModules(from: string, to: string): void {
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const code = stripTypeScriptTypes(readFileSync(join(from, name), "utf8"), { mode: "strip" });
    const file = join(to, name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code.replace(/(from\s*")(\.[^"]*)\.ts"/g, '$1$2.js"'));
  }
}

async function main(folder: string): Promise<void> {
  const pack = join(folder, "pack");
  mkdirSync(pack, { recursive: true });
  writePack(pack);
  const app = express();
  const server = createServer(app);
  RED.init(server, {
    httpAdminRoot: "/",
    httpNodeRoot: "/api",
    userDir: join(folder, "user"),
    nodesDir: [pack],
    flowFile: "flows.json",
    credentialSecret: "only for this test",
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false },
      modules: { allowInstall: false },
    },
    editorTheme: {
      tours: false,
      palette: { catalogues: [] },
      page: { title: "Rung" },
      header: { title: "Rung" },
    },
    paletteCategories: [
      ...Object.keys(CATEGORIES).slice(1),
      "common",
      "function",
      "network",
      "sequence",
      "parser",
      "storage",
    ],
    logging: { console: { level: "error", metrics: false, audit: false } },
  });
  app.use("/", RED.httpAdmin);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started = new Promise<void>((resolve) => RED.events.once("flows:started", () => resolve()));
  await RED.start();
  await started;
  process.on("message", (message: { evidence?: Evidence[]; stop?: boolean }) => {
    for (const evidence of message.evidence ?? []) services().evidence.put(evidence);
    if (message.evidence) {
      services().ladder().evaluate();
      process.send?.({ judged: true });
    }
    if (message.stop) {
      Promise.all([RED.stop(), closeServices()]).then(() => process.exit(0));
    }
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.({ port: (server.address() as AddressInfo).port });
}

await main(process.argv[2]!);
