import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { installedRoles } from "../host/package-roles.ts";
import type { DeclaredRoles } from "../ladder/declared-roles.ts";
import { oneLine } from "../ladder/difference/one-line.ts";
import { isRecord } from "../ladder/flow-nodes.ts";

/** One thing wrong with the input. */
export interface InputError {
  readonly file: string;
  /** JSON pointer into the file; empty where the whole file is meant. */
  readonly path: string;
  readonly message: string;
}

/** A node of the merged flow, and where it came from. */
export interface Origin {
  readonly file: string;
  readonly path: string;
}

/** The text of one flow file. */
export interface FlowFile {
  readonly file: string;
  readonly text: string;
}

/** Where the standard input stands for a file. */
export const STDIN = "-";
const STDIN_FD = 0;
const LONGEST_ERROR = 1000;

/** All nodes of the files and folders at these paths as one flow, with the origin of each. */
export function readFlows(
  paths: readonly string[],
  errors: InputError[],
): { flow: unknown[]; origins: Origin[] } {
  return flowOf(
    paths.flatMap((path) => flowFilesAt(path, errors)),
    errors,
  );
}

/** The nodes of several files as one flow, with the origin of each. What is wrong goes into `errors`. */
export function flowOf(
  files: readonly FlowFile[],
  errors: InputError[],
): { flow: unknown[]; origins: Origin[] } {
  const flow: unknown[] = [];
  const origins: Origin[] = [];
  for (const { file, text } of files) {
    const content = parsed(file, text, errors);
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

function parsed(file: string, text: string, errors: InputError[]): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (thrown) {
    errors.push({ file, path: "", message: messageOf(thrown) });
    return undefined;
  }
}

/** Where a problem of the merged flow stands in the files it was merged from. */
export function placeInFile(
  problem: { readonly path: string; readonly message: string },
  origins: readonly Origin[],
): InputError {
  const [, index, rest] = /^\/(\d+)(.*)$/.exec(problem.path) ?? [];
  const origin = index === undefined ? undefined : origins[Number(index)];
  return {
    file: origin?.file ?? "",
    path: origin === undefined ? problem.path : origin.path + rest,
    message: problem.message,
  };
}

/** Every flow file at a path: the file, every .json of a folder, or for `-` the standard input. */
export function flowFilesAt(path: string, errors: InputError[]): FlowFile[] {
  return pathsAt(path, errors).flatMap((file) => {
    try {
      return [{ file, text: readFileSync(file === STDIN ? STDIN_FD : file, "utf8") }];
    } catch (thrown) {
      errors.push({ file, path: "", message: messageOf(thrown) });
      return [];
    }
  });
}

function pathsAt(path: string, errors: InputError[]): string[] {
  if (path === STDIN) return [path];
  if (!existsSync(path)) {
    errors.push({ file: path, path: "", message: "does not exist" });
    return [];
  }
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter(isFlowFileName)
    .sort()
    .map((name) => join(path, name));
  if (files.length === 0) errors.push({ file: path, path: "", message: "holds no .json file" });
  return files;
}

/** Roles that packages declare for their nodes: those installed beside the flows, or where the command runs. */
export async function rolesBeside(paths: readonly string[]): Promise<DeclaredRoles> {
  const folders = paths.map((path) => (path.endsWith(".json") ? dirname(path) : path));
  return installedRoles([...folders, "."]);
}

/** Whether a file of a folder of flows is one: hidden ones and packages installed beside them are none. */
export function isFlowFileName(path: string): boolean {
  const parts = path.split(/[\\/]/);
  return path.endsWith(".json") && !parts.some((part) => part.startsWith(".") || part === "node_modules");
}

/** `error  flows/paint.json /3/wires: what`. */
export function errorLine({ file, path, message }: InputError): string {
  const where = [file, path].filter((part) => part !== "").join(" ");
  return `error  ${oneLine(`${where}${where === "" ? "" : ": "}${message}`, LONGEST_ERROR)}`;
}
