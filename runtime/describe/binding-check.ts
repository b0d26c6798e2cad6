import { messageOf, RungError } from "../core/errors.ts";
import { isUnit, unitSymbol } from "../core/unit.ts";
import { addressOf, type BindingRow, readBinding } from "./binding-table.ts";

/**
 * What is wrong with each row of a table, by its index: what `readBinding` refuses, a unit other than the server's,
 * and for every row of an address that is bound more than once, the other rows of it. Runs in browsers too.
 * @param unitAtServer the unit the server says a tag has, where it is known
 */
export function problemsOf(
  rows: readonly BindingRow[],
  twin: string,
  unitAtServer: (nodeId: string) => string | undefined = () => undefined,
): Map<number, RungError> {
  const problems = new Map<number, RungError>();
  const rowsOf = Map.groupBy(rows.keys(), (index) => addressOf(twin, rows[index]!.path ?? ""));
  for (const [address, indexes] of rowsOf) {
    if (indexes.length < 2) continue;
    for (const index of indexes) problems.set(index, boundTwice(address, rows, indexes, index));
  }
  for (const [index, row] of rows.entries()) {
    try {
      readBinding(row, twin, `row ${index + 1}`);
      const differs = unitDiffers(row, unitAtServer(row.nodeId));
      if (differs !== undefined && !problems.has(index)) problems.set(index, differs);
    } catch (thrown) {
      // A row that is wrong by itself says that first: two rows without an address do not share one.
      problems.set(index, thrown instanceof RungError ? thrown : unexpected(index, thrown));
    }
  }
  return problems;
}

/** Where the table says another unit of the value at the plant than the server does. */
export function unitDiffers(row: BindingRow, unitAtServer: string | undefined): RungError | undefined {
  const declared = row.plantUnit || row.unit;
  if (!declared || unitAtServer === undefined || !isUnit(declared) || !isUnit(unitAtServer)) return undefined;
  if (unitSymbol(declared) === unitSymbol(unitAtServer)) return undefined;
  return new RungError({
    code: "unit-differs",
    where: row.nodeId,
    what: `the server says ${unitAtServer}, the table ${unitSymbol(declared)}`,
    advice: "correct the unit at the plant",
  });
}

function boundTwice(
  address: string,
  rows: readonly BindingRow[],
  indexes: readonly number[],
  index: number,
): RungError {
  const others = indexes.filter((other) => other !== index);
  const first = others[0]!;
  const more = others.length > 1 ? ` and ${others.length - 1} more` : "";
  return new RungError({
    code: "duplicate-address",
    where: address,
    what: `is bound in row ${first + 1} too, to ${rows[first]!.nodeId}${more}`,
    advice: "bind each address once",
  });
}

const unexpected = (index: number, thrown: unknown): RungError =>
  new RungError({ code: "malformed-binding", where: `row ${index + 1}`, what: messageOf(thrown) });
