import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditFiles, HEAD } from "../../../runtime/act/audit/audit-files.ts";
import { AuditPublicKey } from "../../../runtime/act/audit/audit-key.ts";
import { AuditLog, type AuditLogOptions } from "../../../runtime/act/audit/audit-log.ts";
import { verifyAudit } from "../../../runtime/act/audit/verify-audit.ts";
import { Random } from "../../../runtime/core/random.ts";

/** An audit in a folder of its own, its anchors in a file in another. */
export class WrittenAudit {
  readonly directory = mkdtempSync(join(tmpdir(), "rung-audit-"));
  readonly elsewhere = mkdtempSync(join(tmpdir(), "rung-anchor-"));
  readonly anchorFile = join(this.elsewhere, "anchors.jsonl");

  open(options: AuditLogOptions = {}): AuditLog {
    return new AuditLog(this.directory, { anchors: { anchorFile: this.anchorFile }, ...options });
  }

  /** Lines of any kind and length, over several files. */
  fill(seed: number, lines: number): void {
    const draws = new Random(seed);
    const random = () => draws.uniform();
    const events = ["decision", "write", "read-back", "hold", "resume", "arm", "disarm", "observed"];
    const texts = ["°C", "\u{1f525}", '"', "\\", ',"signature":"', "\uFFFD", "a", "0", "\n", "\u202e"];
    const log = this.open({ largestFileBytes: 6_000 });
    for (let i = 0; i < lines; i++) {
      const text = Array.from(
        { length: Math.floor(random() * 40) },
        () => texts[Math.floor(random() * texts.length)],
      );
      log.append(events[Math.floor(random() * events.length)]!, {
        envelope: "e1",
        plantTimeUs: 1e15 + i,
        value: random() * 10 ** Math.floor(random() * 30),
        signature: text.join(""),
      });
    }
    log.close();
  }

  get files(): string[] {
    return auditFiles(this.directory).map((name) => join(this.directory, name));
  }

  get head(): string {
    return join(this.directory, HEAD);
  }

  lines(file: string): string[] {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  }

  put(file: string, lines: readonly string[]): void {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  }

  /** Kinds of what is found, once each. @param anchor null: without one */
  found(anchor: string | null = this.anchorFile, key?: string): string[] {
    const { breaks } = verifyAudit(this.directory, {
      key: key === undefined ? AuditPublicKey.of(this.directory) : AuditPublicKey.read(key),
      signatures: "each",
      ...(anchor === null ? {} : { anchor: { file: anchor, isSyslog: false } }),
    });
    return [...new Set(breaks.list.map(({ kind }) => kind))];
  }

  /** @returns puts the actuator's directory back as it is now */
  keep(): () => void {
    const kept = mkdtempSync(join(this.elsewhere, "kept-"));
    const copy = (from: string, to: string) => {
      for (const name of readdirSync(from).filter(
        (one) => one.startsWith("audit") && /\.(jsonl|json|pem)$/.test(one),
      ))
        copyFileSync(join(from, name), join(to, name));
    };
    copy(this.directory, kept);
    return () => {
      for (const file of this.files) rmSync(file);
      if (existsSync(this.head)) rmSync(this.head);
      copy(kept, this.directory);
    };
  }

  remove(): void {
    for (const folder of [this.directory, this.elsewhere]) rmSync(folder, { recursive: true, force: true });
  }
}
