import type { TimeUs } from "../../core/time.ts";

/**
 * States of an order and of its segments, as B2MML names them (B2MML-Common, RequestState1Type and
 * ResponseState1Type), in lower case.
 */
export const ORDER_STATES = [
  "forecast",
  "released",
  "waiting",
  "ready",
  "running",
  "held",
  "paused",
  "suspended",
  "completed",
  "aborted",
  "cancelled",
  "closed",
  "other",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** An amount in the unit of whoever planned it: KG, EA, pieces. It is told, never computed with. */
export interface Amount {
  readonly value: number;
  readonly unit?: string;
  /** B2MML's word for the kind of number, kept as it came. */
  readonly dataType?: string;
}

export interface MaterialProperty {
  readonly id: string;
  readonly values: readonly { readonly text: string; readonly dataType?: string; readonly unit?: string }[];
}

/** Material that an order needs or makes, and what was really used or made. */
export interface Material {
  readonly definition?: string;
  readonly lot?: string;
  readonly subLot?: string;
  /** `Consumed`, `Produced` and whatever else a plant says. */
  readonly use?: string;
  readonly amount?: Amount;
  readonly properties?: readonly MaterialProperty[];
}

export const isProduced = ({ use }: Material): boolean => use !== undefined && /produced$/i.test(use);

/** A measured or set value that is reported with a segment. */
export interface SegmentValue {
  readonly id: string;
  readonly text: string;
  readonly dataType?: string;
  readonly unit?: string;
}

/** One step of an order on one piece of equipment (IEC 62264-1, segment requirement and segment response). */
export interface OrderSegment {
  readonly id: string;
  /** Which kind of step: the process segment's id. */
  readonly processSegment?: string;
  /** Address of the equipment. */
  readonly equipment?: string;
  readonly plannedStartUs?: TimeUs;
  readonly plannedEndUs?: TimeUs;
  readonly actualStartUs?: TimeUs;
  readonly actualEndUs?: TimeUs;
  readonly state?: OrderState;
  /** Planned, and really used or made. */
  readonly materials?: readonly Material[];
  readonly actualMaterials?: readonly Material[];
  readonly values?: readonly SegmentValue[];
}

/**
 * One production order: what was asked for and what was done, whatever it was told in. Known by (id, version); times
 * are whole microseconds since 1970.
 */
export interface Order {
  readonly id: string;
  /** Of the request: a later version replaces an earlier one, the same one again changes nothing. */
  readonly version: string;
  /** Of the response, where it has an id of its own. */
  readonly responseId?: string;
  readonly description?: string;
  readonly product?: string;
  readonly quantity?: Amount;
  readonly producedQuantity?: Amount;
  readonly priority?: string;
  /** Address of the equipment, or of the line or area it is for. */
  readonly equipment?: string;
  readonly plannedStartUs?: TimeUs;
  readonly plannedEndUs?: TimeUs;
  readonly actualStartUs?: TimeUs;
  readonly actualEndUs?: TimeUs;
  readonly state?: OrderState;
  /** Ids of the single things it makes: the bodies, as entry and exit events call them. */
  readonly bodies?: readonly string[];
  readonly segments?: readonly OrderSegment[];
}

/** The version of an order whose source tells none. */
export const FIRST_VERSION = "1";

/** Longest id, version and text, in UTF-16 units; more bodies and segments than this are no order. */
export const LONGEST_ID = 256;
export const LONGEST_TEXT = 4096;
export const MOST_BODIES = 10_000;
export const MOST_SEGMENTS = 1000;

/**
 * Which of two versions is the later one: digits are compared as numbers, the rest as text, so that 10 follows 9 and
 * 2026-09-21T08:00 follows 2026-09-21T07:59.
 * @returns < 0 where a is the earlier
 */
export function compareVersions(a: string, b: string): number {
  const x = a.match(/\d+|\D+/g) ?? [];
  const y = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [left, right] = [x[i]!, y[i]!];
    const bothNumbers = /^\d/.test(left) && /^\d/.test(right);
    const order = bothNumbers ? compareDigits(left, right) : left < right ? -1 : left > right ? 1 : 0;
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** Without a limit on the digits. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

/** The members that are there: an order leaves out what nobody told. */
export function told<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
