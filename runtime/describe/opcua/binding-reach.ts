import { messageOf, RungError } from "../../core/errors.ts";
import { type FieldPath, parseFieldPath } from "./field-path.ts";

/** The columns of a row that say what of an OPC UA node is read, as they are saved in a flow or a CSV file. */
export interface ReachRow {
  /** Its value, the events it notifies, or the outputs of a method. Empty = the value. */
  readonly reads?: "value" | "events" | "method" | "";
  /** Path to the part that is bound: `pose.x`, `[3]`. Empty = the whole. */
  readonly field?: string;
  /** Events below this severity, 1 to 1000, are not asked for. */
  readonly minSeverity?: number | string;
  /** The object that a method is called on. */
  readonly objectId?: string;
  /** Constant inputs of a method: a list, or its JSON. */
  readonly inputs?: readonly unknown[] | string;
  /** An engineer has said that the method only reads. */
  readonly onlyReads?: boolean | string;
}

/** Whether a row reads a whole value: of these a node has one, of parts, events and methods as many as are bound. */
export const readsWholeValue = ({ reads, field }: ReachRow): boolean =>
  (reads || "value") === "value" && !field;

/** What of a node is read, checked. */
export type Reach =
  | { readonly reads: "value"; readonly field?: FieldPath | undefined }
  | { readonly reads: "events"; readonly minSeverity: number; readonly field?: FieldPath | undefined }
  | {
      readonly reads: "method";
      readonly objectId: string;
      readonly inputs: readonly unknown[];
      readonly field?: FieldPath | undefined;
    };

/** The Server object, the root of a server's notifiers (OPC 10000-5, 8.3.2). */
export const SERVER_OBJECT = "i=2253";
/** OPC 10000-5, 6.4.2: severity is 1 to 1000. */
const LEAST_SEVERITY = 1;
const MOST_SEVERITY = 1000;

/**
 * Checks what a row reads.
 * @param periodMs of the row; a method needs one, events have none
 * @throws RungError `malformed-binding`, `method-not-ticked`
 */
export function readReach(row: ReachRow, periodMs: number, where: string): Reach {
  const fail = (what: string, advice: string): never => {
    throw new RungError({ code: "malformed-binding", where, what, advice });
  };
  const field = row.field ? parseFieldPath(row.field, where) : undefined;
  const reads = row.reads || "value";
  if (reads === "value") return { reads, field };
  if (reads === "events") {
    if (periodMs > 0) fail("events come when they happen", "leave the period empty");
    const minSeverity = Number(row.minSeverity || LEAST_SEVERITY);
    if (!(minSeverity >= LEAST_SEVERITY && minSeverity <= MOST_SEVERITY)) {
      fail(
        `a severity is ${LEAST_SEVERITY} to ${MOST_SEVERITY}, got ${row.minSeverity}`,
        "1 takes every event",
      );
    }
    return { reads, minSeverity, field };
  }
  if (reads !== "method") return fail(`"${reads}" is nothing that can be read`, "value, events or method");
  if (periodMs === 0) fail("a method is called every period", "give the time between two calls");
  const objectId = row.objectId?.trim();
  if (!objectId) return fail("a method needs the object it is called on", "give its node id");
  if (row.onlyReads !== true && row.onlyReads !== "true") {
    throw new RungError({
      code: "method-not-ticked",
      where,
      what: "nobody has said that this method only reads",
      advice: "tick it if it changes nothing at the plant; what writes belongs to the actuator",
    });
  }
  return { reads, objectId, inputs: inputsOf(row.inputs, fail), field };
}

function inputsOf(
  inputs: ReachRow["inputs"],
  fail: (what: string, advice: string) => never,
): readonly unknown[] {
  if (inputs === undefined || inputs === "") return [];
  let list: unknown = inputs;
  if (typeof inputs === "string") {
    try {
      list = JSON.parse(inputs);
    } catch (thrown) {
      fail(`the inputs are no JSON: ${messageOf(thrown)}`, 'write them as a list: [1, "north", true]');
    }
  }
  return Array.isArray(list)
    ? list
    : fail("the inputs are no list", 'write them as a list: [1, "north", true]');
}
