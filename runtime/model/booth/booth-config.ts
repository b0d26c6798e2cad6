import { RungError } from "../../core/errors.ts";
import { airflowFaults } from "./airflow-fit.ts";
import {
  BOOTH_FIELDS,
  type BoothConfig,
  type BoothField,
  type BoothSection,
  isChoice,
} from "./booth-fields.ts";
import { outOfReach } from "./set-point-reach.ts";

type Raw = Record<string, unknown>;

/** Collects every fault of a configuration, so that one pass names them all. */
class Reader {
  readonly faults: RungError[] = [];

  fault(where: string, what: string, advice: string): void {
    this.faults.push(new RungError({ code: "booth-config", where, what, advice }));
  }

  object(value: unknown, where: string): Raw {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Raw;
    this.fault(where, `must be an object, got ${JSON.stringify(value)}`, "write it in braces");
    return {};
  }

  unknownKeys(raw: Raw, known: readonly string[], where: string): void {
    for (const key of Object.keys(raw)) {
      if (!known.includes(key))
        this.fault(`${where}/${key}`, "is not known", `known are ${known.join(", ")}`);
    }
  }

  value(field: BoothField, raw: Raw, key: string, where: string): number | string {
    const value = raw[key] ?? field.byDefault;
    const advice = `parameter ${key}`;
    if (isChoice(field)) {
      if (field.choices.includes(value as string)) return value as string;
      const known = field.choices.join(", ");
      this.fault(where, `${field.label} must be one of ${known}, got ${JSON.stringify(value)}`, advice);
      return field.byDefault;
    }
    const unit = field.unit === "1" ? "" : ` ${field.unit}`;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const told = unit === "" ? "" : ` in${unit}`;
      this.fault(where, `${field.label} must be a number${told}, got ${JSON.stringify(value)}`, advice);
      return field.byDefault;
    }
    const { above, least, most } = field;
    const refuse = (limit: string): void =>
      this.fault(where, `${field.label} must be ${limit}${unit}, got ${value}`, advice);
    if (above !== undefined && !(value > above)) refuse(`> ${above}`);
    else if (least !== undefined && !(value >= least)) refuse(`>= ${least}`);
    else if (most !== undefined && !(value <= most)) refuse(`<= ${most}`);
    return value;
  }
}

const SECTIONS = Object.keys(BOOTH_FIELDS) as BoothSection[];

/**
 * Checks a configuration as it stands in a file, a node or a message and fills the defaults.
 * @throws RungError `booth-config` that names every fault: where, what, which parameter
 */
export function boothConfig(input: unknown): BoothConfig {
  const read = new Reader();
  const raw = read.object(input, "booth");
  const name = typeof raw.name === "string" && raw.name !== "" ? raw.name : "booth";
  read.unknownKeys(raw, ["name", ...SECTIONS], name);
  const sections = SECTIONS.map((section) => {
    const fields: Readonly<Record<string, BoothField>> = BOOTH_FIELDS[section];
    const where = `${name}/${section}`;
    const given = read.object(raw[section] ?? {}, where);
    read.unknownKeys(given, Object.keys(fields), where);
    const values = Object.entries(fields).map(([key, field]) => [key, read.value(field, given, key, where)]);
    return [section, Object.fromEntries(values)];
  });
  const config = { name, ...Object.fromEntries(sections) } as BoothConfig;
  // What two fields say of each other is asked once each of them is in order.
  if (read.faults.length === 0) together(read, config);
  const [first, ...others] = read.faults;
  if (first === undefined) return config;
  if (others.length === 0) throw first;
  throw new RungError({
    code: "booth-config",
    where: name,
    what: `${read.faults.length} faults: ${read.faults.map((fault) => fault.message).join("; ")}`,
  });
}

/** A configuration with the fields of an overlay laid over it, section by section; checked anew. */
export function withOverlay(config: BoothConfig, overlay: object): BoothConfig {
  const laid: Raw = { ...config };
  for (const [key, value] of Object.entries(overlay)) {
    const under = laid[key];
    const isSection = typeof under === "object" && typeof value === "object" && value !== null;
    laid[key] = isSection && !Array.isArray(value) ? { ...under, ...value } : value;
  }
  return boothConfig(laid);
}

function together(read: Reader, config: BoothConfig): void {
  const { name, window } = config;
  const at = (section: BoothSection): string => `${name}/${section}`;
  const rising = (low: number, high: number, what: string, advice: string): void => {
    if (!(low < high)) read.fault(at("window"), `${what} must rise, got ${low} to ${high}`, advice);
  };
  rising(window.temperatureLowC, window.temperatureHighC, "temperature", "parameter temperatureHighC");
  rising(window.humidityLowPercent, window.humidityHighPercent, "humidity", "parameter humidityHighPercent");
  for (const { section, what, advice } of [...outOfReach(config), ...airflowFaults(config)])
    read.fault(at(section), what, advice);
}
