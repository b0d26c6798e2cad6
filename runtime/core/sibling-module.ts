/**
 * URL of a module beside the caller that a worker or child process starts from. Sources run as `.ts` by type
 * stripping, the build as `.js`: the caller's own ending tells which.
 * @param from `import.meta.url` of the caller
 * @param path without ending: "./historian-worker"
 */
export function siblingModule(from: string, path: string): URL {
  return new URL(path + (from.endsWith(".ts") ? ".ts" : ".js"), from);
}
