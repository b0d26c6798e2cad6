import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivate, writeWhole } from "../core/private-file.ts";
import { deployments } from "./deployments.ts";
import { type FlowNode, ownsFile, readFlowFolder, readTabOrder, TAB_ORDER_FILE } from "./flow-files.ts";
import { flowText, layOut } from "./flow-layout.ts";
import { findSecrets, withoutCredentials } from "./flow-secrets.ts";

export interface FlowStorageOptions {
  /** RUNG_FLOWS: the flows, for version control. Never holds a secret. */
  readonly flows: string;
  /** The encrypted credentials, apart from the flows. */
  readonly credentials: string;
  /** Told what is wrong with a file, in one sentence with a way out. */
  readonly onBroken: (sentence: string) => void;
}

/** Flows are for version control and for colleagues, and hold no secret. */
const FLOW_MODE = 0o644;

/** Keeps flows as one file per tab, subflow and shared config node. */
export class FlowStorage {
  readonly #options: FlowStorageOptions;
  #pathOf: ReadonlyMap<string, string> = new Map();
  /** Tabs, subflows and shared config nodes as they stand on disk. */
  #owners: ReadonlyMap<string, FlowNode> = new Map();
  #broken = new Set<string>();

  constructor(options: FlowStorageOptions) {
    this.#options = options;
  }

  /** How many flow files wait for a person. */
  get brokenFiles(): number {
    return this.#broken.size;
  }

  /** All that can be read; a broken file is said, left as it is, and its tab is missing until it is repaired. */
  read(): FlowNode[] {
    const folder = readFlowFolder(this.#options.flows);
    this.#pathOf = folder.pathOf;
    this.#owners = ownersOf(folder.nodes);
    this.#broken = new Set(folder.broken.map((file) => file.path));
    for (const { path, what } of folder.broken) {
      this.#options.onBroken(
        `${join(this.#options.flows, path)}: ${what}; it is left as it is and its tab is not loaded ` +
          `(repair it, or restore it from version control, then restart; or delete it)`,
      );
    }
    return folder.nodes;
  }

  /**
   * Writes what differs, deletes the files of what was deleted, and touches no broken file.
   * @throws RungError `secret-in-flow`, before anything is written
   */
  save(given: readonly FlowNode[]): void {
    const nodes = withoutCredentials(given);
    refuseSecrets(nodes);
    const files = layOut(nodes, this.#pathOf, this.#owners, this.#broken);
    for (const [path, list] of files) this.#writeIfNew(path, flowText(list));
    for (const path of new Set(this.#pathOf.values())) {
      if (!files.has(path)) rmSync(join(this.#options.flows, path), { force: true });
    }
    const pathOf = new Map<string, string>();
    for (const [path, list] of files) for (const node of list) if (ownsFile(node)) pathOf.set(node.id, path);
    this.#pathOf = pathOf;
    this.#owners = ownersOf(nodes);
    this.#saveTabOrder(nodes.filter((node) => node.type === "tab").map((tab) => pathOf.get(tab.id)!));
  }

  /** @throws RungError `broken-file` */
  readCredentials(): Record<string, unknown> {
    const file = this.#options.credentials;
    try {
      return readJsonFile<Record<string, unknown>>(file, "restore it, or enter the credentials anew") ?? {};
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      // Set aside, since the next deploy writes this file.
      const aside = `${file}.broken-${Date.now()}`;
      renameSync(file, aside);
      this.#options.onBroken(`${thrown.message}; set aside as ${aside}`);
      return {};
    }
  }

  saveCredentials(credentials: unknown): void {
    writePrivate(this.#options.credentials, `${JSON.stringify(credentials)}\n`);
  }

  #writeIfNew(path: string, text: string): void {
    const file = join(this.#options.flows, path);
    if (existsSync(file) && readFileSync(file, "utf8") === text) return;
    writeWhole(file, text, FLOW_MODE);
  }

  /** A broken tab keeps its place, so that it comes back there. */
  #saveTabOrder(tabs: readonly string[]): void {
    const order = [...tabs];
    for (const [i, path] of readTabOrder(this.#options.flows).entries()) {
      if (this.#broken.has(path)) order.splice(Math.min(i, order.length), 0, path);
    }
    this.#writeIfNew(TAB_ORDER_FILE, order.map((path) => `${path}\n`).join(""));
  }
}

/**
 * The storage as a module for Node-RED. All but flows and credentials (library, sessions, user settings) stays with
 * Node-RED's own file storage in its user folder.
 */
export function nodeRedStorage(storage: FlowStorage): object {
  const local = createRequire(import.meta.url)("@node-red/runtime/lib/storage/localfilesystem") as object;
  return {
    ...local,
    getFlows: async () => storage.read(),
    saveFlows: async (flows: FlowNode[], user?: { username?: string }) => {
      storage.save(flows);
      deployments.saved(flows, user?.username ?? null);
    },
    getCredentials: async () => storage.readCredentials(),
    saveCredentials: async (credentials: unknown) => storage.saveCredentials(credentials),
  };
}

function refuseSecrets(nodes: readonly FlowNode[]): void {
  const found = findSecrets(nodes);
  if (found.length === 0) return;
  const list = found.map(({ node, path }) => `${String(node.name || node.type)} (${node.id}): ${path}`);
  throw new RungError({
    code: "secret-in-flow",
    where: list.join("; "),
    what: "would put a secret into a flow file in clear, so nothing was saved",
    advice: "use the node's credential fields, the keyring, or an environment variable in $ and braces",
  });
}

function ownersOf(nodes: readonly FlowNode[]): Map<string, FlowNode> {
  return new Map(nodes.filter(ownsFile).map((node) => [node.id, node]));
}
