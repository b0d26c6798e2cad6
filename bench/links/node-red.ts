import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A node of a bench's pack: its type, and the function that registers it. */
export interface PackNode {
  readonly type: string;
  readonly module: string;
  readonly what?: string;
}

/** A product's own node, `config/twin`, from the sources. */
export function productNode(path: string): PackNode {
  const name = path.split("/")[1]!;
  return { type: `rung-${name}`, module: join(root, "nodes", path, `${name}.ts`) };
}

/** Writes a pack of nodes as they stand in the sources; Node-RED itself loads nothing but `.js`. */
function writePack(folder: string, wanted: readonly PackNode[]): string {
  const nodes: Record<string, string> = {};
  for (const { type, module, what = "default" } of wanted) {
    mkdirSync(join(folder, type), { recursive: true });
    writeFileSync(
      join(folder, type, `${type}.js`),
      `export { ${what} as default } from "${pathToFileURL(module)}";\n`,
    );
    writeFileSync(
      join(folder, type, `${type}.html`),
      `<script>RED.nodes.registerType("${type}", { category: "bench", defaults: {} });</script>\n`,
    );
    nodes[type] = `${type}/${type}.js`;
  }
  const manifest = { name: "bench-pack", version: "1.0.0", type: "module", "node-red": { nodes } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  return folder;
}

/** A node on the tab `tab`. */
export const onTab = (id: string, type: string, wires: readonly string[], more: object = {}) => ({
  id,
  type,
  z: "tab",
  x: 100,
  y: 100,
  wires: [wires],
  ...more,
});

/** The part of Node-RED's runtime that the benches use. */
export interface RunningNodeRed {
  readonly nodes: { getNode(id: string): unknown };
  readonly events: NodeJS.EventEmitter;
  stop(): Promise<void>;
}

/**
 * Starts Node-RED without an editor, and waits until its flow runs.
 * @param home user folder, which must exist
 * @param peers folders of packs that are installed elsewhere
 */
export async function startNodeRed(
  home: string,
  flows: readonly object[],
  pack: readonly PackNode[],
  peers: readonly string[] = [],
): Promise<RunningNodeRed> {
  const RED = createRequire(import.meta.url)("node-red");
  writeFileSync(
    join(home, "flows.json"),
    JSON.stringify([{ id: "tab", type: "tab", label: "bench" }, ...flows]),
  );
  RED.init(createServer(), {
    userDir: home,
    flowFile: "flows.json",
    nodesDir: [writePack(join(home, "pack"), pack), ...peers],
    httpAdminRoot: false,
    httpNodeRoot: false,
    disableEditor: true,
    credentialSecret: "bench",
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false },
      modules: { allowInstall: false },
    },
    logging: { console: { level: "warn" } },
  });
  await RED.start();
  await new Promise<void>((resolve) => RED.events.once("flows:started", resolve));
  return RED;
}
