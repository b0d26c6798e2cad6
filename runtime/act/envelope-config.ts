import { isWithin } from "../core/address.ts";
import { DEFAULT_TARGET, type Envelope } from "./envelope.ts";
import { readEnvelope } from "./read-envelope.ts";

/** What a field of a form holds: a number, or a text that should be one. */
type Field = number | string;

/** A row of the envelope node's table, as the form saves it. */
export interface EnvelopeRow {
  /** Address of the setpoint, whole or below the twin. */
  readonly target: string;
  readonly setpoint: string;
  /** Empty: the PLC has no request block, and a person is advised. */
  readonly request?: string;
  readonly local: string;
  /** Node ids separated by blanks or commas. */
  readonly inputs: string;
  readonly unit: string;
  readonly min: Field;
  readonly max: Field;
  readonly maxStep: Field;
  readonly ratePerMinute: Field;
  /** Empty: sixty times the rate per minute. */
  readonly ratePerHour?: Field;
  readonly deadband: Field;
  /** Node id of the measurement that follows; empty: its effect is not looked for. */
  readonly effect?: string;
  readonly effectDirection?: "same" | "opposite";
  /** Of the measurement, per unit of the setpoint. */
  readonly effectLeast?: Field;
  readonly effectWithinS?: Field;
}

export interface InterlockRow {
  readonly label: string;
  /** A node id, or the target of a row, which stands for its setpoint. */
  readonly nodeId: string;
  /** What is subtracted, likewise; empty: nothing. */
  readonly minus?: string;
  readonly min?: Field;
  readonly max?: Field;
  readonly update?: "cyclic" | "onChange";
  readonly maxAgeMs?: Field;
}

export interface ProjectionRow {
  /** Address of the measurement, whole or below the twin. */
  readonly property: string;
  readonly nodeId: string;
  readonly unit: string;
  readonly widest: Field;
  readonly leastAfterS: Field;
}

/** What the envelope node saves. */
export interface EnvelopeConfig {
  readonly id: string;
  readonly name?: string;
  readonly targets?: readonly EnvelopeRow[];
  /** Node id of the machine's PackML state. */
  readonly state?: string;
  /** State numbers separated by commas. */
  readonly permittedStates?: string;
  /** Node id of the operational mode of OPC 40010. */
  readonly safetyMode?: string;
  readonly permittedModes?: string;
  readonly emergencyStop?: string;
  readonly protectiveStop?: string;
  readonly maxInputAgeMs?: Field;
  readonly maxStateAgeMs?: Field;
  readonly budgetPerShift?: Field;
  readonly ttlMs?: Field;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly interlocks?: readonly InterlockRow[];
  readonly projections?: readonly ProjectionRow[];
}

/** The envelope a configuration describes. @throws RungError `bad-envelope` naming every problem */
export function envelopeFromConfig(config: EnvelopeConfig, twin: string): Envelope {
  const name = config.name || twin;
  const rows = config.targets ?? [];
  const shared = sharedOf(config, rows);
  const targets = rows.map((row) => ({
    ...shared,
    address: wholeAddress(row.target ?? "", twin),
    nodeIds: {
      setpoint: row.setpoint,
      request: row.request,
      local: row.local,
      state: config.state,
      inputs: listOf(row.inputs),
    },
    unit: row.unit,
    min: given(row.min),
    max: given(row.max),
    maxStep: given(row.maxStep),
    ratePerMinute: given(row.ratePerMinute),
    ratePerHour: unlessEmpty(row.ratePerHour),
    deadband: unlessEmpty(row.deadband),
    effect: effectOf(row),
  }));
  const projections = (config.projections ?? []).map((row) => ({
    address: wholeAddress(row.property ?? "", twin),
    nodeId: row.nodeId,
    unit: row.unit,
    widest: given(row.widest),
    leastAfterMs: 1000 * given(row.leastAfterS),
  }));
  const { validFrom, validUntil } = config;
  return readEnvelope(
    { id: config.id, name, twin, validFrom, validUntil, targets, projections },
    `envelope ${name}`,
  );
}

function sharedOf(config: EnvelopeConfig, rows: readonly EnvelopeRow[]) {
  const setpoints = new Map(rows.map((row) => [(row.target ?? "").trim(), row.setpoint]));
  const nodeOf = (text: string | undefined) => setpoints.get((text ?? "").trim()) ?? text;
  return {
    permittedStates: numbersOf(config.permittedStates, DEFAULT_TARGET.permittedStates),
    safety: safetyOf(config),
    maxInputAgeMs: unlessEmpty(config.maxInputAgeMs),
    maxStateAgeMs: unlessEmpty(config.maxStateAgeMs),
    budgetPerShift: unlessEmpty(config.budgetPerShift),
    ttlMs: unlessEmpty(config.ttlMs),
    interlocks: (config.interlocks ?? []).map(({ label, nodeId, minus, min, max, update, maxAgeMs }) => ({
      label,
      nodeId: nodeOf(nodeId),
      minus: minus === "" ? undefined : nodeOf(minus),
      min: unlessEmpty(min),
      max: unlessEmpty(max),
      update: update || undefined,
      maxAgeMs: unlessEmpty(maxAgeMs),
    })),
  };
}

/** A stop without an operational mode would otherwise be dropped unseen: it is asked for by name. */
function safetyOf({ safetyMode, permittedModes, emergencyStop, protectiveStop }: EnvelopeConfig) {
  if (!safetyMode && !emergencyStop && !protectiveStop) return undefined;
  return {
    nodeId: safetyMode,
    permitted: numbersOf(permittedModes, DEFAULT_TARGET.permittedModes),
    emergencyStop,
    protectiveStop,
  };
}

function effectOf({ effect, effectDirection, effectLeast, effectWithinS }: EnvelopeRow) {
  if (!effect) return undefined;
  return {
    nodeId: effect,
    direction: effectDirection || undefined,
    leastChange: given(effectLeast),
    withinMs: 1000 * given(effectWithinS),
  };
}

const listOf = (text: string | undefined): string[] => (text ?? "").split(/[\s,]+/).filter(Boolean);

function numbersOf(text: string | undefined, absent: readonly number[]): readonly number[] {
  const numbers = listOf(text).map(Number);
  return numbers.length === 0 ? absent : numbers;
}

/** An empty field is missing, not 0. */
const given = (thing: Field | undefined): number => unlessEmpty(thing) ?? Number.NaN;

const unlessEmpty = (thing: Field | undefined): number | undefined =>
  thing === undefined || thing === "" ? undefined : Number(thing);

function wholeAddress(target: string, twin: string): string {
  const trimmed = target.trim();
  return trimmed === "" || isWithin(trimmed, twin) ? trimmed : `${twin}/${trimmed}`;
}
