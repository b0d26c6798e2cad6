export type PropertyKind = "measurement" | "setpoint" | "command" | "estimate" | "parameter";

/** `number`, `boolean`, `integer` and `enum` travel in a frame's value column, the rest in `other`. */
export type PropertyType =
  | "number"
  | "integer"
  | "boolean"
  | "enum"
  | "string"
  | "time"
  | "structure"
  | "waveform";

/** How often a sample is due. `onChange` properties live by the sign of life of their channel. */
export type Update = { readonly mode: "cyclic"; readonly periodMs: number } | { readonly mode: "onChange" };

export interface Limits {
  readonly low?: number;
  readonly high?: number;
  /** The band an operator calls normal; it lies inside low and high. */
  readonly normalLow?: number;
  readonly normalHigh?: number;
}

export interface Property {
  /** ISA-95 path: `acme/leipzig/paint/oven1/zone3/airTemperature`. */
  readonly address: string;
  readonly kind: PropertyKind;
  readonly type: PropertyType;
  /** Engineering unit as in core/unit.ts. Undeclared is not dimensionless: it fits only a port that takes any unit. */
  readonly unit?: string;
  readonly update: Update;
  readonly limits?: Limits;
  /** What an operator calls it: "Zone 3 air". */
  readonly label?: string;
  /** Names of an enum's codes where the plant gives them: `{"3": "Starting"}`. */
  readonly codeNames?: Readonly<Record<string, string>>;
  /** Addresses whose change moves this measurement: the evidence that a write reached the plant. */
  readonly affectedBy?: readonly string[];
}

/** Types whose sample fits a Float64. */
export function isScalar(type: PropertyType): boolean {
  return type === "number" || type === "integer" || type === "boolean" || type === "enum";
}
