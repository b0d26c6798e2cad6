import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { writePrivate } from "../../core/private-file.ts";
import type { AnchorSource } from "./anchor-check.ts";
import { breakText } from "./audit-break.ts";
import { type AuditRecord, readLine } from "./audit-chain.ts";
import { auditFiles, linesOf } from "./audit-files.ts";
import type { AuditKey, AuditPublicKey } from "./audit-key.ts";
import { fits, peopleOf } from "./audit-search.ts";
import { readSignedText, signedText } from "./signed-text.ts";
import { verifyAudit } from "./verify-audit.ts";

export type ExportFormat = "jsonl" | "csv";

export interface ExportOrder {
  readonly directory: string;
  /** Must not be there yet; its manifest is `<file>.manifest.json`. */
  readonly file: string;
  readonly format: ExportFormat;
  /** Wall time, milliseconds: from, and before. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly anchor?: AnchorSource;
}

/** What is signed of an export. */
export interface ExportManifest {
  readonly kind: "rung-audit-export";
  readonly version: 1;
  /** Wall time, ISO 8601. */
  readonly madeAt: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly format: ExportFormat;
  readonly file: string;
  readonly sha256: string;
  readonly lines: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Hash of the line before the first, and of the last. */
  readonly previous: string;
  readonly hash: string;
  /** How the whole audit was found when it was exported. */
  readonly whole: boolean;
  readonly breaks: readonly string[];
  /** Anchors it was compared with; null: with none. */
  readonly anchors: number | null;
  /** Fingerprint of the key. */
  readonly key: string;
}

export const manifestName = (file: string): string => `${file}.manifest.json`;

/**
 * Writes the lines of a span of time, and a signed manifest beside them. From the first line that lies in it to the last,
 * with all between, as the chain has them. Lines that cannot be read are left out, and stand among the breaks.
 * @throws RungError `nothing-to-export`, `cannot-export`
 */
export function exportAudit(order: ExportOrder, key: AuditKey): ExportManifest {
  const { directory, file, format } = order;
  const span: { first?: AuditRecord; last?: AuditRecord } = {};
  const report = verifyAudit(directory, {
    key: key.public,
    signatures: "last",
    ...(order.anchor === undefined ? {} : { anchor: order.anchor }),
    onRecord: (record) => {
      if (!fits(record, order)) return;
      span.first ??= record;
      span.last = record;
    },
  });
  const { first, last } = span;
  if (first === undefined || last === undefined) {
    throw new RungError({ code: "nothing-to-export", where: directory, what: "holds no line of that time" });
  }
  const { sha256, lines } = writeSpan(order, first.seq, last.seq);
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const manifest: ExportManifest = {
    kind: "rung-audit-export",
    version: 1,
    madeAt: new Date().toISOString(),
    from: iso(order.fromMs),
    to: iso(order.toMs),
    format,
    file: basename(file),
    sha256,
    lines,
    firstSeq: first.seq,
    lastSeq: last.seq,
    previous: first.previous,
    hash: last.hash,
    whole: report.breaks.count === 0,
    breaks: report.breaks.list.map(breakText),
    anchors: report.anchors ?? null,
    key: key.public.fingerprint,
  };
  writePrivate(manifestName(file), `${signedText(key, "export", manifest)}\n`);
  return manifest;
}

function writeSpan(
  { directory, file, format }: ExportOrder,
  firstSeq: number,
  lastSeq: number,
): { sha256: string; lines: number } {
  const sha256 = createHash("sha256");
  const fd = openNew(file);
  let lines = 0;
  const put = (text: string | Buffer) => {
    const bytes = Buffer.from(text);
    sha256.update(bytes);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  };
  try {
    if (format === "csv") put(`${CSV_COLUMNS.join(",")}\r\n`);
    for (const name of auditFiles(directory)) {
      for (const { bytes, ended } of linesOf(join(directory, name))) {
        const record = ended ? readLine(bytes)?.record : undefined;
        if (record === undefined || record.seq < firstSeq || record.seq > lastSeq) continue;
        put(format === "csv" ? csvLine(record) : Buffer.concat([bytes, Buffer.from("\n")]));
        lines++;
      }
    }
  } catch (thrown) {
    rmSync(file, { force: true });
    throw thrown;
  } finally {
    closeSync(fd);
  }
  return { sha256: sha256.digest("hex"), lines };
}

function openNew(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (cause) {
    throw new RungError({
      code: "cannot-export",
      where: file,
      what: messageOf(cause),
      advice: "name a file that is not there yet, in a folder that is",
      cause,
    });
  }
}

const CSV_COLUMNS = ["seq", "at", "event", "target", "person", "value", "reason", "data"];

/** RFC 4180. What a proposal says of itself came from anywhere: no cell of it may begin a formula. */
function csvLine(record: AuditRecord): string {
  const { seq, at, event, data } = record;
  const { target, value, reason } = data;
  const cells = [seq, at, event, target, peopleOf(record).join(" "), value, reason, JSON.stringify(data)];
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(thing: unknown): string {
  if (typeof thing === "number") return String(thing);
  const text = String(thing ?? "");
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/**
 * Checks an export by the public key alone.
 * @returns what is wrong, a sentence each, and the manifest where this key signed it
 * @throws RungError `no-export`
 */
export function verifyExport(
  file: string,
  key: AuditPublicKey,
): { readonly manifest: ExportManifest | undefined; readonly wrong: readonly string[] } {
  const manifestFile = manifestName(file);
  for (const needed of [file, manifestFile]) {
    if (existsSync(needed)) continue;
    throw new RungError({
      code: "no-export",
      where: needed,
      what: "is not there",
      advice: "both files belong together",
    });
  }
  const bytes = readFileSync(manifestFile);
  const signed = bytes.at(-1) === 10 ? readSignedText(bytes.subarray(0, -1)) : undefined;
  if (!signed?.isSignedBy(key, "export")) {
    return { manifest: undefined, wrong: [`${manifestFile}: changed: is not what this key signed`] };
  }
  const manifest = signed.thing as unknown as ExportManifest;
  const isSame = fileHash(file) === manifest.sha256;
  return { manifest, wrong: isSame ? [] : [`${file}: changed: is not the file that was exported`] };
}

function fileHash(file: string): string {
  const sha256 = createHash("sha256");
  for (const { bytes, ended } of linesOf(file)) {
    sha256.update(bytes);
    if (ended) sha256.update("\n");
  }
  return sha256.digest("hex");
}
