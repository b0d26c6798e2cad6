import { RungError } from "../../core/errors.ts";
import type { LifeRecord, LifeRecords } from "./life-record.ts";

/** Columns of the C-MAPSS files behind unit and cycle (Saxena, Goebel, Simon, Eklund 2008, table 2). */
export const CMAPSS_NAMES: readonly string[] = [
  ...["setting1", "setting2", "setting3", "T2", "T24", "T30", "T50", "P2", "P15", "P30", "Nf", "Nc"],
  ...["epr", "Ps30", "phi", "NRf", "NRc", "BPR", "farB", "htBleed", "Nf_dmd", "PCNfR_dmd", "W31", "W32"],
];

/**
 * Reads records of units: one line per cycle, numbers divided by blanks, commas or semicolons: unit, cycle, then the
 * signals. A first line of names gives the signals other names and another number than those of C-MAPSS; `nan` is a
 * value that is missing.
 * @param where the file, for errors
 * @throws RungError `life-records`, naming the line
 */
export function readLifeRecords(text: string, where: string): LifeRecords {
  const lines = text.split(/\r?\n/);
  const refuse = (line: number, what: string, advice = ""): never => {
    throw new RungError({ code: "life-records", where: `${where}, line ${line + 1}`, what, advice });
  };
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first < 0) refuse(0, "the file is empty", "give one line per cycle: unit, cycle, signals");
  const header = namesOf(lines[first]!);
  const names = header ?? CMAPSS_NAMES;
  if (header !== undefined) {
    if (names.length === 0) refuse(first, "names no signal", "write unit, cycle, then the signals");
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) refuse(first, `names ${twice} twice`);
  }
  const gathered = new Map<number, { cycles: number[]; values: number[] }>();
  let unit = Number.NaN;
  let own = { cycles: [] as number[], values: [] as number[] };
  for (let l = header === undefined ? first : first + 1; l < lines.length; l++) {
    const fields = fieldsOf(lines[l]!);
    if (fields.length === 0) continue;
    if (fields.length !== names.length + 2)
      refuse(
        l,
        `has ${fields.length} columns, expected ${names.length + 2}`,
        "unit, cycle, then the signals",
      );
    const of = numberOf(fields[0]!);
    const cycle = numberOf(fields[1]!);
    if (!(Number.isSafeInteger(of) && of >= 0))
      refuse(l, `the unit must be a whole number, got ${fields[0]}`);
    if (!(Number.isSafeInteger(cycle) && cycle >= 0))
      refuse(l, `the cycle must be a whole number >= 0, got ${fields[1]}`);
    if (of !== unit) {
      if (gathered.has(of))
        refuse(l, `unit ${of} comes again after another one`, "keep a unit's lines together");
      unit = of;
      own = { cycles: [], values: [] };
      gathered.set(of, own);
    }
    const before = own.cycles.at(-1);
    if (before !== undefined && cycle <= before)
      refuse(l, `cycle ${cycle} of unit ${of} follows its cycle ${before}`, "sort each unit by cycle");
    own.cycles.push(cycle);
    for (let j = 2; j < fields.length; j++) {
      const isMissing = /^nan$/i.test(fields[j]!);
      const value = numberOf(fields[j]!);
      if (!isMissing && !Number.isFinite(value))
        refuse(
          l,
          `${names[j - 2]} must be a number, got ${fields[j] || "nothing"}`,
          "write nan where a value is missing",
        );
      own.values.push(value);
    }
  }
  if (gathered.size === 0) refuse(first, "the file has no line of numbers");
  const units = Array.from(
    gathered,
    ([number, { cycles, values }]): LifeRecord => ({
      unit: number,
      cycles: Float64Array.from(cycles),
      values: Float64Array.from(values),
    }),
  );
  return { names, units };
}

/** NaN for a field with nothing in it, too, which would count as 0. */
const numberOf = (field: string): number => (field === "" ? Number.NaN : Number(field));

const fieldsOf = (line: string): string[] =>
  line
    .trim()
    .split(/\s*[,;]\s*|\s+/)
    .filter((field, i, all) => field !== "" || i < all.length - 1);

/** The names of the signals where the line is one of names. */
function namesOf(line: string): string[] | undefined {
  const fields = fieldsOf(line);
  return /^unit$/i.test(fields[0]!) && /^cycle$/i.test(fields[1] ?? "") ? fields.slice(2) : undefined;
}
