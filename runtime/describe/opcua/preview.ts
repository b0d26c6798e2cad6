import type { ClientSession } from "node-opcua";
import { messageOf } from "../../core/errors.ts";
import { isGood, type Quality, qualityWord, UNCERTAIN } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { unitDiffers } from "../binding-check.ts";
import { type Binding, type BindingRow, readBindings } from "../binding-table.ts";
import { SERVER_OBJECT } from "./binding-reach.ts";
import { readTags, type TagReading } from "./browse.ts";
import { previewReach } from "./preview-reach.ts";
import { shownValue } from "./value-text.ts";

/** One row of a table as it would work now: the value at the plant, and in the twin, as `shownValue` tells them. */
export interface BindingPreview {
  readonly plantValue: ReturnType<typeof shownValue>;
  readonly plantUnit: string | undefined;
  readonly twinValue: ReturnType<typeof shownValue>;
  readonly unit: string | undefined;
  readonly quality: Quality;
  readonly qualityWord: "good" | "uncertain" | "bad";
  readonly ageUs: number | undefined;
  /** Why the row cannot be deployed, or will not do what it seems to. */
  readonly problem?: string;
}

/**
 * Reads what the rows point at and tells it in the twin's units, without subscribing.
 * @param nowUs of the link's clock
 */
export async function previewBindings(
  session: ClientSession,
  rows: readonly BindingRow[],
  twin: string,
  nowUs: TimeUs,
): Promise<BindingPreview[]> {
  const readings = await readTags(
    session,
    rows.map((row) => row.nodeId || SERVER_OBJECT),
  );
  return rows.map((row, i) => preview(row, twin, readings[i]!, nowUs));
}

function preview(row: BindingRow, twin: string, reading: TagReading, nowUs: TimeUs): BindingPreview {
  const { bindings, problems } = readBindings([row], twin);
  const value = reading.value;
  const seen = {
    plantValue: shownValue(value),
    plantUnit: row.plantUnit || reading.unit || reading.unitText || row.unit || undefined,
    unit: row.unit || undefined,
    quality: reading.quality,
    qualityWord: qualityWord(reading.quality),
    ageUs: reading.sourceTimeUs === undefined ? undefined : Math.max(0, nowUs - reading.sourceTimeUs),
  };
  const binding = bindings[0];
  if (binding === undefined) return { ...seen, twinValue: undefined, problem: messageOf(problems[0]) };
  if (binding.reach !== undefined) return reachPreview(seen, binding, reading);
  const twinValue = shownValue(typeof value === "number" ? binding.toProperty(value) : value);
  const differs = unitDiffers(row, reading.unit);
  if (differs !== undefined) return { ...seen, twinValue, problem: messageOf(differs) };
  if (value === undefined && !isGood(reading.quality)) {
    return { ...seen, twinValue, problem: "the server has no such tag, or no value for it" };
  }
  return { ...seen, twinValue };
}

function reachPreview(
  seen: Omit<BindingPreview, "twinValue">,
  binding: Binding,
  reading: TagReading,
): BindingPreview {
  const { value, problem } = previewReach(binding, reading);
  const twinValue = shownValue(typeof value === "number" ? binding.toProperty(value) : value);
  // Of events and methods nothing is known beforehand, whatever the server says to reading them as a value.
  const quality = binding.reach?.reads === "value" ? seen.quality : UNCERTAIN;
  const known = {
    ...seen,
    quality,
    qualityWord: qualityWord(quality),
    plantValue: shownValue(value),
    twinValue,
  };
  return problem === undefined ? known : { ...known, problem };
}

/** How often a tag comes through a source as the source is set. */
export interface SuggestedPace {
  /** The server's own for this tag, ms of wall time; undefined where it samples on change. */
  readonly serverSamplingMs?: number | undefined;
  /** What the source asks for, ms of wall time; 0 = as the server has it. */
  readonly askedSamplingMs: number;
  /** Between two publish responses, ms of wall time. */
  readonly publishingMs: number;
  /** Seconds of the plant per second of wall time. */
  readonly speed: number;
}

/**
 * A first row for a tag, from its name and from what the server says of it. An analog measurement is expected as
 * often as it is sampled, or at least published; all else (states, switches, setpoints) comes on change.
 * @param browsePath names down to the tag, for one whose node id is a number
 */
export function suggestRow(
  reading: TagReading,
  twin: string,
  pace: SuggestedPace,
  browsePath?: string,
): BindingRow {
  const name = /;s=(.+)$/.exec(reading.nodeId)?.[1] ?? browsePath ?? reading.nodeId.replace(/^.*=/, "tag");
  const segments = name.split(/[./|]+/).filter((segment) => segment !== "");
  const machine = twin.split("/").at(-1)?.toLowerCase();
  if (segments.length > 1 && segments[0]!.toLowerCase() === machine) segments.shift();
  const path = segments.map(lowerFirst).join("/");
  const kind = /(SP|Set ?point)$/i.test(name) ? "setpoint" : "measurement";
  const isAnalog = kind === "measurement" && reading.type === "number";
  return {
    nodeId: reading.nodeId,
    path,
    unit: reading.unit ?? "",
    plantUnit: "",
    kind,
    type: reading.type,
    periodMs: isAnalog ? plantPeriodMs(pace) : 0,
    label: "",
  };
}

/** Plant time between two samples, whole ms. */
function plantPeriodMs({
  serverSamplingMs = 0,
  askedSamplingMs,
  publishingMs,
  speed,
}: SuggestedPace): number {
  const samplingMs = Math.max(serverSamplingMs, askedSamplingMs);
  // Before the plant has told its speed there is none; it counts as real time until then.
  const plantSpeed = Number.isFinite(speed) ? speed : 1;
  return Math.max(1, Math.round((samplingMs > 0 ? samplingMs : publishingMs) * plantSpeed));
}

/** AirTemp -> airTemp, PLC -> pLC would be silly: a word in capitals becomes small altogether. */
function lowerFirst(word: string): string {
  return /^[A-Z0-9]+$/.test(word) ? word.toLowerCase() : word.slice(0, 1).toLowerCase() + word.slice(1);
}
