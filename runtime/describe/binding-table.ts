import { isAddress } from "../core/address.ts";
import { RungError } from "../core/errors.ts";
import type { Limits, Property, PropertyKind, PropertyType, Update } from "../core/property.ts";
import { converter, isUnit, unitSymbol } from "../core/unit.ts";

/** One row of a source's table as it is saved in a flow: what the plant calls a value, and what the twin does. */
export interface BindingRow {
  /** OPC UA node id (`ns=1;s=Oven1.Zone3.AirTemp`) or MQTT topic. */
  readonly nodeId: string;
  /** Below the twin's address, `zone3/airTemperature`, or a whole address beginning with `/`. */
  readonly path: string;
  /** Unit of the property; empty is undeclared. */
  readonly unit?: string;
  /** Unit of the value at the plant where it differs. */
  readonly plantUnit?: string;
  readonly kind?: PropertyKind;
  readonly type?: PropertyType;
  /** Plant time between two samples; 0 or nothing = on change. */
  readonly periodMs?: number;
  readonly label?: string;
  readonly affectedBy?: readonly string[];
  readonly limits?: Limits;
}

/** A checked row: where a plant value comes from, the property it becomes, and how it is told in the twin's unit. */
export interface Binding {
  readonly tag: string;
  readonly property: Property;
  readonly toProperty: (value: number) => number;
}

export const KINDS: readonly PropertyKind[] = ["measurement", "setpoint", "command", "estimate", "parameter"];
export const TYPES: readonly PropertyType[] = [
  "number",
  "integer",
  "boolean",
  "enum",
  "string",
  "time",
  "structure",
  "waveform",
];

/** The whole address of a row: absolute where the path begins with `/`, else below the twin. */
export function addressOf(twin: string, path: string): string {
  return path.startsWith("/") ? path.slice(1) : twin === "" ? path : `${twin}/${path}`;
}

/**
 * Checks the rows of a source's table.
 * @param twin address of the twin that relative paths stand below
 * @returns the rows that are right, and an error for each one that is not: `malformed-binding`, `unknown-unit`,
 * `unit-mismatch`, `duplicate-address`
 */
export function readBindings(
  rows: readonly BindingRow[],
  twin: string,
): { readonly bindings: Binding[]; readonly problems: RungError[] } {
  const bindings: Binding[] = [];
  const problems: RungError[] = [];
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    try {
      const binding = readBinding(row, twin, `row ${index + 1}`);
      if (seen.has(binding.property.address)) {
        throw new RungError({
          code: "duplicate-address",
          where: binding.property.address,
          what: `is bound twice, the second time to ${row.nodeId}`,
          advice: "bind each address once",
        });
      }
      seen.add(binding.property.address);
      bindings.push(binding);
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      problems.push(thrown);
    }
  }
  return { bindings, problems };
}

/** One row checked by itself. @throws RungError as `readBindings` names them */
export function readBinding(row: BindingRow, twin: string, where: string): Binding {
  if (typeof row.nodeId !== "string" || row.nodeId.trim() === "") {
    throw malformed(where, "has no tag", "give the node id or topic of the value at the plant");
  }
  const address = addressOf(twin, row.path ?? "");
  if (!isAddress(address)) {
    throw malformed(
      `${where}, ${row.nodeId}`,
      `"${address}" is no address`,
      "write the property's path below the twin, such as zone3/airTemperature",
    );
  }
  const kind = row.kind || "measurement";
  if (!KINDS.includes(kind)) throw malformed(address, `"${kind}" is no kind`, `one of ${KINDS.join(", ")}`);
  const type = row.type || "number";
  if (!TYPES.includes(type)) throw malformed(address, `"${type}" is no type`, `one of ${TYPES.join(", ")}`);
  const periodMs = Number(row.periodMs ?? 0);
  if (!Number.isFinite(periodMs) || periodMs < 0) {
    throw malformed(
      address,
      `a period must be 0 or more milliseconds, got ${row.periodMs}`,
      "0 is on change",
    );
  }
  const unit = checkedUnit(row.unit, address);
  const plantUnit = checkedUnit(row.plantUnit, address);
  if (unit === undefined && plantUnit !== undefined) {
    throw malformed(
      address,
      `comes in ${plantUnit}, and the property declares no unit`,
      "declare the property's",
    );
  }
  const update: Update = periodMs > 0 ? { mode: "cyclic", periodMs } : { mode: "onChange" };
  const property: Property = {
    address,
    kind,
    type,
    update,
    ...(unit === undefined ? {} : { unit }),
    ...(row.limits === undefined ? {} : { limits: row.limits }),
    ...(row.label ? { label: row.label } : {}),
    ...(row.affectedBy?.length ? { affectedBy: row.affectedBy.map((path) => addressOf(twin, path)) } : {}),
  };
  const toProperty =
    unit === undefined || plantUnit === undefined || unit === plantUnit
      ? (value: number) => value
      : converter(plantUnit, unit, address);
  return { tag: row.nodeId.trim(), property, toProperty };
}

function checkedUnit(unit: string | undefined, address: string): string | undefined {
  if (unit === undefined || unit === "") return undefined;
  if (!isUnit(unit)) {
    throw new RungError({
      code: "unknown-unit",
      where: address,
      what: `"${unit}" is no unit Rung knows`,
      advice: "choose one of the list, or leave it empty",
    });
  }
  return unitSymbol(unit);
}

function malformed(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "malformed-binding", where, what, advice });
}
