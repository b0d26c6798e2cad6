#!/usr/bin/env node
// The one entry of every npm script: on a fresh clone it installs and builds, then runs the verb on the pinned Node.
// Plain JavaScript without dependencies, since it must run on any Node >= 20 before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const pinnedNode = join(
  root,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);
/** What the build reads: a change in any of these makes it run again. */
const BUILD_INPUTS = [
  "runtime",
  "nodes",
  "editor-plugins",
  "plant",
  "examples",
  "flows",
  "build",
  "settings.ts",
  "package-lock.json",
];
const STEPS = {
  build: [],
  lint: ["build/lint.ts"],
  test: ["build/test.ts"],
  bench: ["bench/run.ts"],
  faults: ["bench/faults.ts"],
  soak: ["bench/soak.ts"],
  sbom: ["build/sbom.ts"],
  screens: ["build/screens.ts"],
  "test:offline": ["build/test-offline.ts"],
};

const [verb = "help", ...args] = process.argv.slice(2);
ensureInstalled();
if (verb !== "lint") ensureBuilt();
if (verb === "build") process.exit(0);
const program = STEPS[verb] ?? ["dist/runtime/cli/rung.js", verb];
run(pinnedNode, [
  "--disable-warning=ExperimentalWarning",
  ...program.map((part, i) => (i === 0 ? join(root, part) : part)),
  ...args,
]);

function ensureInstalled() {
  const stamp = join(root, "node_modules", ".rung-installed");
  const wanted = hash([readFileSync(join(root, "package-lock.json"))]);
  if (existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing the packages of package-lock.json (once, about a minute)");
  // Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms (docs/decisions/0001).
  must(
    spawnSync("npm", ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    }),
    "npm ci",
  );
  writeFileSync(stamp, wanted);
}

function ensureBuilt() {
  const stamp = join(root, "dist", ".built");
  const fresh = () => existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();
  if (fresh()) return;
  const lock = join(root, "node_modules", ".rung-build-lock");
  while (!takeLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  try {
    if (fresh()) return;
    say("building");
    const wanted = fingerprint();
    must(
      spawnSync(pinnedNode, [join(root, "build", "build.ts")], {
        cwd: root,
        stdio: ["ignore", 2, 2],
        env: environment(),
      }),
      "the build",
    );
    writeFileSync(stamp, wanted);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A lock left by a build that was killed is older than any build takes. */
function takeLock(lock) {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 180_000) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function fingerprint() {
  const parts = [];
  const walk = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name));
    else parts.push(`${path}:${stat.mtimeMs}:${stat.size}`);
  };
  for (const input of BUILD_INPUTS) walk(join(root, input));
  return hash(parts);
}

function hash(parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}

function environment() {
  return { ...process.env, PATH: `${bin}:${process.env.PATH}` };
}

function run(command, commandArgs) {
  const child = spawn(command, commandArgs, { stdio: "inherit", env: environment() });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    say(error.message);
    process.exit(1);
  });
  child.on("exit", (code, signal) =>
    process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)),
  );
}

function must(result, what) {
  if (result.status === 0) return;
  say(`${what} failed${result.error ? `: ${result.error.message}` : ""}`);
  process.exit(1);
}

function say(text) {
  process.stderr.write(`rung: ${text}\n`);
}
