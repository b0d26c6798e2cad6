import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { ClientSession } from "node-opcua";
import { VirtualClock } from "../core/clock.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { problemsOf } from "../describe/binding-check.ts";
import { readRuleCsv, writeBindingCsv } from "../describe/binding-csv.ts";
import { applyRules, type BindingRule } from "../describe/binding-rules.ts";
import type { BindingRow } from "../describe/binding-table.ts";
import { readTags } from "../describe/opcua/browse.ts";
import { pieces } from "../describe/opcua/call-sizes.ts";
import { readPlantClock } from "../describe/opcua/clock-items.ts";
import type { OpcuaLink } from "../describe/opcua/opcua-link.ts";
import { SOURCE_DEFAULTS } from "../describe/opcua/opcua-source.ts";
import { type FoundTag, SEARCH_DEFAULTS, type SearchProgress, searchTags } from "../describe/opcua/search.ts";
import { suggestRows } from "../describe/opcua/suggest.ts";
import { plainJson } from "../describe/opcua/value-text.ts";
import { SESSION_OPTIONS, SESSION_USAGE, withSession } from "./opcua-session.ts";
import { readArguments } from "./read-arguments.ts";
import { type ListedTag, tagLines } from "./tag-list.ts";

export const summary = "search the tags of an OPC UA server, and write binding tables";
export const usage = `rung tags <endpoint> [--search <words|/expression/>] [--under <node id>] [--max <n>] [--within <s>]
          [--values | --csv | --rules <file>] [--twin <address>] [--json]

Lists the variables of a server, opc.tcp://host:4840 or virtual-plant: path, node id, data type, unit, access. Nothing
is ever written to it.

  --search <text>        words, all of which stand in names, path, node id or description, or an expression between
                         slashes; capitals do not count
  --under <node id>      start there; without it in the Objects folder, leaving out what the server tells of itself
  --max <n>              at most so many tags
  --within <s>           at most so many seconds (default ${SEARCH_DEFAULTS.withinMs / 1000})
  --values               with value, quality and source time
  --csv                  as a binding table, which the opc ua source's dialog imports
  --rules <file>         binds what its rules fit: CSV with the columns pattern, path, unit, plantUnit, kind, type,
                         periodMs; with --csv as a table, else as a list of what goes where
  --twin <address>       the twin that relative paths stand below, for names and for conflicts
  --json                 {tags, progress}; with --rules or --csv {rows, unbound, problems, progress}
${SESSION_USAGE}

Exit: 0 listed, 1 not all was looked at in that time, or rows of the table are in conflict (named on stderr), 2 a fault
of the input or no connection.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      search: { type: "string", default: "" },
      under: { type: "string" },
      max: { type: "string" },
      within: { type: "string" },
      values: { type: "boolean", default: false },
      csv: { type: "boolean", default: false },
      rules: { type: "string" },
      twin: { type: "string", default: "" },
      json: { type: "boolean", default: false },
      ...SESSION_OPTIONS,
    },
  });
type Values = ReturnType<typeof parse>["values"];

/** Tags asked about in one go, so that a long list can be followed. */
const TAGS_AT_ONCE = 500;

/** @param args what follows `rung tags` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  const [endpoint, ...rest] = positionals;
  if (endpoint === undefined || rest.length > 0) throw fault("expected one endpoint");
  const bounds = {
    ...(values.max === undefined ? {} : { mostTags: countOf("--max", values.max) }),
    ...(values.within === undefined ? {} : { withinMs: 1000 * countOf("--within", values.within) }),
  };
  const binds = values.csv || values.rules !== undefined;
  if (binds && values.values) throw fault("--values does not go with --csv or --rules");
  const rules = values.rules === undefined ? undefined : await rulesOf(values.rules);
  return withSession(endpoint, values, "rung tags", async (session, link) => {
    const { tags, progress } = await search(session, { ...values, ...bounds });
    const complete = progress.ended === "all" || (progress.ended === "most-tags" && values.max !== undefined);
    if (progress.ended !== "all") process.stderr.write(`${shortfall(progress)}\n`);
    const agreed = binds
      ? await printTable(session, link, tags, rules, values, progress)
      : await printList(session, tags, values, progress);
    return complete && agreed ? 0 : 1;
  });
}

async function search(
  session: ClientSession,
  options: { search: string; under?: string | undefined; mostTags?: number; withinMs?: number },
): Promise<{ tags: FoundTag[]; progress: SearchProgress }> {
  const tags: FoundTag[] = [];
  let progress: SearchProgress | undefined;
  const { search: text, under, ...bounds } = options;
  const { mostTags, withinMs } = bounds;
  for await (const step of searchTags(session, {
    text,
    ...(under === undefined ? {} : { under }),
    ...(mostTags === undefined ? {} : { mostTags }),
    ...(withinMs === undefined ? {} : { withinMs }),
  })) {
    for (const tag of step.tags) tags.push(tag);
    progress = step.progress;
    if (process.stderr.isTTY)
      process.stderr.write(`\r${progress.visited} nodes looked at, ${progress.found} tags found\x1b[K`);
  }
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return { tags, progress: progress! };
}

async function printList(
  session: ClientSession,
  tags: readonly FoundTag[],
  values: Values,
  progress: SearchProgress,
): Promise<boolean> {
  const listed: ListedTag[] = [];
  for (const some of pieces(tags, TAGS_AT_ONCE)) {
    const readings = values.values
      ? await readTags(
          session,
          some.map(({ nodeId }) => nodeId),
        )
      : [];
    for (const [i, tag] of some.entries())
      listed.push({ tag, ...(values.values ? { reading: readings[i]! } : {}) });
  }
  const json = () =>
    JSON.stringify({ tags: listed.map(({ tag, reading }) => ({ ...tag, ...reading })), progress }, plainJson);
  process.stdout.write(values.json ? `${json()}\n` : tagLines(listed));
  return true;
}

/** @returns false where rows are in conflict */
async function printTable(
  session: ClientSession,
  link: OpcuaLink,
  tags: readonly FoundTag[],
  rules: readonly BindingRule[] | undefined,
  values: Values,
  progress: SearchProgress,
): Promise<boolean> {
  const pace = {
    askedSamplingMs: SOURCE_DEFAULTS.samplingIntervalMs,
    publishingMs: SOURCE_DEFAULTS.publishingIntervalMs,
    // Periods are plant time, and the virtual plant's runs faster than ours.
    speed: link.clock instanceof VirtualClock ? ((await readPlantClock(session))?.speed ?? 1) : 1,
  };
  const suggested: BindingRow[] = [];
  for (const some of pieces(tags, TAGS_AT_ONCE)) {
    suggested.push(...(await suggestRows(session, some, values.twin, pace)));
  }
  const base = new Map(suggested.map((row) => [row.nodeId, row]));
  const ruled = rules === undefined ? undefined : applyRules(rules, tags, ({ nodeId }) => base.get(nodeId));
  const rows = ruled?.flatMap(({ row }) => row ?? []) ?? suggested;
  const unbound = ruled?.filter(({ row }) => row === undefined).map(({ tag }) => tag.nodeId) ?? [];
  const units = new Map(tags.map(({ nodeId, unit }) => [nodeId, unit]));
  const problems = [...problemsOf(rows, values.twin, (nodeId) => units.get(nodeId))].map(([row, error]) => ({
    row: row + 1,
    nodeId: rows[row]!.nodeId,
    ...error.toJSON(),
  }));
  if (values.json) process.stdout.write(`${JSON.stringify({ rows, unbound, problems, progress })}\n`);
  else {
    process.stdout.write(
      values.csv ? writeBindingCsv(rows) : rows.map(({ nodeId, path }) => `${nodeId} -> ${path}\n`).join(""),
    );
    for (const { row, message } of problems) {
      const place = `row ${row}`;
      process.stderr.write(`${message.startsWith(place) ? message : `${place}: ${message}`}\n`);
    }
    if (unbound.length > 0) process.stderr.write(`${unbound.length} of ${tags.length} tags fit no rule\n`);
  }
  return problems.length === 0;
}

async function rulesOf(file: string): Promise<readonly BindingRule[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(cause), cause });
  }
  const { rows, problems } = readRuleCsv(text, file);
  if (problems.length > 0) throw problems[0]!;
  // What is wrong with a rule is said before the server is asked anything.
  applyRules(rows, []);
  return rows;
}

const ENDS: Record<NonNullable<SearchProgress["ended"]>, string> = {
  all: "all is looked at",
  "most-nodes": `stopped after ${SEARCH_DEFAULTS.mostNodes} nodes; narrow it by --under`,
  "most-tags": "stopped at the greatest number of tags",
  time: "stopped when the time was over; give it more by --within, or narrow it by --under",
  stopped: "stopped",
};

const shortfall = ({ ended, visited, waiting, found }: SearchProgress): string =>
  `${ENDS[ended!]}: ${visited} nodes looked at, ${waiting} left, ${found} tags found`;

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw fault(`${option} must be a whole number of at least 1, got ${text}`);
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung tags", what, advice: "see rung help tags" });
}
