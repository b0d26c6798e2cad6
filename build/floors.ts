/**
 * The floor check: a floor imports only floors below it, nothing imports the plant, the plant imports nothing of
 * ours, and no import goes round in a circle. Reads import statements after type stripping, since TypeScript 7
 * offers no compiler API.
 */
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative, sep } from "node:path";

const ALL_RUNTIME = [
  "core",
  "compute",
  "model",
  "describe",
  "diagnose",
  "predict",
  "prescribe",
  "act",
  "ladder",
];
/** What each floor may import beside itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  compute: ["core"],
  model: ["core", "compute"],
  describe: ["core"],
  diagnose: ["core", "compute", "model", "describe"],
  predict: ["core", "compute", "model", "describe", "diagnose"],
  prescribe: ["core", "compute", "model", "describe", "diagnose", "predict"],
  act: ["core", "compute", "model", "describe", "diagnose", "predict", "prescribe"],
  ladder: ["core"],
  host: [...ALL_RUNTIME, "settings"],
  cli: [...ALL_RUNTIME, "host"],
  nodes: [...ALL_RUNTIME, "host"],
  "editor-plugins": [...ALL_RUNTIME, "host"],
  settings: [],
  plant: [],
};

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s*(?:[\w*{}\s,$]+\s*from\s*)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;

/** Block comments and lines that are only a comment: an import shown in a docstring is none. */
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** Floor of a file given its path below the root: `core`, `nodes`, `plant`. */
export function floorOf(path: string): string {
  const [first, second] = path.split(sep);
  return first === "runtime" ? second! : first!.replace(/\.ts$/, "");
}

/** What a JavaScript source imports, packages and files alike. */
export function specifiersOf(code: string): string[] {
  return [...code.replace(COMMENT, "").matchAll(IMPORT)].map((match) => match[1] ?? match[2]!);
}

/** Relative imports of a TypeScript source, types included. */
export function importsOf(source: string): string[] {
  // `import type` lines vanish when types are stripped, and a type may not climb a floor either.
  const typeImports = [...source.matchAll(/^import type [^;]*? from ["']([^"']+)["']/gms)].map(
    (match) => match[1]!,
  );
  const imports = specifiersOf(stripTypeScriptTypes(source, { mode: "strip" }));
  return [...new Set([...typeImports, ...imports])].filter((specifier) => specifier.startsWith("."));
}

/** All offences below a root, as `file: sentence`. */
export function checkFloors(root: string): string[] {
  const files = ["runtime", "nodes", "editor-plugins", "plant"].flatMap((folder) =>
    sources(join(root, folder)),
  );
  const graph = new Map<string, string[]>();
  const offences: string[] = [];
  for (const file of files) {
    const from = relative(root, file);
    const floor = floorOf(from);
    const allowed = MAY_IMPORT[floor];
    if (allowed === undefined) {
      offences.push(`${from}: ${floor} is no floor of the house`);
      continue;
    }
    const targets = importsOf(readFileSync(file, "utf8")).map((specifier) =>
      relative(root, join(dirname(file), specifier)),
    );
    graph.set(from, targets);
    for (const target of targets) {
      const below = floorOf(target);
      if (below !== floor && !allowed.includes(below))
        offences.push(`${from}: ${floor} may not import ${below} (${target})`);
    }
  }
  return [...offences, ...circles(graph)];
}

function sources(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
      // AssemblyScript is no TypeScript: it imports nothing but itself and cannot be stripped of its types.
      .filter((entry) => !entry.parentPath.endsWith(`${sep}assembly`))
      .map((entry) => join(entry.parentPath, entry.name))
  );
}

function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(`${file}: imports itself through ${[...path.slice(at + 1), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}
