import { messageOf, RungError } from "../../core/errors.ts";
import { type Binding, type BindingRow, readBindings } from "../binding-table.ts";
import { type MessagePath, parseMessagePath } from "./message-path.ts";
import { TIME_UNITS, type TimeUnit } from "./reading-marks.ts";

/** One row of an ingest's table as it is saved in a flow. `nodeId` is the value's path in the message. */
export interface IngestRow extends BindingRow {
  /** Only messages whose topic falls under this filter (`+` and `#` as in MQTT); empty: all. */
  readonly topic?: string;
  /** Path of the source time; empty: the time of receipt. */
  readonly timePath?: string;
  readonly timeUnit?: TimeUnit;
  /** Path of the quality; empty: good. */
  readonly qualityPath?: string;
  /** Of a waveform: values per second, as a number or as a path. */
  readonly sampleRate?: string | number;
}

/** A checked row. */
export interface IngestBinding extends Binding {
  readonly path: MessagePath;
  readonly topic: string | undefined;
  readonly time: { readonly path: MessagePath; readonly unit: TimeUnit } | undefined;
  readonly quality: MessagePath | undefined;
  readonly sampleRate: number | MessagePath | undefined;
}

/**
 * Checks the table of an ingest.
 * @param twin address that relative property paths stand below
 * @throws RungError `no-bindings`, `malformed-bindings` naming every row that is wrong, or the one error of one row
 */
export function readIngestTable(rows: readonly IngestRow[], twin: string, where: string): IngestBinding[] {
  const { bindings, problems } = readBindings(rows, twin);
  const own: IngestBinding[] = [];
  const faults = [...problems];
  // Where a row of the table itself is wrong the numbering of the checked ones no longer fits the rows.
  for (const [index, binding] of problems.length === 0 ? bindings.entries() : []) {
    try {
      own.push(readOwn(rows[index]!, binding, `row ${index + 1}, ${binding.property.address}`));
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      faults.push(thrown);
    }
  }
  if (faults.length === 1) throw faults[0]!;
  if (faults.length > 1) {
    throw new RungError({
      code: "malformed-bindings",
      where,
      what: `${faults.length} rows are wrong: ${faults.map(messageOf).join("; ")}`,
      advice: "nothing is read until all rows are right",
    });
  }
  if (own.length > 0) return own;
  throw new RungError({
    code: "no-bindings",
    where,
    what: "has no row that says what a message holds",
    advice: "add a row: where the value stands in the message, and which property it is",
  });
}

function readOwn(row: IngestRow, binding: Binding, where: string): IngestBinding {
  const optional = (text: string | undefined): MessagePath | undefined =>
    text === undefined || text.trim() === "" ? undefined : parseMessagePath(text, where);
  const timePath = optional(row.timePath);
  const unit = row.timeUnit || "ms";
  if (!TIME_UNITS.includes(unit)) {
    throw malformed(where, `"${unit}" is no unit of time`, `one of ${TIME_UNITS.join(", ")}`);
  }
  return {
    ...binding,
    path: parseMessagePath(row.nodeId, where),
    topic: row.topic?.trim() ? checkedFilter(row.topic.trim(), where) : undefined,
    time: timePath === undefined ? undefined : { path: timePath, unit },
    quality: optional(row.qualityPath),
    sampleRate: binding.property.type === "waveform" ? sampleRateOf(row.sampleRate, where) : undefined,
  };
}

function sampleRateOf(given: string | number | undefined, where: string): number | MessagePath {
  const text = String(given ?? "").trim();
  if (text === "") {
    throw malformed(
      where,
      "is a waveform without a sample rate",
      "give it in Hz, or the path where it stands",
    );
  }
  const rateHz = Number(text);
  if (Number.isNaN(rateHz)) return parseMessagePath(text, where);
  if (rateHz > 0 && Number.isFinite(rateHz)) return rateHz;
  throw malformed(where, `a sample rate must be > 0 Hz, got ${text}`, "give it in Hz");
}

/** MQTT 3.1.1, 4.7.1: # is the last level, + stands for a whole one. */
function checkedFilter(filter: string, where: string): string {
  const levels = filter.split("/");
  const isWrong = levels.some(
    (level, i) =>
      (level.includes("#") && (level !== "#" || i < levels.length - 1)) ||
      (level.includes("+") && level !== "+"),
  );
  if (!isWrong) return filter;
  throw malformed(where, `"${filter}" is no topic filter`, "# may only be the last level, + a whole level");
}

function malformed(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "malformed-binding", where, what, advice });
}
