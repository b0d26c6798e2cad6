import { RungError } from "../../core/errors.ts";
import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { History } from "./history.ts";
import type { HistoryWindows } from "./history-types.ts";

/** One thing that passed: a body through an oven, a part through a press. */
export interface Passage {
  /** What the events call it: a number as text, or the text of a tag. */
  readonly id: string;
  /** null where it was inside before the events begin that were looked at. */
  readonly enteredUs: TimeUs | null;
  /** null where it has not left, or its exit was never seen. */
  readonly leftUs: TimeUs | null;
}

export interface PassageQuestion {
  /** Addresses of the events whose values are the id of what enters and what leaves. */
  readonly entry: string;
  readonly exit: string;
  /** Passages that overlap [fromUs, toUs). */
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** How long before `fromUs` an entry may lie. */
  readonly lookBackUs?: number;
}

/** A day: nothing stays longer in one machine. */
export const LOOK_BACK_US = 86_400e6;
/** Events of one address that one question reads. */
const MOST_EVENTS = 1_000_000;

/** What a tag said at a moment. */
export interface Event {
  /** A number as text, or the text of a tag. */
  readonly id: string;
  readonly timeUs: TimeUs;
}

/**
 * Passages by pairing entry and exit events: an entry goes with the next exit of the same id that comes before its next
 * entry. Events of bad quality, without a value, and with the number 0 (nothing there) are none; the same id at the
 * same source time is told once.
 * @returns in the order in which they entered; those whose entry is unknown come first
 * @throws RungError `unknown-address`, `too-many-events`
 */
export async function passages(historian: History, question: PassageQuestion): Promise<Passage[]> {
  const { entry, exit, fromUs, toUs, lookBackUs = LOOK_BACK_US } = question;
  const bodies = async (address: string): Promise<Event[]> =>
    (await eventsOf(historian, address, fromUs - lookBackUs, toUs)).filter(({ id }) => id !== "0");
  return pairPassages(await bodies(entry), await bodies(exit)).filter(
    ({ enteredUs, leftUs }) => (leftUs ?? toUs) >= fromUs && (enteredUs ?? fromUs) < toUs,
  );
}

/** As `passages`, from the events themselves; each list in order of time. */
export function pairPassages(entries: readonly Event[], exits: readonly Event[]): Passage[] {
  const exitsOf = new Map<string, TimeUs[]>();
  for (const { id, timeUs } of exits) exitsOf.set(id, [...(exitsOf.get(id) ?? []), timeUs]);
  const entriesOf = new Map<string, TimeUs[]>();
  for (const { id, timeUs } of entries) entriesOf.set(id, [...(entriesOf.get(id) ?? []), timeUs]);
  const found: Passage[] = [];
  for (const [id, times] of entriesOf) {
    const left = exitsOf.get(id) ?? [];
    let next = 0;
    while (next < left.length && left[next]! < times[0]!)
      found.push({ id, enteredUs: null, leftUs: left[next++]! });
    for (const [i, enteredUs] of times.entries()) {
      const before = times[i + 1] ?? Number.POSITIVE_INFINITY;
      const leftUs = next < left.length && left[next]! < before ? left[next++]! : null;
      found.push({ id, enteredUs, leftUs });
      // A second exit without an entry between them is an entry nobody saw.
      while (next < left.length && left[next]! < before)
        found.push({ id, enteredUs: null, leftUs: left[next++]! });
    }
  }
  for (const [id, times] of exitsOf) {
    if (entriesOf.has(id)) continue;
    for (const leftUs of times) found.push({ id, enteredUs: null, leftUs });
  }
  return found.sort(
    (a, b) =>
      (a.enteredUs ?? 0) - (b.enteredUs ?? 0) ||
      (a.leftUs ?? Number.MAX_VALUE) - (b.leftUs ?? Number.MAX_VALUE),
  );
}

/**
 * What a tag said from `fromUs` to `toUs`. Samples of bad quality and without a value say nothing; the same at the same
 * source time is said once.
 * @throws RungError `unknown-address`, `too-many-events`
 */
export async function eventsOf(
  historian: Pick<History, "range">,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<Event[]> {
  const range = await historian.range(address, fromUs, toUs, MOST_EVENTS);
  if (!range.complete) {
    throw new RungError({
      code: "too-many-events",
      where: range.address,
      what: `has more than ${MOST_EVENTS} events in that time`,
      advice: "ask for a shorter time",
    });
  }
  const events: Event[] = [];
  const seen = new Set<string>();
  for (let row = 0; row < range.value.length; row++) {
    if (isBad(range.quality[row]!)) continue;
    const other = range.other.get(row);
    const number = range.value[row]!;
    const id = typeof other === "string" || typeof other === "bigint" ? String(other) : String(number);
    if (id === "" || id === "NaN") continue;
    const timeUs = range.sourceTimeUs[row]!;
    const key = `${timeUs} ${id}`;
    if (seen.has(key)) continue;
    seen.add(key);
    events.push({ id, timeUs });
  }
  return events;
}

/** What each passage saw: row i of each column belongs to passage i. */
export interface PassageConditions {
  readonly passages: readonly Passage[];
  readonly conditions: readonly HistoryWindows[];
}

/**
 * What some properties did during passages. One that has not ended counts until `toUs`, one whose entry is unknown from
 * `fromUs`.
 */
export async function conditionsDuring(
  historian: Pick<History, "windows">,
  found: readonly Passage[],
  asked: { readonly fromUs: TimeUs; readonly toUs: TimeUs; readonly addresses: readonly string[] },
): Promise<PassageConditions> {
  const windows = found.map(({ enteredUs, leftUs }) => {
    const fromUs = enteredUs ?? Math.min(asked.fromUs, (leftUs ?? asked.toUs) - 1);
    // Entry and exit at one moment is a moment, not nothing.
    return { fromUs, toUs: Math.max(leftUs ?? asked.toUs, fromUs + 1) };
  });
  return { passages: found, conditions: await historian.windows(asked.addresses, windows) };
}

/** Which body saw which conditions. @throws RungError `unknown-address` for the events */
export async function passageConditions(
  historian: History,
  question: PassageQuestion & { readonly addresses: readonly string[] },
): Promise<PassageConditions> {
  return conditionsDuring(historian, await passages(historian, question), question);
}
