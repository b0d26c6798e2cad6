/** One shop of the widget's configuration; every field but the twin may be empty. */
export interface ShopRow {
  /** Address of the shop's twin. */
  readonly twin: string;
  readonly label?: string;
  /** Path of its page on the dashboard. */
  readonly page?: string;
  /** Target of its OEE, %. */
  readonly oee?: string;
  /** Values below the twin, by comma; `takt/actual > takt/target` is one with its target. */
  readonly values?: string;
}

export interface ShownValue {
  readonly path: string;
  readonly target: string | undefined;
}

/** The rows of a configuration. @throws SyntaxError for text that is no JSON */
export function shopRowsOf(text: string): ShopRow[] {
  const rows: unknown = JSON.parse(text || "[]");
  return Array.isArray(rows) ? rows.filter((row): row is ShopRow => typeof row?.twin === "string") : [];
}

/** `a > b, c` as paths with their targets. */
export const valuesOf = (text = ""): ShownValue[] =>
  text
    .split(",")
    .map((part) => part.split(">").map((path) => path.trim()))
    .filter(([path]) => path !== "")
    .map(([path, target]) => ({ path: path!, target: target || undefined }));
