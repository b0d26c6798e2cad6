import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { HostProcess } from "../host/host-process.ts";

export interface RunningRoute {
  readonly method: string;
  /** As it is registered. */
  readonly route: string;
  /** One path that it answers. */
  readonly path: string;
}

export interface RunningRoutes {
  readonly routes: readonly RunningRoute[];
  /** What the dashboard's sockets take from a page. */
  readonly events: readonly string[];
  /** How long each server that listens waits for the headers and for the whole of a request, ms; 0: for ever. */
  readonly patience: readonly { readonly headersTimeout: number; readonly requestTimeout: number }[];
}

const TELLER = new URL("./tell-routes.mjs", import.meta.url);

/** A host that can be asked what it serves. */
export function startTellingHost(home: string, environment: NodeJS.ProcessEnv = {}): Promise<HostProcess> {
  return HostProcess.start(home, {
    NODE_OPTIONS: `--import=${TELLER.href}`,
    RUNG_TEST_ROUTES: join(home, "routes.json"),
    RUNG_FLOWS: fileURLToPath(new URL("../../flows", import.meta.url)),
    ...environment,
  });
}

/** Every route of the running host, as its express applications hold it now. */
export async function runningRoutes(home: string): Promise<RunningRoutes> {
  const file = join(home, "routes.json");
  process.kill(JSON.parse(readFileSync(join(home, "run", "host.json"), "utf8")).pid, "SIGUSR2");
  for (let text = ""; ; text = existsSync(file) ? readFileSync(file, "utf8") : "") {
    if (text.endsWith("}")) {
      const { routes, events, patience } = JSON.parse(text) as RunningRoutes;
      const all = routes.map(({ method, path }) => ({ method, route: path, path: examplePath(path) }));
      const known = new Map(all.map((one) => [`${one.method} ${one.path}`, one]));
      return { routes: [...known.values()], events, patience };
    }
    await sleep(50);
  }
}

const GROUPS: readonly (readonly [string, string])[] = [
  ["((?:@[^\\/]+\\/)?[^\\/]+)", "x"],
  ["((@[^\\/]+\\/)?[^\\/]+\\/[^\\/]+)", "x/x"],
  ["((@[^\\/]+\\/)?[^\\/]+)", "x"],
  ["(?:$|\\/(.*))", ""],
  ["([^\\/]+)", "x"],
  ["(.+)", "x"],
  ["(.*)", "x"],
];

/** A path that a registered one matches; what is registered as a regular expression is checked against it. */
export function examplePath(route: string): string {
  const expression = /^(.*?)\/\^(.*)\/$/.exec(route);
  if (expression === null) {
    return route
      .replace(/\/\?\*/g, "/x")
      .replace(/:\w+\((\w+)[^)]*\)/g, "$1")
      .replace(/:\w+/g, "x")
      .replace(/\*\w*/g, "x");
  }
  const [, at, source] = expression as unknown as [string, string, string];
  let path = source;
  for (const [group, example] of GROUPS) path = path.replaceAll(group, example);
  path = path
    .replace(/\\\/\?\$?$/, "")
    .replace(/\$$/, "")
    .replaceAll("\\/", "/");
  assert.match(path, new RegExp(`^${source}`), `${route}: no example path was found`);
  return at + path;
}
