import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type DeclaredRoles, declaredRoles, declaresRoles } from "../ladder/declared-roles.ts";

/**
 * Roles that the packages declare which Node-RED loads nodes from: those installed in and above these folders. A
 * folder that is not there, and a package.json that cannot be read, declare nothing.
 * @param folders Node-RED's user folder, its own, and folders of nodes; or where flow files stand
 */
export async function installedRoles(folders: readonly string[]): Promise<DeclaredRoles> {
  const manifests = new Map<string, unknown>();
  const seen = new Set<string>();
  for (const folder of folders) {
    for (let at = resolve(folder); !seen.has(at); at = dirname(at)) {
      seen.add(at);
      const places = [at, ...(await packagesIn(join(at, "node_modules")))];
      const read = await Promise.all(places.map(readManifest));
      for (const [i, manifest] of read.entries())
        if (declaresRoles(manifest)) manifests.set(places[i]!, manifest);
    }
  }
  return declaredRoles([...manifests.entries()].sort().map(([, manifest]) => manifest));
}

async function packagesIn(modules: string): Promise<string[]> {
  const names = await namesIn(modules);
  const scoped = names
    .filter((name) => name.startsWith("@"))
    .map(async (scope) => (await namesIn(join(modules, scope))).map((name) => join(scope, name)));
  return [...names, ...(await Promise.all(scoped)).flat()].map((name) => join(modules, name));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith("."));
  } catch {
    // Most folders on the way up have no packages.
    return [];
  }
}

async function readManifest(folder: string): Promise<unknown> {
  try {
    const text = await readFile(join(folder, "package.json"), "utf8");
    // Parsing hundreds of manifests that say nothing of roles would cost more than it finds.
    return text.includes('"rung"') ? JSON.parse(text) : undefined;
  } catch {
    // A scope, a stray file, or a manifest that Node-RED cannot read either: it declares nothing.
    return undefined;
  }
}
