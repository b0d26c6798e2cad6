import { RungError } from "../../core/errors.ts";

/**
 * One row of an OEE table: where a machine tells what. Paths stand below the twin; `*` is one segment, the machine's
 * name, so that one row serves all machines that are told alike.
 */
export interface OeeRow {
  /** Its state: `st*` + `/state`. */
  readonly state: string;
  /** Values of the state in which it produces, by comma; 6 (PackML Execute) where empty. */
  readonly running?: string;
  /** True while production is planned; always where empty. */
  readonly planned?: string;
  /** Counter of what was made. */
  readonly made: string;
  /** Counter of what was good, or `path=code`: each sample is one item, good where its value is the code. */
  readonly good: string;
  /** Planned run time per item: seconds, or the path of a property in seconds. */
  readonly ideal: string;
  /** What the machine is called where the row has no `*`. */
  readonly label?: string;
}

/** A row that was read, for one machine. */
export interface OeeMachine {
  readonly name: string;
  readonly state: string;
  readonly running: ReadonlySet<number>;
  readonly planned: string | undefined;
  readonly made: string;
  readonly good: { readonly path: string; readonly code: number | undefined };
  readonly ideal: { readonly path: string } | { readonly seconds: number };
}

const EXECUTE = "6";
const NEEDED = ["state", "made", "good", "ideal"] as const;

/**
 * Checks the rows of an OEE table.
 * @param where the node, for messages
 * @throws RungError `bad-oee-row`
 */
export function readOeeRows(rows: unknown, where: string): OeeRow[] {
  const fail = (i: number, what: string, advice: string): never => {
    throw new RungError({ code: "bad-oee-row", where: `${where}, machine ${i + 1}`, what, advice });
  };
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new RungError({
      code: "bad-oee-row",
      where,
      what: "names no machine",
      advice: "add a row that says where a machine tells its state and counts",
    });
  }
  return rows.map((row: Partial<Record<keyof OeeRow, unknown>>, i) => {
    if (typeof row !== "object" || row === null) fail(i, "is no row", "write {state, made, good, ideal}");
    for (const [key, value] of Object.entries(row))
      if (typeof value !== "string") fail(i, `${key} is no text`, "write a path below the twin");
    const text = row as Partial<Record<keyof OeeRow, string>>;
    for (const key of NEEDED)
      if (!text[key]?.trim()) fail(i, `${key} is missing`, "write a path below the twin");
    for (const key of ["state", "made", "good", "ideal", "planned"] as const)
      if ((text[key] ?? "").split("*").length > 2)
        fail(i, `${key} has more than one *`, "name the machine once");
    if (
      !text.state!.includes("*") &&
      ["made", "good", "ideal", "planned"].some((key) => text[key as "made"]?.includes("*"))
    )
      fail(i, "the state names no machine", "write the * into the path of the state as well");
    for (const code of (text.running || EXECUTE).split(","))
      if (code.trim() === "" || !Number.isFinite(Number(code)))
        fail(i, `${JSON.stringify(code)} is no state`, "write numbers by comma, such as 6");
    const [, code] = text.good!.split("=");
    if (code !== undefined && (code.trim() === "" || !Number.isFinite(Number(code))))
      fail(i, `${JSON.stringify(code)} is no code`, "write path=0");
    const seconds = Number(text.ideal);
    if (Number.isFinite(seconds) && !(seconds > 0))
      fail(i, `the planned run time must be above 0 s, got ${text.ideal}`, "write seconds per item");
    return text as OeeRow;
  });
}

/**
 * The machines that a row means among the paths a twin has.
 * @param paths of the twin's properties
 */
export function machinesOf(row: OeeRow, paths: readonly string[]): OeeMachine[] {
  return namesOf(row, paths).map(({ star, name }) => {
    const at = (path: string): string => path.trim().replace("*", star);
    const [good, code] = row.good.split("=");
    const seconds = Number(row.ideal);
    return {
      name,
      state: at(row.state),
      running: new Set((row.running || EXECUTE).split(",").map(Number)),
      planned: row.planned?.trim() ? at(row.planned) : undefined,
      made: at(row.made),
      good: { path: at(good!), code: code === undefined ? undefined : Number(code) },
      ideal: Number.isFinite(seconds) ? { seconds } : { path: at(row.ideal) },
    };
  });
}

/** What stands for the `*` of the state's path, and the segment it stands in. */
function namesOf({ state, label }: OeeRow, paths: readonly string[]): { star: string; name: string }[] {
  const [before, after] = state.trim().split("*");
  if (after === undefined) return [{ star: "", name: label?.trim() || state.split("/")[0]! }];
  return paths.flatMap((path) => {
    if (!path.startsWith(before!) || !path.endsWith(after) || path.length <= before!.length + after.length)
      return [];
    const star = path.slice(before!.length, path.length - after.length);
    if (star.includes("/")) return [];
    return [{ star, name: before!.slice(before!.lastIndexOf("/") + 1) + star + after.split("/")[0]! }];
  });
}
