import { RungError } from "../../core/errors.ts";
import { converter, isUnit, sameDimension } from "../../core/unit.ts";
import { machinesLike } from "../states/state-table.ts";

/** One row of an energy table. The path stands below the twin; a `*` in it is one segment, so that a row serves all stations. */
export interface EnergyRow {
  /** A power (kW), an energy counter (kWh), or with `kwhPer` a flow or a meter of fuel. */
  readonly path: string;
  /** What is bought: `electricity`, `gas`. */
  readonly carrier: string;
  /** Energy of one unit, such as kWh per Nm³ by the gas bill; empty for kW and kWh. */
  readonly kwhPer?: string;
  /** Price of one kWh, in the currency of the node. */
  readonly price?: string;
  /** kg of CO2 per kWh, by the supplier's declaration or the inventory that is reported. */
  readonly co2?: string;
}

/** A meter that a row means. */
export interface EnergyMeter {
  /** `st07/power` */
  readonly path: string;
  readonly carrier: string;
  readonly kwhPer: number | undefined;
  readonly price: number | undefined;
  readonly co2KgPerKwh: number | undefined;
}

/** How a meter's values become energy. */
export interface MeterReading {
  /** `power`: the value is a rate, kW after `factor`; `counter`: its difference is energy, kWh after `factor`. */
  readonly kind: "power" | "counter";
  readonly factor: number;
}

const NUMBERS = ["kwhPer", "price", "co2"] as const;

/**
 * Checks the rows of an energy table.
 * @param where the node, for messages
 * @throws RungError `bad-energy-row`
 */
export function readEnergyRows(rows: unknown, where: string): EnergyRow[] {
  const fail = (at: string, what: string, advice: string): never => {
    throw new RungError({ code: "bad-energy-row", where: at, what, advice });
  };
  if (!Array.isArray(rows) || rows.length === 0)
    fail(where, "names no meter", "add a row with the path of a power or of an energy counter");
  return (rows as unknown[]).map((given, i) => {
    const at = `${where}, meter ${i + 1}`;
    if (typeof given !== "object" || given === null) fail(at, "is no row", "write {path, carrier}");
    const row = given as Partial<Record<keyof EnergyRow, unknown>>;
    for (const key of ["path", "carrier"] as const)
      if (typeof row[key] !== "string" || row[key].trim() === "")
        fail(
          at,
          `${key} is missing`,
          key === "path" ? "write a path below the twin" : "write electricity or gas",
        );
    if (String(row.path).split("*").length > 2)
      fail(at, "the path has more than one *", "name the station once");
    for (const key of NUMBERS) {
      const value = row[key];
      if (value !== undefined && value !== "" && !(Number(value) >= 0 && Number.isFinite(Number(value))))
        fail(
          at,
          `${key} must be a number from 0 up, got ${JSON.stringify(value)}`,
          "correct it, or leave it empty",
        );
    }
    return row as EnergyRow;
  });
}

/** The meters that rows mean among the paths a twin has; each path once, by the first row that names it. */
export function metersOf(rows: readonly EnergyRow[], paths: readonly string[]): EnergyMeter[] {
  const found = new Map<string, EnergyMeter>();
  const numberOf = (text: string | undefined) =>
    text === undefined || text === "" ? undefined : Number(text);
  for (const row of rows)
    for (const { path } of machinesLike(row.path, paths)) {
      if (found.has(path)) continue;
      found.set(path, {
        path,
        carrier: row.carrier.trim(),
        kwhPer: numberOf(row.kwhPer),
        price: numberOf(row.price),
        co2KgPerKwh: numberOf(row.co2),
      });
    }
  return [...found.values()];
}

/** How to read a meter by its unit; a sentence why it cannot be read. */
export function readingOf({ kwhPer }: EnergyMeter, unit: string | undefined): MeterReading | string {
  if (unit === undefined || !isUnit(unit)) return `its unit ${unit ?? "is not declared"}`.trim();
  if (sameDimension(unit, "kW")) return { kind: "power", factor: converter(unit, "kW")(1) };
  if (sameDimension(unit, "kWh")) return { kind: "counter", factor: converter(unit, "kWh")(1) };
  if (kwhPer === undefined) return `its unit ${unit} is neither power nor energy: say how many kWh one is`;
  const [amount, per] = unit.split("/");
  if (per === undefined) return { kind: "counter", factor: kwhPer };
  if (per === "h" && amount !== undefined) return { kind: "power", factor: kwhPer };
  return `its unit ${unit} is no amount per hour`;
}
