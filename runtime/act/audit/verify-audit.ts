import { closeSync, existsSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AnchorCheck, type AnchorSource, anchorEntries } from "./anchor-check.ts";
import type { AnchorEntry } from "./anchor-entry.ts";
import { Breaks } from "./audit-break.ts";
import type { AuditRecord } from "./audit-chain.ts";
import { auditFiles, HEAD, LIVE, linesOf, linesOfOpen } from "./audit-files.ts";
import { type AuditHead, readHead } from "./audit-head.ts";
import type { AuditPublicKey } from "./audit-key.ts";
import { ChainCheck } from "./chain-check.ts";

export interface VerifyOptions {
  readonly key: AuditPublicKey;
  /** As `ChainOptions`. */
  readonly signatures: "each" | "last";
  /** Number of the first file that is read; 1 where it is not given. */
  readonly firstFile?: number;
  /** Where the head was anchored: a file, or the newest entry alone. */
  readonly anchor?: AnchorSource | { readonly newest: AnchorEntry | undefined; readonly where: string };
  readonly onRecord?: (record: AuditRecord) => void;
}

export interface AuditReport {
  readonly breaks: Breaks;
  readonly files: number;
  readonly lines: number;
  /** As `ChainCheck`. */
  readonly tornTail: string;
  readonly tornBytes: number;
  /** Numbers of the first and the newest line that were read. */
  readonly firstSeq: number | undefined;
  readonly seq: number;
  readonly head: AuditHead | undefined;
  /** How many anchors it was compared with; undefined where with none. */
  readonly anchors: number | undefined;
}

/**
 * Checks an audit, also while it is written to: head first, then anchors, then log, so that each is at least as far
 * as the one before.
 */
export function verifyAudit(directory: string, options: VerifyOptions): AuditReport {
  const breaks = new Breaks();
  const headFile = join(directory, HEAD);
  const hasHead = existsSync(headFile);
  // Once more, since it may just be written, in place.
  const readIt = () => readHead(readFileSync(headFile), options.key);
  const head = hasHead ? (readIt() ?? readIt()) : undefined;
  if (hasHead && head === undefined) breaks.add("head-changed", HEAD, null, "is not what this key signed");
  const anchors = anchorsOf(options, breaks);
  const chain = new ChainCheck({ ...options, firstFile: options.firstFile ?? 1 }, breaks);
  let atHead: string | undefined;
  let firstSeq: number | undefined;
  const files = readThrough(directory, options.firstFile ?? 1, chain, (record) => {
    firstSeq ??= record.seq;
    if (record.seq === head?.seq) atHead ??= record.hash;
    anchors?.record(record);
    options.onRecord?.(record);
  });
  if (!hasHead && chain.lines > 0) {
    breaks.add("head-missing", HEAD, null, "is not there, so a cut end would not be seen");
  }
  if (head !== undefined && head.seq > chain.seq) {
    breaks.add("cut", LIVE, null, `${head.seq - chain.seq} lines are missing after line ${chain.seq}`);
  } else if (head !== undefined && head.seq > 0 && head.seq >= (firstSeq ?? 0) && atHead !== head.hash) {
    breaks.add("head-changed", HEAD, null, `line ${head.seq} is not the line it was made for`);
  }
  anchors?.end(chain.seq, head);
  if (options.anchor === undefined && head?.inFile) {
    breaks.add(
      "anchor-missing",
      HEAD,
      null,
      `tells of ${head.anchors} anchors in a file, which is not given`,
    );
  }
  return {
    breaks,
    files,
    lines: chain.lines,
    tornTail: chain.tornTail,
    tornBytes: chain.tornBytes,
    firstSeq,
    seq: chain.seq,
    head,
    anchors: anchors?.count,
  };
}

function anchorsOf({ anchor, key }: VerifyOptions, breaks: Breaks): AnchorCheck | undefined {
  if (anchor === undefined) return undefined;
  if ("where" in anchor) {
    return new AnchorCheck(anchor.newest === undefined ? [] : [anchor.newest], anchor.where, breaks);
  }
  const { file } = anchor;
  if (!existsSync(file)) {
    breaks.add("anchor-missing", file, null, "is not there");
    return undefined;
  }
  return new AnchorCheck(
    anchorEntries(anchor, statSync(file).size, key, breaks),
    file,
    breaks,
    !anchor.isSyslog,
  );
}

/** @returns how many files were read */
function readThrough(
  directory: string,
  firstFile: number,
  chain: ChainCheck,
  onRecord: (record: AuditRecord) => void,
): number {
  const { names, live } = openLive(directory);
  try {
    const read = names.slice(firstFile - 1);
    for (const name of read) {
      chain.beginFile(name);
      const lines =
        name === LIVE && live !== undefined
          ? linesOfOpen(live, fstatSync(live).size)
          : linesOf(join(directory, name));
      for (const line of lines) {
        const record = chain.line(line);
        if (record !== undefined) onRecord(record);
      }
    }
    chain.endFile();
    return read.length;
  } finally {
    if (live !== undefined) closeSync(live);
  }
}

/** The files, the live one held open, since it may get another name while it is read. */
function openLive(directory: string): { names: string[]; live: number | undefined } {
  for (;;) {
    const names = auditFiles(directory);
    if (names.at(-1) !== LIVE) return { names, live: undefined };
    const live = openSync(join(directory, LIVE), "r");
    if (auditFiles(directory).length === names.length) return { names, live };
    closeSync(live);
  }
}
