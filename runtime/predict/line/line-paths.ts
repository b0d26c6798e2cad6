import { RungError } from "../../core/errors.ts";

/**
 * Where a twin's properties tell how a line stands: paths below the twin, in which `{block}` is the id of a block of the
 * model.
 */
export interface LinePaths {
  /** Of a station: its PackML state by number. */
  readonly state: string;
  /** True while its part finds no room behind it. */
  readonly blocked: string;
  /** Number of the part that it has; 0: none. */
  readonly part: string;
  /** Kind of that part, as the model names it. */
  readonly kind: string;
  /** Of a buffer: parts in it. */
  readonly fill: string;
  /** Good parts that left the line; it never falls. What is foretold and scored. */
  readonly made: string;
  /** Good parts of this shift, and those that its plan asks for. */
  readonly shiftMade: string;
  readonly shiftPlan: string;
  /** Planned operating time until the shift ends, s. */
  readonly workLeft: string;
  /** False in a break, in which everything rests. */
  readonly planned: string;
  /** Operators who are at the line, and those who should be. */
  readonly present: string;
  readonly staff: string;
}

export const DEFAULT_LINE_PATHS: LinePaths = {
  state: "{block}/state",
  blocked: "{block}/blocked",
  part: "{block}/body",
  kind: "{block}/variant",
  fill: "{block}/fill",
  made: "bodies/good",
  shiftMade: "shift/good",
  shiftPlan: "shift/plan",
  workLeft: "shift/workLeft",
  planned: "shift/planned",
  present: "operators/present",
  staff: "operators/planned",
};

/**
 * Paths of a form: what it leaves out is as at the virtual plant.
 * @throws RungError `line-paths`
 */
export function linePaths(given: unknown, where: string): LinePaths {
  const refuse = (what: string): never => {
    const advice = `known are ${Object.keys(DEFAULT_LINE_PATHS).join(", ")}`;
    throw new RungError({ code: "line-paths", where, what, advice });
  };
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return refuse("the paths must be a mapping");
  for (const [key, path] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LINE_PATHS, key)) refuse(`${key} is no property of a line`);
    if (typeof path !== "string" || path === "") refuse(`the path of ${key} must be a text`);
  }
  return { ...DEFAULT_LINE_PATHS, ...(given as Partial<LinePaths>) };
}
