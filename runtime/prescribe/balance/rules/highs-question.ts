import highsModule from "highs";

// Its types describe the CommonJS file, where the loader is a property; the module that Node loads exports it as default.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Loaded at the first question; each question has a solver of its own in it. */
let highsLoading: ReturnType<typeof loadHighs> | undefined;

/** A question to HiGHS: whether whole numbers exist that keep every row. */
export interface FeasibilityModel {
  /** Rows such as `x1 + 2 x2 <= 3`. */
  readonly rows: readonly string[];
  /** Variables that are 0 or 1. */
  readonly binaries: readonly string[];
  /** Whole numbers from 0, with the largest that each may take. */
  readonly counts: readonly { readonly name: string; readonly most: number }[];
}

export interface FeasibilityLimit {
  readonly timeS?: number;
  readonly nodes?: number;
}

/** Values by variable; "none" where it is proved that there are none; undefined where it was not decided. */
export type Feasibility = ReadonlyMap<string, number> | "none" | undefined;

/**
 * Asks HiGHS, which does not give way before it has an answer or its limit is met: call it in a thread. The seed is fixed,
 * so that an answer within a limit of nodes is the same at every run.
 */
export async function feasible(model: FeasibilityModel, limit: FeasibilityLimit = {}): Promise<Feasibility> {
  highsLoading ??= loadHighs();
  const highs = await highsLoading;
  const { Status: status, Columns: columns } = highs.solve(lpText(model), {
    output_flag: false,
    random_seed: 1,
    ...(limit.timeS === undefined ? {} : { time_limit: limit.timeS }),
    ...(limit.nodes === undefined ? {} : { mip_max_nodes: Math.max(1, Math.floor(limit.nodes)) }),
  });
  if (status === "Infeasible") return "none";
  if (status !== "Optimal") return undefined;
  return new Map(
    Object.entries(columns).map(([name, column]) => [
      name,
      Math.round("Primal" in column ? column.Primal! : 0),
    ]),
  );
}

/** The model in the LP format, one term a line as lines may not be long. */
function lpText({ rows, binaries, counts }: FeasibilityModel): string {
  const all = [...binaries, ...counts.map(({ name }) => name)];
  return [
    "Minimize",
    ` obj: 0 ${all[0]}`,
    "Subject To",
    ...rows.map((row, i) => ` c${i}: ${row.replace(/ (?=[+-] )/g, "\n   ")}`),
    "Bounds",
    ...counts.map(({ name, most }) => ` 0 <= ${name} <= ${most}`),
    ...(counts.length === 0 ? [] : ["General", ...counts.map(({ name }) => ` ${name}`)]),
    "Binary",
    ...binaries.map((name) => ` ${name}`),
    "End",
  ].join("\n");
}
