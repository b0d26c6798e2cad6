import type { TimeUs } from "../../core/time.ts";
import type { Historian } from "./historian.ts";
import { type Event, eventsOf, LOOK_BACK_US, type Passage } from "./passages.ts";

export interface ValueSpanQuestion {
  /** Address of the tag whose values begin and end a span, such as a machine's state or a recipe. */
  readonly event: string;
  /** The value that begins one, as text; a number in any spelling, and true and false for 1 and 0. */
  readonly begin: string;
  /** The value that ends it; without it, any other value does. */
  readonly end?: string;
  /** Spans that overlap [fromUs, toUs). */
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/**
 * The spans of time between two values of one tag. A span begins with the first sample of its first value and ends with
 * the next of its last value; repetitions between them change nothing. Samples of bad quality and without a value are
 * none. A span may have begun a day before `fromUs`.
 * @returns in order of time; the last may not have ended
 * @throws RungError `unknown-address`, `too-many-events`
 */
export async function valueSpans(
  historian: Pick<Historian, "range">,
  { event, begin, end, fromUs, toUs }: ValueSpanQuestion,
): Promise<Passage[]> {
  const events = await eventsOf(historian, event, fromUs - LOOK_BACK_US, toUs);
  return spansBetween(events, begin, end).filter(({ leftUs }) => (leftUs ?? toUs) > fromUs);
}

/** As `valueSpans`, from the events themselves, in order of time. */
export function spansBetween(events: readonly Event[], begin: string, end?: string): Passage[] {
  const ends = (id: string): boolean => (end === undefined ? !isSame(id, begin) : isSame(id, end));
  const spans: Passage[] = [];
  let open: Event | undefined;
  for (const event of events) {
    if (open !== undefined && ends(event.id)) {
      spans.push({ id: open.id, enteredUs: open.timeUs, leftUs: event.timeUs });
      open = undefined;
    }
    // With both values the same, what ends one span begins the next.
    if (open === undefined && isSame(event.id, begin)) open = event;
  }
  if (open !== undefined) spans.push({ id: open.id, enteredUs: open.timeUs, leftUs: null });
  return spans;
}

const WORDS: Readonly<Record<string, string>> = { true: "1", false: "0" };

function isSame(id: string, asked: string): boolean {
  if (id === asked || id === WORDS[asked]) return true;
  return asked.trim() !== "" && Number(asked) === Number(id);
}
