/** The energy series that forecasts are judged on: electricity of a steel plant, day-ahead prices with published forecasts. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ENERGY = join(import.meta.dirname, "../../../shared/data/energy");
export const hasEnergy = (folder = ENERGY): boolean => existsSync(join(folder, "steel", "steel.csv"));

export interface EnergySeries {
  readonly name: string;
  readonly unit: string;
  readonly stepUs: number;
  readonly endUs: Float64Array;
  readonly values: Float64Array;
  /** Published forecasts of the same steps, by name. */
  readonly published: Readonly<Record<string, Float64Array>>;
}

const rowsOf = (path: string): { head: string[]; rows: string[][] } => {
  const [head, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  return { head: head!.split(","), rows: lines.map((line) => line.split(",")) };
};

/** UCI 851, January to August 2018: kWh of each quarter of an hour. The row stamped 00:00 closes its day. */
export function steel(folder = ENERGY): EnergySeries {
  const { rows } = rowsOf(join(folder, "steel", "steel.csv"));
  const stepUs = 900e6;
  const endUs = Float64Array.from(rows, ([date]) => {
    const [, day, month, year, hour, minute] = /^(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d)$/
      .exec(date!)!
      .map(Number);
    const midnight = hour === 0 && minute === 0 ? 86_400_000 : 0;
    return (Date.UTC(year!, month! - 1, day, hour, minute) + midnight) * 1000;
  });
  return {
    name: "steel plant, kWh per 15 min",
    unit: "kWh",
    stepUs,
    endUs,
    values: Float64Array.from(rows, (row) => Number(row[1])),
    published: {},
  };
}

/** Hours of `DE` or `NP` with the forecasts of the open-access benchmark (Lago et al. 2021). */
export function prices(market: "DE" | "NP", folder = ENERGY): EnergySeries {
  const { head, rows } = rowsOf(join(folder, "prices", `${market}.csv`));
  const stepUs = 3600e6;
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[head.indexOf(name)]));
  return {
    name: `${market} day-ahead price, EUR/MWh`,
    unit: "EUR/MWh",
    stepUs,
    endUs: Float64Array.from(rows, (row) => Date.parse(`${row[0]!.replace(" ", "T")}Z`) * 1000 + stepUs),
    values: column("price"),
    published: Object.fromEntries(head.slice(2).map((name) => [name, column(name)])),
  };
}
