import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseAddress } from "../core/address.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { isStorableTimeUs, type TimeUs } from "../core/time.ts";
import type { GapQuery } from "../describe/gap-entry.ts";
import { GapLedger } from "../describe/gap-ledger.ts";
import { timeOfCell } from "../describe/recording/time-cell.ts";
import { homeFolder } from "../host/home.ts";
import { gapTable, jsonOfGaps } from "./gap-table.ts";

export const summary = "list what is missing in a history, and why";
export const usage = `rung gaps [--source <source>] [--address <address>] [--from <time>] [--to <time>] [--open]
          [--file <history> | --home <folder>] [--strict] [--json]

Lists the gap ledger of a history, the newest first: every interval of plant time in which samples may be missing, with
its cause, its source and tags, and how many samples have been filled in since. Missing is what closed though the
source's server lacks samples of it too. It only reads, and may be asked while Rung runs.

  --source <source>    of one source, such as opcua:plantlink:ovenplc
  --address <address>  those that concern one tag
  --from, --to <time>  those that overlap a time: 2026-09-21T12:00:00Z, or a number since 1970 in s, ms or µs; UTC
                       unless an offset stands behind it
  --open               only those that have not been filled in
  --file <history>     a history file, or the gaps.sqlite beside it; default history/rung.duckdb of the home
  --home <folder>      instead of RUNG_HOME
  --strict             exit 1 where an open gap is listed
  --json               one JSON array

Exit: 0 done, 1 with --strict where a gap is open, 2 a fault of the input.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    options: {
      source: { type: "string" },
      address: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      open: { type: "boolean", default: false },
      file: { type: "string" },
      home: { type: "string" },
      strict: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
type Values = ReturnType<typeof parse>["values"];

/** @param args what follows `rung gaps` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  let values: Values;
  try {
    ({ values } = parse(args));
  } catch (thrown) {
    throw fault(messageOf(thrown));
  }
  const query = queryOf(values);
  const ledger = new GapLedger(ledgerFile(values), { readOnly: true });
  try {
    const entries = ledger.query(query);
    process.stdout.write(values.json ? jsonOfGaps(entries) : gapTable(entries));
    return values.strict && entries.some(({ state }) => state === "open") ? 1 : 0;
  } finally {
    ledger.close();
  }
}

function queryOf(values: Values): GapQuery {
  if (values.address !== undefined) parseAddress(values.address);
  const fromUs = timeOf("--from", values.from);
  const toUs = timeOf("--to", values.to);
  if (fromUs !== undefined && toUs !== undefined && fromUs > toUs)
    throw fault(`--from ${values.from} lies after --to ${values.to}`);
  return {
    limit: Number.MAX_SAFE_INTEGER,
    ...(values.source === undefined ? {} : { source: values.source }),
    ...(values.address === undefined ? {} : { address: values.address }),
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(toUs === undefined ? {} : { toUs }),
    ...(values.open ? { state: "open" as const } : {}),
  };
}

function timeOf(option: string, text: string | undefined): TimeUs | undefined {
  if (text === undefined) return undefined;
  const timeUs = timeOfCell(text);
  if (isStorableTimeUs(timeUs)) return timeUs;
  throw fault(`${option} ${JSON.stringify(text)} is no time between 1970 and 2255`);
}

/** The ledger of a history, whichever of the two files is named. A question must not make a new one. */
function ledgerFile({ file, home }: Values): string {
  const given =
    file === undefined
      ? join(homeFolder(home === undefined ? process.env : { RUNG_HOME: home }), "history", "rung.duckdb")
      : resolve(file);
  const found = [join(`${given}.sync`, "gaps.sqlite"), ...(file === undefined ? [] : [given])].find((path) =>
    statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
  if (found !== undefined) return found;
  throw new RungError({
    code: "no-gap-ledger",
    where: given,
    what: "has no gap ledger: no history node has kept samples there",
    advice: "name the history with --file, or its home with --home",
  });
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung gaps", what, advice: "see rung gaps --help" });
}
