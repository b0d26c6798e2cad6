import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../core/errors.ts";
import { RUNGS, type Rung } from "../core/evidence.ts";
import { installedRoles } from "../host/package-roles.ts";
import { isRecord } from "../ladder/flow-nodes.ts";
import { analyse, type WiredTwin, type Wiring } from "../ladder/wiring.ts";

export const summary = "read class and rung of every twin off the wires of flow files";

export const usage = `
Usage: rung check <flows...> [--json] [--min <twin>=<rung>]... [--strict]

Reads flow files (a folder is all its .json files; one file per tab and per config node are one flow) and says
what each twin is wired for. Nothing is started and nothing is connected to.

  --json          print the whole verdict as JSON
  --min t=4       twin t, given by address or name, must be wired for rung 4 at least; overrides its target rung
  --strict        an unguarded output (mqtt out, http request, exec ...) fails the check

Exit status: 0 as wanted, 1 a twin is below its target (or --strict found an unguarded output), 2 bad input.
`;

/** One thing wrong with the input. */
interface InputError {
  readonly file: string;
  /** JSON pointer into the file; empty where the whole file is meant. */
  readonly path: string;
  readonly message: string;
}

/** A node of the merged flow, and where it came from. */
interface Origin {
  readonly file: string;
  readonly path: string;
}

/** A shortfall in words: `acme/oven1 is wired for 2, wanted 4: needs a forecast`. */
export interface Shortfall {
  readonly twin: string;
  readonly wired: Rung;
  readonly wanted: Rung;
}

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  const errors: InputError[] = [...options.errors];
  const { flow, origins } = readFlows(options.files, errors);
  const folders = options.files.map((file) => (file.endsWith(".json") ? dirname(file) : file));
  const { roles } = await installedRoles([...folders, "."]);
  const wiring = analyse(flow, { declaredRoles: roles });
  for (const { path, message } of wiring.errors) {
    const [, index, rest] = /^\/(\d+)(.*)$/.exec(path) ?? [];
    const origin = index === undefined ? undefined : origins[Number(index)];
    errors.push({ file: origin?.file ?? "", path: origin ? origin.path + rest : path, message });
  }
  const shortfalls = below(wiring, options.min, errors);
  if (options.json) process.stdout.write(`${JSON.stringify(asJson(wiring, errors), null, 2)}\n`);
  else process.stdout.write(asText(wiring, shortfalls, errors));
  if (errors.length > 0) return 2;
  const unguarded = options.strict && wiring.unguardedOutputs.length > 0;
  return shortfalls.length > 0 || unguarded ? 1 : 0;
}

function readOptions(args: string[]) {
  const errors: InputError[] = [];
  const tell = (message: string) => errors.push({ file: "", path: "", message });
  const min = new Map<string, Rung>();
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        min: { type: "string", multiple: true, default: [] },
      },
    });
    for (const entry of values.min) {
      const at = entry.lastIndexOf("=");
      const rung = RUNGS.find((known) => String(known) === entry.slice(at + 1));
      if (at < 1 || rung === undefined)
        tell(`--min ${entry}: write a twin's address or name, =, and a rung from 0 to 5`);
      else min.set(entry.slice(0, at), rung);
    }
    if (positionals.length === 0) tell("no flows given: name at least one file or folder");
    return { files: positionals, json: values.json, strict: values.strict, min, errors };
  } catch (thrown) {
    tell(messageOf(thrown));
    return { files: [], json: args.includes("--json"), strict: false, min, errors };
  }
}

/** All nodes of all files as one flow, with the origin of each. */
function readFlows(paths: readonly string[], errors: InputError[]): { flow: unknown[]; origins: Origin[] } {
  const flow: unknown[] = [];
  const origins: Origin[] = [];
  for (const file of paths.flatMap((path) => filesAt(path, errors))) {
    const content = readJson(file, errors);
    if (content === undefined) continue;
    const wrapped = isRecord(content) && Array.isArray(content.flows);
    const list = wrapped ? (content.flows as unknown[]) : Array.isArray(content) ? content : [content];
    for (const [index, node] of list.entries()) {
      flow.push(node);
      const path = wrapped ? `/flows/${index}` : Array.isArray(content) ? `/${index}` : "";
      origins.push({ file, path });
    }
  }
  return { flow, origins };
}

function filesAt(path: string, errors: InputError[]): string[] {
  if (!existsSync(path)) {
    errors.push({ file: path, path: "", message: "does not exist" });
    return [];
  }
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json") && !name.split("/").some((part) => part.startsWith(".")))
    .sort()
    .map((name) => join(path, name));
  if (files.length === 0) errors.push({ file: path, path: "", message: "holds no .json file" });
  return files;
}

function readJson(file: string, errors: InputError[]): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    errors.push({ file, path: "", message: messageOf(thrown) });
    return undefined;
  }
}

/** Twins wired for less than `--min` or, where that says nothing, than their own target rung. */
function below(wiring: Wiring, min: ReadonlyMap<string, Rung>, errors: InputError[]): Shortfall[] {
  const wanted = new Map<string, Rung>();
  for (const { address, target } of wiring.twins) if (target !== null) wanted.set(address, target);
  for (const [name, rung] of min) {
    const meant = wiring.twins.filter((twin) => twin.address === name || twin.name === name);
    if (meant.length !== 1) {
      const known = wiring.twins.map(({ address }) => address).join(", ") || "none";
      const what = meant.length === 0 ? "is no twin of this flow" : "is the name of several twins";
      errors.push({ file: "", path: "", message: `--min ${name}: ${what} (twins: ${known})` });
    } else wanted.set(meant[0]!.address, rung);
  }
  return wiring.twins.flatMap(({ address, wired }) => {
    const rung = wanted.get(address);
    return rung !== undefined && wired < rung ? [{ twin: address, wired, wanted: rung }] : [];
  });
}

function asJson(wiring: Wiring, errors: readonly InputError[]): object {
  return {
    twins: wiring.twins.map((twin) => ({
      address: twin.address,
      node: twin.node,
      scope: twin.scope,
      parent: twin.parent,
      class: twin.class,
      wired: twin.wired,
      capabilities: twin.capabilities,
      reality: twin.reality,
      paths: twin.paths,
      floating: twin.floating,
      missing: twin.missing,
      warnings: twin.warnings,
    })),
    unguardedOutputs: wiring.unguardedOutputs,
    notAnalysable: wiring.notAnalysable,
    errors,
  };
}

/** "1 + 4" where a capability stands above a gap. */
export function rungInWords({ wired, capabilities }: WiredTwin): string {
  return [wired, ...capabilities.filter((row) => row > wired)].join(" + ");
}

function asText(wiring: Wiring, shortfalls: readonly Shortfall[], errors: readonly InputError[]): string {
  const lines: string[] = [];
  const rows = wiring.twins.map((twin) => [
    twin.address,
    twin.class,
    rungInWords(twin),
    twin.reality ?? "-",
    twin.missing[0] === undefined
      ? ""
      : `${twin.missing[0].row} needs ${twin.missing[0].role}${twin.missing[0].after === null ? "" : ` after ${twin.missing[0].after}`}`,
  ]);
  if (rows.length === 0) lines.push("no twin in this flow");
  else lines.push(...table([["twin", "class", "wired", "reality", "next"], ...rows]));
  for (const { address, warnings } of wiring.twins)
    for (const { code, node, text } of warnings)
      lines.push(`warning  ${address}  ${node}: ${text} [${code}]`);
  for (const { node, type } of wiring.unguardedOutputs) lines.push(`unguarded output  ${node} (${type})`);
  for (const { node, reason } of wiring.notAnalysable) lines.push(`not analysable  ${node}: ${reason}`);
  for (const { twin, wired, wanted } of shortfalls)
    lines.push(`${twin} is wired for ${wired}, wanted ${wanted}`);
  for (const { file, path, message } of errors)
    lines.push(
      `error  ${[file, path].filter((part) => part !== "").join(" ")}${file || path ? ": " : ""}${message}`,
    );
  return `${lines.join("\n")}\n`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
