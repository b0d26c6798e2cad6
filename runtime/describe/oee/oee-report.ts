import type { TimeUs } from "../../core/time.ts";
import { figuresOf, type OeeElements, type OeeFigures, sumOfElements } from "./oee-elements.ts";

/** A machine of a twin, or a twin of a plant, that the sum counts. */
export interface OeePart {
  /** `st07`, or the address of a twin. */
  readonly name: string;
  readonly elements: OeeElements;
  readonly figures: OeeFigures;
}

/** A machine or a twin that the sum does not count, and why. */
export interface OeeLeftOut {
  readonly name: string;
  readonly why: string;
}

/** OEE of a twin over one account of time, summed by elements over its parts. */
export interface OeeReport {
  readonly kind: "oee";
  /** Address of the twin. */
  readonly twin: string;
  /** The account: from its beginning to the newest sample, on the source's clock. */
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** The account is over: nothing is added to it any more. */
  readonly isClosed: boolean;
  readonly elements: OeeElements;
  readonly figures: OeeFigures;
  readonly parts: readonly OeePart[];
  readonly leftOut: readonly OeeLeftOut[];
}

export const isOeeReport = (thing: unknown): thing is OeeReport =>
  typeof thing === "object" && thing !== null && (thing as { kind?: unknown }).kind === "oee";

export const partOf = (name: string, elements: OeeElements): OeePart => ({
  name,
  elements,
  figures: figuresOf(elements),
});

/** Sums parts into a report. */
export function reportOf(
  head: Pick<OeeReport, "twin" | "fromUs" | "toUs" | "isClosed">,
  parts: readonly OeePart[],
  leftOut: readonly OeeLeftOut[],
): OeeReport {
  const elements = sumOfElements(parts.map((part) => part.elements));
  return { kind: "oee", ...head, elements, figures: figuresOf(elements), parts, leftOut };
}

/**
 * OEE of a plant by the reports of its shops: their elements are summed, and what they left out stays left out. A shop
 * of which nothing could be counted is left out itself. The accounts may differ in length; each stands as it is, so a
 * shop weighs by the time it was planned to run.
 * @param twin address of the plant
 * @param reports the newest of each shop
 */
export function gatherReports(twin: string, reports: readonly OeeReport[]): OeeReport {
  const known = reports.filter(({ parts }) => parts.length > 0);
  const times = known.length > 0 ? known : reports;
  return reportOf(
    {
      twin,
      fromUs: times.reduce((least, { fromUs }) => Math.min(least, fromUs), times[0]?.fromUs ?? 0),
      toUs: times.reduce((most, { toUs }) => Math.max(most, toUs), 0),
      isClosed: false,
    },
    known.map((report) => partOf(report.twin, report.elements)),
    reports.flatMap((report) =>
      report.parts.length === 0
        ? [{ name: report.twin, why: report.leftOut[0]?.why ?? "nothing is counted there" }]
        : report.leftOut.map(({ name, why }) => ({ name: `${report.twin}/${name}`, why })),
    ),
  );
}
