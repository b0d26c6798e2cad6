import type { TimeUs } from "../../core/time.ts";
import type { History } from "./history.ts";

/** What was told of one body at one moment. What was not told of it is left out. */
export interface BodyRecord {
  /** A number as text, or the text of the tag. */
  readonly body: string;
  readonly timeUs: TimeUs;
  /** By the path below the records' address: `e170/rocker`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Records that are told once per body, such as its cure: `<under>/body` names the body, and whatever else stands below
 * `under` has a sample of the same source time. A sample of another time is another body's.
 * @param under address: `acme/leipzig/paint/oven1/cure`
 * @returns of fromUs <= time < toUs, in order of time
 * @throws RungError `unknown-address` where no body was ever told there
 */
export async function bodyRecords(
  history: Pick<History, "addresses" | "asof">,
  question: { readonly under: string; readonly fromUs: TimeUs; readonly toUs: TimeUs },
): Promise<BodyRecord[]> {
  const { under, fromUs, toUs } = question;
  const name = `${under}/body`;
  const addresses = (await history.addresses())
    .filter((address) => address.startsWith(`${under}/`) && address !== name)
    .sort();
  const { base, columns } = await history.asof(name, addresses, fromUs, toUs);
  return Array.from(base.sourceTimeUs, (timeUs, row) => {
    const told = columns.filter((column) => column.sourceTimeUs[row] === timeUs);
    return {
      body: String(base.other.get(row) ?? base.value[row]),
      timeUs,
      values: Object.fromEntries(
        told.map((column) => [
          column.address.slice(under.length + 1),
          column.other.get(row) ?? column.value[row],
        ]),
      ),
    };
  });
}
