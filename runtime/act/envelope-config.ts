import { isWithin } from "../core/address.ts";
import { DEFAULT_TARGET, type Envelope, readEnvelope } from "./envelope.ts";

/** A row of the envelope node's table, as the form saves it: numbers may be texts. */
export interface EnvelopeRow {
  /** Address of the setpoint, whole or below the twin. */
  readonly target: string;
  readonly setpoint: string;
  readonly request: string;
  readonly local: string;
  /** Node ids separated by blanks or commas. */
  readonly inputs: string;
  readonly unit: string;
  readonly min: number | string;
  readonly max: number | string;
  readonly maxStep: number | string;
  readonly ratePerMinute: number | string;
  readonly deadband: number | string;
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
  readonly maxInputAgeMs?: number | string;
  readonly budgetPerShift?: number | string;
  readonly ttlMs?: number | string;
  readonly interlocks?: readonly {
    readonly label: string;
    readonly nodeId: string;
    readonly min?: number | string;
    readonly max?: number | string;
  }[];
}

/** The envelope a configuration describes. @throws RungError `bad-envelope` naming every problem */
export function envelopeFromConfig(config: EnvelopeConfig, twin: string): Envelope {
  const orDefault = (thing: number | string | undefined, fallback: number) =>
    thing === undefined || thing === "" ? fallback : Number(thing);
  const permittedStates = (config.permittedStates ?? "").split(/[\s,]+/).filter(Boolean);
  const shared = {
    permittedStates:
      permittedStates.length === 0 ? DEFAULT_TARGET.permittedStates : permittedStates.map(Number),
    maxInputAgeMs: orDefault(config.maxInputAgeMs, DEFAULT_TARGET.maxInputAgeMs),
    budgetPerShift: orDefault(config.budgetPerShift, DEFAULT_TARGET.budgetPerShift),
    ttlMs: orDefault(config.ttlMs, DEFAULT_TARGET.ttlMs),
    interlocks: (config.interlocks ?? []).map(({ label, nodeId, min, max }) => ({
      label,
      nodeId,
      ...(min === undefined || min === "" ? {} : { min: Number(min) }),
      ...(max === undefined || max === "" ? {} : { max: Number(max) }),
    })),
  };
  const targets = (config.targets ?? []).map((row) => ({
    ...shared,
    address: wholeAddress(row.target ?? "", twin),
    nodeIds: {
      setpoint: row.setpoint,
      request: row.request,
      local: row.local,
      state: config.state,
      inputs: (row.inputs ?? "").split(/[\s,]+/).filter(Boolean),
    },
    unit: row.unit,
    min: given(row.min),
    max: given(row.max),
    maxStep: given(row.maxStep),
    ratePerMinute: given(row.ratePerMinute),
    deadband: orDefault(row.deadband, 0),
  }));
  const name = config.name || twin;
  return readEnvelope({ id: config.id, name, twin, targets }, `envelope ${name}`);
}

/** An empty field is missing, not 0. */
const given = (thing: number | string | undefined): number =>
  thing === undefined || thing === "" ? Number.NaN : Number(thing);

function wholeAddress(target: string, twin: string): string {
  const trimmed = target.trim();
  return trimmed === "" || isWithin(trimmed, twin) ? trimmed : `${twin}/${trimmed}`;
}
