import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the product's own code, `runtime/` as it runs: sources or what the build made of them. */
export const RUNTIME: string = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Node looks for the nearest package.json to know a module's kind. */
export function manifestsAbove(folder: string): string[] {
  const manifests: string[] = [];
  for (let at = folder; at !== dirname(at); at = dirname(at)) manifests.push(resolve(at, "package.json"));
  return manifests;
}

/** The folders that hold one of these packages, as they are named and as they are on disk. */
export function packageFolders(packages: readonly string[]): string[] {
  const above = createRequire(import.meta.url).resolve.paths(packages[0]!) ?? [];
  const holding = above.filter((folder) => packages.some((name) => existsSync(join(folder, name))));
  return [...new Set(holding.flatMap((folder) => [folder, realpathSync(folder)]))];
}
