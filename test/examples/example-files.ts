import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface ExampleNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly [property: string]: unknown;
}

export interface Example {
  /** `1-describe/state`: the folder of the node it shows. */
  readonly name: string;
  readonly nodes: readonly ExampleNode[];
}

/** Folders of nodes, `1-describe/state`, as they stand in the sources. */
export function nodeFolders(): string[] {
  return foldersIn("nodes").flatMap((rung) =>
    foldersIn(join("nodes", rung))
      .filter((name) => filesIn(join("nodes", rung, name)).includes(`${name}.html`))
      .map((name) => `${rung}/${name}`),
  );
}

/** Every example flow: the `.json` files one folder deep. */
export function examples(): Example[] {
  return foldersIn("examples").flatMap((rung) =>
    filesIn(join("examples", rung))
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => ({
        name: `${rung}/${file.replace(/\.json$/, "")}`,
        nodes: JSON.parse(readFileSync(join(root, "examples", rung, file), "utf8")) as ExampleNode[],
      })),
  );
}

/** All examples as one flow: config nodes that several bring along stand in it once. */
export function together(all: readonly Example[]): ExampleNode[] {
  const byId = new Map<string, ExampleNode>();
  for (const { nodes } of all) for (const node of nodes) byId.set(node.id, node);
  return [...byId.values()];
}

const foldersIn = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const filesIn = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
