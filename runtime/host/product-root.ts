import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder this code was started from: the checkout when run as `.ts`, `<checkout>/dist` when built. */
export const codeRoot: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The checkout or the installed package: where flows/, dist/ and node_modules/ lie. */
export const productRoot: string = basename(codeRoot) === "dist" ? dirname(codeRoot) : codeRoot;

/** Version of the product, as its package says. */
export function productVersion(): string {
  return (JSON.parse(readFileSync(join(productRoot, "package.json"), "utf8")) as { version: string }).version;
}

/** The folders Node-RED reads nodes and widgets from: the built packs, where they have been built. */
export function packFolders(): string[] {
  return [join(productRoot, "dist"), join(productRoot, "dist", "dashboard")].filter((folder) =>
    existsSync(join(folder, "package.json")),
  );
}

/** Path of a program of ours below the code root, with the ending it runs under here, or undefined where absent. */
export function program(path: string): string | undefined {
  const file = join(codeRoot, `${path}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`);
  return existsSync(file) ? file : undefined;
}
