import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { looksSecret } from "../core/secret.ts";
import { type FlowDifference, flowDifference } from "../ladder/difference/flow-difference.ts";
import { flowText } from "../ladder/difference/flow-text.ts";
import {
  errorLine,
  type FlowFile,
  flowFilesAt,
  flowOf,
  type InputError,
  placeInFile,
  rolesBeside,
  STDIN,
} from "./flow-input.ts";
import { GitFlows } from "./git-flows.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "say in words what changed between two versions of a flow, and which twin fell";

export const usage = `
Usage: rung diff <old> <new> [--json]
       rung diff --rev <revisions> <path> [--json]
       rung diff --text <file>

Says what changed in a flow: nodes, parameters, wires, groups, and what it did to class and rung of each twin, with
the cause. Where nodes stand on their canvas is no change. Secrets are not shown. Old and new are each a flow file, a
folder (all its .json files are one flow) or - for the standard input.

  --rev A path     the flows at path, as of git revision A, against the working tree
  --rev A..B path  the same of two revisions; A...B: what B did since it left A
  --json           places, twins, problems, isSame and errors as JSON
  --text file      one flow file as readable lines without positions, for git's textconv

Called by git as an external diff (path old-file old-hex old-mode new-file new-hex new-mode) it compares that file.
Recipes: docs/version-control.md.

Exit status: 0 the same, or no twin fell, 1 a twin fell (lost its rung, its class or a capability, or is gone),
2 bad input. As git's external diff, and with --text, always 0 once the file was found.
`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(
    () =>
      parseArgs({
        args,
        allowPositionals: true,
        options: {
          json: { type: "boolean", default: false },
          text: { type: "boolean", default: false },
          rev: { type: "string" },
        },
      }),
    fault,
  );
  if (values.text && (values.json || values.rev !== undefined)) throw fault("--text stands alone");
  if (values.text) return printText(positionals);
  if (values.rev === undefined && isAskedByGit(positionals)) return answerGit(positionals);
  const errors: InputError[] = [];
  const [old, now] =
    values.rev === undefined ? ofFiles(positionals, errors) : ofGit(values.rev, positionals, errors);
  const compared = await compare(old, now, positionals, errors);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...compared, errors }, null, 2)}\n`);
  else process.stdout.write(`${[...told(compared), ...errors.map(errorLine)].join("\n")}\n`);
  if (errors.length > 0) return 2;
  return compared?.twins.some(({ fell }) => fell) ? 1 : 0;
}

const fault = (what: string): RungError =>
  new RungError({ code: "bad-arguments", where: "rung diff", what, advice: "see rung help diff" });

function ofFiles(paths: readonly string[], errors: InputError[]): [FlowFile[], FlowFile[]] {
  const [old, now, ...more] = paths;
  if (old === undefined || now === undefined || more.length > 0)
    throw fault(`takes the old flow and the new one, got ${paths.length} of them`);
  if (old === STDIN && now === STDIN) throw fault("cannot read both flows from the standard input");
  return [flowFilesAt(old, errors), flowFilesAt(now, errors)];
}

function ofGit(range: string, paths: readonly string[], errors: InputError[]): [FlowFile[], FlowFile[]] {
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0)
    throw fault(`--rev takes one path of flows, got ${paths.length}`);
  const git = new GitFlows(path);
  const revisions = git.revisions(range);
  const old = git.at(revisions.old);
  if (revisions.new === null) {
    // What is gone from the working tree is a flow without nodes; what never was is a slip of the pen.
    return [old, old.length > 0 && !existsSync(path) ? [] : flowFilesAt(path, errors)];
  }
  const now = git.at(revisions.new);
  if (old.length === 0 && now.length === 0)
    errors.push({ file: path, path: "", message: `holds no .json file in ${range}` });
  return [old, now];
}

/** What changed, and what could not be read of the old flow, which hinders nobody. */
interface Compared extends Omit<FlowDifference, "problems"> {
  readonly problems: readonly InputError[];
}

/**
 * What is wrong with a node of the new flow is an error, and the rest is compared. null where a whole file could not
 * be read: all that stands in it would look removed.
 * @param paths where the flows lie; packages beside them may declare roles
 */
async function compare(
  old: readonly FlowFile[],
  now: readonly FlowFile[],
  paths: readonly string[],
  errors: InputError[],
): Promise<Compared | null> {
  const before = flowOf(old, errors);
  const after = flowOf(now, errors);
  if (errors.length > 0) return null;
  const { roles } = await rolesBeside(paths);
  const difference = flowDifference(before.flow, after.flow, { declaredRoles: roles });
  const problems: InputError[] = [];
  for (const problem of difference.problems) {
    if (problem.side === "after") errors.push(placeInFile(problem, after.origins));
    else problems.push(placeInFile(problem, before.origins));
  }
  return { ...difference, problems };
}

function told(compared: Compared | null): string[] {
  if (compared === null) return [];
  return [...lines(compared), ...compared.problems.map((problem) => `old ${errorLine(problem)}`)];
}

function lines({ places, twins, isSame }: Compared): string[] {
  if (isSame) return ["nothing changed but, at most, where nodes stand"];
  const changed = places.flatMap(({ kind, name, sentences }) => [
    kind === "shared" ? "shared configuration" : `${kind} ${name}`,
    ...sentences.map((sentence) => `  ${sentence}`),
    "",
  ]);
  return twins.length === 0 ? changed.slice(0, -1) : [...changed, ...twins.map(({ sentence }) => sentence)];
}

function printText(paths: readonly string[]): number {
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) throw fault(`--text takes one file, got ${paths.length}`);
  const errors: InputError[] = [];
  const files = flowFilesAt(path, errors);
  for (const { file, message } of errors) throw fault(`${file}: ${message}`);
  const { flow } = flowOf(files, errors);
  if (errors.length === 0) process.stdout.write(flowText(flow));
  else process.stdout.write(asItIs(errors, files));
  return 0;
}

/** A file with merge marks, or half of one: git still wants to show it. */
function asItIs(errors: readonly InputError[], files: readonly FlowFile[]): string {
  const text = files.map((file) => file.text).join("");
  const shown = text.split("\n").map((line) => (looksSecret(line) ? "(hidden: looks like a secret)" : line));
  return [...errors.map(({ message }) => `not readable as a flow: ${message}`), ...shown].join("\n");
}

/** git calls its external diff with seven arguments, nine for a renamed file, one where a merge waits. */
const NOT_THERE = "/dev/null";
const MODE = /^(\d{6}|\.)$/;

function isAskedByGit(args: readonly string[]): boolean {
  if (process.env.GIT_DIFF_PATH_TOTAL === undefined) return false;
  return args.length === 1 || (args.length >= 7 && MODE.test(args[3]!) && MODE.test(args[6]!));
}

async function answerGit(args: readonly string[]): Promise<number> {
  const [path, oldFile, , , newFile] = args;
  if (oldFile === undefined || newFile === undefined) {
    process.stdout.write(`${path}: waits for a merge\n`);
    return 0;
  }
  const errors: InputError[] = [];
  const read = (file: string): FlowFile[] => {
    if (file === NOT_THERE) return [];
    try {
      return [{ file: path!, text: readFileSync(file, "utf8") }];
    } catch (thrown) {
      errors.push({ file: path!, path: "", message: messageOf(thrown) });
      return [];
    }
  };
  const compared = await compare(read(oldFile), read(newFile), [path!], errors);
  const title = args.length >= 9 ? `${path} -> ${args[7]}` : path!;
  const text = [...told(compared), ...errors.map(errorLine)].map((line) => `  ${line}`.trimEnd());
  process.stdout.write(`${[title, ...text].join("\n")}\n`);
  return 0;
}
