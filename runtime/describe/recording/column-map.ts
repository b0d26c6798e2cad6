import { segmentFromText } from "../../core/address.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import type { PropertyKind, PropertyType } from "../../core/property.ts";
import { type Binding, type BindingRow, readBindings } from "../binding-table.ts";
import { csvRows } from "./csv-rows.ts";

/** Columns of a map file. `column` and `address` are needed, the others may be missing. */
const MAP_COLUMNS = ["column", "address", "unit", "plantUnit", "type", "kind", "periodMs", "label"] as const;
type MapColumn = (typeof MAP_COLUMNS)[number];

/**
 * Reads a map file: a comma-separated CSV with a header of `column`, `address` and, where wanted, `unit`,
 * `plantUnit`, `type`, `kind`, `periodMs`, `label`. An address stands below the twin, or is whole where it begins
 * with `/`.
 * @throws RungError `no-file`, `bad-map` naming the column that is unknown or missing
 */
export async function readColumnMap(file: string): Promise<BindingRow[]> {
  let header: string[] | undefined;
  const rows: BindingRow[] = [];
  for await (const row of csvRows(file, ",")) {
    if (header === undefined) {
      header = row.map((name) => name.trim());
      const unknown = header.find((name) => !MAP_COLUMNS.includes(name as MapColumn));
      const missing = ["column", "address"].find((name) => !header!.includes(name));
      if (unknown !== undefined || missing !== undefined) {
        throw new RungError({
          code: "bad-map",
          where: file,
          what:
            unknown === undefined
              ? `has no column ${missing}`
              : `has the unknown column ${JSON.stringify(unknown)}`,
          advice: `its header may hold ${MAP_COLUMNS.join(", ")}`,
        });
      }
      continue;
    }
    const cell = (name: MapColumn): string => row[header!.indexOf(name)]?.trim() ?? "";
    rows.push({
      nodeId: cell("column"),
      path: cell("address"),
      unit: cell("unit"),
      plantUnit: cell("plantUnit"),
      ...(cell("type") === "" ? {} : { type: cell("type") as PropertyType }),
      ...(cell("kind") === "" ? {} : { kind: cell("kind") as PropertyKind }),
      ...(cell("periodMs") === "" ? {} : { periodMs: Number(cell("periodMs")) }),
      label: cell("label"),
    });
  }
  return rows;
}

/** A column of the recording and the property it becomes. */
export interface RecordedColumn extends Binding {
  /** Place in the row. */
  readonly at: number;
}

/**
 * Binds the columns of a header: those of the map, or, without one, every column but the time, each under its own
 * name with the type its first cells show.
 * @param guess type and period of a column without a map
 * @throws RungError `no-column` for a mapped column the file lacks; `bad-map` with every faulty row
 */
export function bindColumns(parts: {
  readonly file: string;
  readonly header: readonly string[];
  readonly timeColumn: string;
  readonly twin: string;
  readonly map: readonly BindingRow[] | undefined;
  readonly guess: (at: number) => { type: PropertyType; periodMs: number };
}): RecordedColumn[] {
  const { file, header, timeColumn, twin, map, guess } = parts;
  const rows: BindingRow[] =
    map === undefined
      ? header.flatMap((name, at) => {
          if (name === timeColumn) return [];
          return [{ nodeId: name, path: segmentOf(file, name, at), label: name, ...guess(at) }];
        })
      : map.map((row) => ({ ...row, periodMs: row.periodMs ?? guess(header.indexOf(row.nodeId)).periodMs }));
  const { bindings, problems } = readBindings(rows, twin);
  if (problems.length > 0) {
    throw new RungError({
      code: "bad-map",
      where: file,
      what: problems.map(messageOf).join("; "),
      advice: "nothing is read until every column is right",
    });
  }
  return bindings.map((binding) => ({ ...binding, at: columnIndex(file, header, binding.tag) }));
}

/** Place of a column. @throws RungError `no-column` */
export function columnIndex(file: string, header: readonly string[], name: string): number {
  const at = header.indexOf(name);
  if (at >= 0 && header.indexOf(name, at + 1) < 0) return at;
  throw new RungError({
    code: "no-column",
    where: file,
    what: at < 0 ? `has no column ${JSON.stringify(name)}` : `has the column ${JSON.stringify(name)} twice`,
    advice: `it has ${header.map((column) => JSON.stringify(column)).join(", ")}; is the separator right?`,
  });
}

function segmentOf(file: string, name: string, at: number): string {
  try {
    return segmentFromText(name);
  } catch (cause) {
    throw new RungError({
      code: "bad-map",
      where: file,
      what: `column ${at + 1} has no usable name: ${messageOf(cause)}`,
      advice: "give it a name, or a map file",
      cause,
    });
  }
}
