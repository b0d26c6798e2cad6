/**
 * Compiles the workspace into `dist/`: TypeScript, the fast lane's WebAssembly, forms, help, labels, icons, widgets,
 * and the manifests of the two packs, which are written from what is found so that no list has to be kept.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { specifiersOf } from "./floors.ts";
import { placeExamples } from "./place-examples.ts";
import { buildMeshEngine, buildSerialLine, buildSolvers } from "./solvers.ts";
import { buildWidgets } from "./widgets.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const workspace = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
export const PACK = "@rung/node-red-rung";
export const WIDGET_PACK = "@rung/node-red-dashboard-2-rung";
/** Node-RED asks for these when a browser prefers none of the others. */
const LANGUAGES: Record<string, string> = { "en-US": "help.en.md", de: "help.de.md" };

interface NodeFolder {
  readonly name: string;
  /** Below the root: `nodes/1-describe/state`. */
  readonly path: string;
}

// Only what tsc and this script write is cleared, so that a running product keeps its open files readable.
rmSync(dist, { recursive: true, force: true });
// At work while tsc is.
const assemblies = Promise.all([
  buildSolvers(root, join(dist, "runtime/compute/solvers/solvers.wasm")),
  buildMeshEngine(root, join(dist, "runtime/compute/mesh/mesh.wasm")),
  buildSerialLine(root, join(dist, "runtime/compute/serial-line/serial-line.wasm")),
]);
const compiled = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.dist.json"],
  {
    cwd: root,
    stdio: "inherit",
  },
);
if ((await assemblies).includes(false) || compiled.status !== 0) process.exit(1);

const folders = nodeFolders();
for (const folder of folders) placeNode(folder);
const plugins = placePlugins();
placeBrowserModules();
if (existsSync(join(root, "examples"))) placeExamples(join(root, "examples"), join(dist, "examples"));
if (existsSync(join(root, "flows"))) cpSync(join(root, "flows"), join(dist, "flows"), { recursive: true });
const widgets = await buildWidgets(root, join(dist, "dashboard", "resources"));
writeManifests();

function nodeFolders(): NodeFolder[] {
  const found: NodeFolder[] = [];
  for (const rung of readdirSync(join(root, "nodes"), { withFileTypes: true })) {
    if (!rung.isDirectory()) continue;
    for (const node of readdirSync(join(root, "nodes", rung.name), { withFileTypes: true })) {
      const path = join("nodes", rung.name, node.name);
      if (node.isDirectory() && existsSync(join(root, path, `${node.name}.html`)))
        found.push({ name: node.name, path });
    }
  }
  return found;
}

function placeNode({ name, path }: NodeFolder): void {
  const from = join(root, path);
  const to = join(dist, path);
  const form = formOf(from, name);
  const type = /registerType\(\s*["']([^"']+)["']/.exec(form)?.[1];
  if (type === undefined) throw new Error(`${path}/${name}.html registers no type by a literal`);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, `${name}.html`), form);
  const labelFile = join(from, "labels.json");
  const labels = existsSync(labelFile) ? JSON.parse(readFileSync(labelFile, "utf8")) : {};
  for (const [language, helpFile] of Object.entries(LANGUAGES)) {
    const folder = join(to, "locales", language);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(labels[language] ?? {}, null, 2));
    const help = join(from, helpFile);
    if (!existsSync(help)) continue;
    const text = readFileSync(help, "utf8");
    writeFileSync(
      join(folder, `${name}.html`),
      `<script type="text/markdown" data-help-name="${type}">\n${text}</script>\n`,
    );
  }
  if (existsSync(join(from, "icon.svg")))
    cpSync(join(from, "icon.svg"), join(to, "icons", `${type}.svg`), { recursive: true });
}

/** A node's form; a long one has pieces in `form/`, which stand before it in the order of their names. */
function formOf(from: string, name: string): string {
  const folder = join(from, "form");
  const pieces = existsSync(folder) ? readdirSync(folder).sort() : [];
  return [...pieces.map((piece) => join(folder, piece)), join(from, `${name}.html`)]
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

function placePlugins(): string[] {
  const names: string[] = [];
  for (const entry of readdirSync(join(root, "editor-plugins"), { withFileTypes: true })) {
    const from = join(root, "editor-plugins", entry.name);
    if (!entry.isDirectory() || !existsSync(join(from, `${entry.name}.html`))) continue;
    cpSync(join(from, `${entry.name}.html`), join(dist, "editor-plugins", entry.name, `${entry.name}.html`));
    if (existsSync(join(from, "resources")))
      cpSync(join(from, "resources"), join(dist, "resources", entry.name), { recursive: true });
    if (existsSync(join(from, "icons")))
      cpSync(join(from, "icons"), join(dist, "editor-plugins", entry.name, "icons"), { recursive: true });
    names.push(entry.name);
  }
  return names;
}

/** The ladder, a source's table and a booth are judged in the editor by the very modules that judge them in the runtime. */
function placeBrowserModules(): void {
  const tables = [
    ...["binding-table", "binding-check", "binding-rules"],
    ...["opcua/binding-reach", "opcua/field-path", "opcua/matrix"],
  ].map((name) => `describe/${name}.js`);
  for (const part of ["core", "ladder", "model/booth", ...tables]) {
    cpSync(join(dist, "runtime", part), join(dist, "resources", "runtime", part), { recursive: true });
  }
}

/** Packages that the compiled files below a folder import, with the versions of the workspace. */
function importedPackages(folder: string): Record<string, string> {
  const named = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // What a browser loads brings its packages along.
    const ofBrowser = /(?:^|[\\/])(?:resources|dashboard)(?:[\\/]|$)/.test(
      relative(folder, entry.parentPath),
    );
    if (ofBrowser || !entry.isFile() || !entry.name.endsWith(".js")) continue;
    const source = readFileSync(join(entry.parentPath, entry.name), "utf8");
    for (const specifier of specifiersOf(source)) {
      if (/^(?:node:|[./])/.test(specifier)) continue;
      const parts = specifier.split("/");
      named.add(parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/"));
    }
  }
  const versions: Record<string, string> = workspace.dependencies;
  return Object.fromEntries(
    [...named].sort().map((name) => {
      const version = versions[name];
      if (version === undefined) throw new Error(`dist imports ${name}, which package.json does not name`);
      return [name, version];
    }),
  );
}

function writeManifests(): void {
  const common = { version: workspace.version, license: workspace.license, type: "module" };
  const entries = (list: NodeFolder[], from: string) =>
    Object.fromEntries(list.map(({ name, path }) => [name, relative(from, join(dist, path, `${name}.js`))]));
  const isWidget = (folder: NodeFolder) => folder.path.startsWith(join("nodes", "dashboard"));
  const write = (file: string, manifest: object) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  };
  const { "node-red": _embedded, ...dependencies } = importedPackages(dist);
  write(join(dist, "package.json"), {
    name: PACK,
    ...common,
    engines: { node: ">=24" },
    keywords: ["node-red"],
    dependencies,
    peerDependencies: { "node-red": ">=5.0.0" },
    "node-red": {
      version: ">=5.0.0",
      nodes: entries(
        folders.filter((folder) => !isWidget(folder)),
        dist,
      ),
      plugins: Object.fromEntries(plugins.map((name) => [name, `editor-plugins/${name}/${name}.js`])),
    },
  });
  const dashboard = join(dist, "dashboard");
  write(join(dashboard, "package.json"), {
    name: WIDGET_PACK,
    ...common,
    keywords: ["node-red", "node-red-dashboard-2"],
    "node-red": { version: ">=5.0.0", nodes: entries(folders.filter(isWidget), dashboard) },
    "node-red-dashboard-2": { version: "1.30.0", widgets },
  });
}
