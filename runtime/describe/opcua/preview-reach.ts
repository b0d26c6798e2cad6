import { isScalar } from "../../core/property.ts";
import type { Binding } from "../binding-table.ts";
import type { TagReading } from "./browse.ts";
import { pickField } from "./field-path.ts";

/** What a row would read now: a number, other data, or why nothing can be shown. */
export interface ReachPreview {
  readonly value: unknown;
  readonly problem?: string;
}

/**
 * The value of a row that reads a part of a value. Events and methods have none beforehand: nothing is called and
 * nothing is asked for by looking at a dialog.
 */
export function previewReach({ reach, property }: Binding, reading: TagReading): ReachPreview {
  if (reach === undefined) return { value: reading.value };
  if (reach.reads !== "value") return { value: undefined };
  if (reach.field === undefined || reading.value === undefined) return { value: reading.value };
  const value = pickField(reading.value, reach.field);
  if (value === undefined) return { value, problem: "the value has no such field or element now" };
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (isNumber || value === null || !isScalar(property.type)) return { value };
  return { value, problem: `the value is no ${property.type} now; choose its type` };
}
