import { RungError } from "../../core/errors.ts";

/** How single rows are judged: by a plane, by one that follows the plant, or by the nearest normal rows. */
export type RowModel =
  /** @param explained share of the variance that the components must explain */
  | { readonly method: "pca"; readonly explained?: number; readonly adapt?: boolean }
  /** @param width rows that are judged as one pattern */
  | { readonly method: "knn"; readonly neighbours?: number; readonly width?: number };

/** A choice of method as a form or a command line gives it; what is empty is by default. */
export interface GivenMethod {
  readonly method?: unknown;
  /** pca: percent of the variance that the components explain. */
  readonly explained?: unknown;
  /** pca: normal follows a plant that changes slowly. */
  readonly adapt?: unknown;
  /** knn: nearest normal patterns that the distance is the mean of. */
  readonly neighbours?: unknown;
  /** knn: rows in a pattern. */
  readonly width?: unknown;
}

/** @throws RungError `bad-option` naming the field */
export function readRowModel(method: RowModel["method"], given: GivenMethod, where: string): RowModel {
  const number = (name: keyof GivenMethod, low: number, high: number, whole: boolean): number | undefined => {
    const text = given[name];
    if (text === undefined || text === "") return undefined;
    const value = Number(text);
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
    throw new RungError({
      code: "bad-option",
      where,
      what: `${name} must be ${whole ? "a whole number " : ""}in ${low} to ${high}, got ${JSON.stringify(text)}`,
      advice: "leave it empty for the default",
    });
  };
  if (method === "pca") {
    const explained = number("explained", 1, 100, false);
    return {
      method,
      ...(explained === undefined ? {} : { explained: explained / 100 }),
      adapt: given.adapt === true,
    };
  }
  const neighbours = number("neighbours", 1, 100, true);
  const width = number("width", 1, 1000, true);
  return {
    method,
    ...(neighbours === undefined ? {} : { neighbours }),
    ...(width === undefined ? {} : { width }),
  };
}
