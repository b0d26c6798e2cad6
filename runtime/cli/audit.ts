import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { actuatorDirectory } from "../act/actuator-home.ts";
import type { AnchorSource } from "../act/audit/anchor-check.ts";
import { readAnchorSettings } from "../act/audit/anchor-settings.ts";
import { type ExportFormat, exportAudit, manifestName, verifyExport } from "../act/audit/audit-export.ts";
import { auditFiles, HEAD } from "../act/audit/audit-files.ts";
import { AuditKey, AuditPublicKey } from "../act/audit/audit-key.ts";
import { searchAudit } from "../act/audit/audit-search.ts";
import { verifyAudit } from "../act/audit/verify-audit.ts";
import { RungError } from "../core/errors.ts";
import { readJsonFile } from "../core/private-file.ts";
import { homeFolder } from "../host/home.ts";
import { recordInWords } from "./audit-words.ts";
import { readArguments } from "./read-arguments.ts";

const WHERE = "rung audit";

export const summary = "what the actuator decided and wrote: verify, export, show";
export const usage = `
Usage: rung audit verify [--anchor <file> | --syslog <file>] [--key <public key>] [--json]
       rung audit show [--event <name>] [--target <address>] [--person <name>] [--from <time>] [--to <time>]
                       [--last <n>] [--json]
       rung audit export <file> [--format jsonl|csv] [--from <time>] [--to <time>] [--json]
       rung audit verify --export <file> --key <public key> [--json]

verify reads every file, and says line and kind of all that is not as it was written: each line's signature, the chain
of hashes, the signed head, and the anchors outside the actuator's directory. The anchors are those of the actuator's
settings.json unless another file is named. Without anchors it cannot see that log and head were set back together.
show prints what fits, newest last, and verifies nothing; events are decision, write, read-back, arm, disarm, hold ...
export writes the lines of a span of time and beside them <file>.manifest.json, signed by the audit's key.
verify --export checks both by the public key alone, on any machine.

Options: --home <folder>     instead of RUNG_HOME; the actuator's directory is RUNG_ACT_HOME, by default actuator/ in it
         --directory <folder>  a copy of an actuator's directory instead
         --key <file>        audit-public.pem as it was handed out, instead of that in the directory
         --anchor <file>     anchors that the actuator wrote
         --syslog <file>     what a syslog or a journal kept of them
         --from, --to        2026-11-22, or 2026-11-22T06:00Z; from inclusive, to exclusive
         --last <n>          at most so many, 50 where no time is given
         --json              answer as JSON

Exit status: 0 as it was written, shown, exported; 1 not as it was written; 2 bad input. Run it as the actuator's own user.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      home: { type: "string" },
      directory: { type: "string" },
      key: { type: "string" },
      anchor: { type: "string" },
      syslog: { type: "string" },
      export: { type: "string" },
      format: { type: "string", default: "jsonl" },
      event: { type: "string" },
      target: { type: "string" },
      person: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      last: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
type Values = ReturnType<typeof parse>["values"];

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  const [action, file, ...rest] = positionals;
  if (rest.length > 0 || (file !== undefined && action !== "export"))
    throw fault(`${rest[0] ?? file} is too much`);
  switch (action) {
    case "verify":
      return values.export === undefined ? verify(values) : verifyExported(values.export, values);
    case "show":
      return show(values);
    case "export":
      if (file === undefined) throw fault("export needs the file to write");
      return exportTo(file, values);
    default:
      throw new RungError({
        code: "unknown-action",
        where: `${WHERE} ${action ?? ""}`.trim(),
        what: "says nothing to do",
        advice: "use verify, show or export; see rung help audit",
      });
  }
}

function verify(values: Values): number {
  const directory = directoryOf(values);
  const key = values.key === undefined ? AuditPublicKey.of(directory) : AuditPublicKey.read(values.key);
  const anchor = anchorOf(values, directory);
  const { breaks, lines, files, tornTail, anchors } = verifyAudit(directory, {
    key,
    signatures: "each",
    ...(anchor === undefined ? {} : { anchor }),
  });
  const whole = breaks.count === 0;
  if (values.json) {
    const { fingerprint } = key;
    const found = breaks.list;
    const facts = {
      whole,
      lines,
      files,
      anchors: anchors ?? null,
      key: fingerprint,
      tornTail: tornTail !== "",
    };
    print(JSON.stringify({ ...facts, count: breaks.count, breaks: found }));
    return whole ? 0 : 1;
  }
  print(
    whole
      ? `whole: ${lines} lines in ${files === 1 ? "1 file" : `${files} files`}, each signed by ${key.fingerprint}`
      : "broken:",
  );
  for (const { kind, file, line, what } of breaks.list) {
    print(`  ${kind.padEnd(15)} ${file}${line === null ? "" : ` line ${line}`}: ${what}`);
  }
  if (breaks.count > breaks.list.length) print(`  and ${breaks.count - breaks.list.length} more`);
  if (anchors !== undefined) print(`compared with anchors up to number ${anchors}`);
  else print("compared with no anchor: that log and head were set back together would not be seen");
  return whole ? 0 : 1;
}

function show(values: Values): number {
  const directory = directoryOf(values);
  const { event, target, person } = values;
  const span = spanOf(values);
  const hasTime = values.from !== undefined || values.to !== undefined;
  const last = values.last === undefined ? (hasTime ? Number.MAX_SAFE_INTEGER : 50) : Number(values.last);
  if (!Number.isInteger(last) || last < 1)
    throw fault(`--last must be a number of lines, got ${values.last}`);
  const filter = {
    ...span,
    ...(event === undefined ? {} : { event }),
    ...(target === undefined ? {} : { target }),
    ...(person === undefined ? {} : { person }),
  };
  const shown = searchAudit(directory, filter, last);
  if (values.json) print(JSON.stringify(shown));
  else for (const record of shown) print(recordInWords(record));
  return 0;
}

function exportTo(file: string, values: Values): number {
  const directory = directoryOf(values);
  const anchor = anchorOf(values, directory);
  const manifest = exportAudit(
    {
      directory,
      file: resolve(file),
      format: formatOf(values.format),
      ...spanOf(values),
      ...(anchor === undefined ? {} : { anchor }),
    },
    AuditKey.read(directory),
  );
  if (values.json) print(JSON.stringify(manifest));
  else {
    print(`${file}: ${manifest.lines} lines, ${manifest.firstSeq} to ${manifest.lastSeq}`);
    print(`${manifestName(file)}: signed by ${manifest.key}`);
    if (!manifest.whole)
      print(`the audit is broken, and the manifest says so:\n${manifest.breaks.join("\n")}`);
  }
  return manifest.whole ? 0 : 1;
}

function verifyExported(file: string, values: Values): number {
  // The key that lies beside an export proves nothing: whoever changed the one may have put down the other.
  if (values.key === undefined)
    throw fault("verify --export needs --key: the public key as it was handed out");
  const { manifest, wrong } = verifyExport(file, AuditPublicKey.read(values.key));
  const breaks = [...wrong, ...(manifest?.breaks ?? [])];
  const whole = breaks.length === 0;
  if (values.json) print(JSON.stringify({ whole, breaks, manifest: manifest ?? null }));
  else if (whole && manifest !== undefined) {
    print(
      `whole: ${manifest.lines} lines, ${manifest.firstSeq} to ${manifest.lastSeq}, signed by ${manifest.key}`,
    );
  } else print(`broken:\n${breaks.map((text) => `  ${text}`).join("\n")}`);
  return whole ? 0 : 1;
}

function directoryOf(values: Values): string {
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const own = actuatorDirectory({ ...process.env, RUNG_HOME: home });
  const directory = values.directory ?? own;
  if (auditFiles(directory).length > 0 || existsSync(join(directory, HEAD))) return directory;
  throw new RungError({
    code: "no-audit",
    where: directory,
    what: "holds no audit",
    advice: "name the home of the actuator with --home; the actuator's own user may read it",
  });
}

/** Where the anchors are: as asked for, otherwise as the actuator's settings say. */
function anchorOf(values: Values, directory: string): AnchorSource | undefined {
  if (values.anchor !== undefined && values.syslog !== undefined) {
    throw fault("--anchor and --syslog exclude each other");
  }
  if (values.syslog !== undefined) return { file: values.syslog, isSyslog: true };
  if (values.anchor !== undefined) return { file: values.anchor, isSyslog: false };
  const file = join(directory, "settings.json");
  const { anchorFile } = readAnchorSettings(readJsonFile<{ audit?: unknown }>(file)?.audit, file, directory);
  return anchorFile === undefined ? undefined : { file: anchorFile, isSyslog: false };
}

function formatOf(given: string): ExportFormat {
  if (given === "jsonl" || given === "csv") return given;
  throw fault(`--format must be jsonl or csv, got ${given}`);
}

function spanOf({ from, to }: Values): { fromMs?: number; toMs?: number } {
  return {
    ...(from === undefined ? {} : { fromMs: timeOf("--from", from) }),
    ...(to === undefined ? {} : { toMs: timeOf("--to", to) }),
  };
}

/** A time without a zone would mean another moment on another machine. */
function timeOf(option: string, text: string): number {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw fault(`${option} must be a day or a time with its zone, got ${text}`);
}

const fault = (what: string): RungError =>
  new RungError({ code: "bad-option", where: WHERE, what, advice: "see rung help audit" });
