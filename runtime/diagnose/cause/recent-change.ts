import { isWithin } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";

export const CHANGE_KINDS = ["setpoint", "command", "parameter", "order", "maintenance"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Something that people or another system changed on purpose. */
export interface RecentChange {
  readonly kind: ChangeKind;
  /** Address of the property, of the machine worked on, or of the twin. */
  readonly address: string;
  readonly timeUs: TimeUs;
  /** "Zone 3 setpoint from 190 to 196 °C", "order 4711 began", "fan belt replaced". */
  readonly what: string;
}

export const changeId = ({ kind, address, timeUs }: RecentChange): string => `${kind} ${address} ${timeUs}`;

/** The changes a session remembers: the newest, up to `most`, of any order of arrival. */
export class ChangeLog {
  readonly #most: number;
  #changes: RecentChange[] = [];

  constructor(most = 500) {
    this.#most = most;
  }

  /** @throws RungError `bad-change` */
  add(change: RecentChange): void {
    const next = readChange(change, "change");
    this.#changes.push(next);
    this.#changes.sort((a, b) => a.timeUs - b.timeUs);
    if (this.#changes.length > this.#most) this.#changes.shift();
  }

  between(fromUs: TimeUs, toUs: TimeUs): RecentChange[] {
    return this.#changes.filter(({ timeUs }) => timeUs >= fromUs && timeUs <= toUs);
  }
}

/** @throws RungError `bad-change` naming the field */
export function readChange(given: unknown, where: string): RecentChange {
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-change",
      where,
      what,
      advice: `give {kind: ${CHANGE_KINDS.join(" | ")}, address, timeUs, what}`,
    });
  if (typeof given !== "object" || given === null) throw fault("is no change");
  const { kind, address, timeUs, what } = given as Partial<Record<keyof RecentChange, unknown>>;
  if (!CHANGE_KINDS.includes(kind as ChangeKind)) throw fault(`kind is ${JSON.stringify(kind)}`);
  if (typeof address !== "string" || address === "") throw fault("address is missing");
  if (typeof timeUs !== "number" || !Number.isFinite(timeUs)) throw fault("timeUs is no time");
  if (typeof what !== "string" || what.trim() === "") throw fault("what is missing");
  return { kind: kind as ChangeKind, address, timeUs, what: what.trim() };
}

/**
 * How closely a change goes with a signal, 0..1: it is declared to move it, it stands at the same place, its place feeds
 * the signal's, or nothing is known of the two.
 */
export function changeReach(
  change: RecentChange,
  signal: string,
  structure: {
    moves(cause: string, effect: string): boolean;
    placeOf(address: string): string;
    feeds(from: string, to: string): boolean;
  },
): number {
  if (structure.moves(change.address, signal)) return 1;
  if (isWithin(signal, change.address)) return 0.8;
  const [from, to] = [structure.placeOf(change.address), structure.placeOf(signal)];
  if (from === to) return 0.8;
  return structure.feeds(from, to) ? 0.5 : 0.2;
}
