import type { AwaitedStudy } from "./cell-view.ts";

/** What a screen says before its first study: whence it comes, when, and how far it is. The soonest first. */
export function awaitedText(awaited: readonly AwaitedStudy[]): string {
  if (awaited.length === 0)
    return "No study yet. It comes from a variant check or a reach study wired to this widget, and may take minutes.";
  const wait = ({ startsInS, says }: AwaitedStudy): number =>
    says === "" ? (startsInS ?? Number.POSITIVE_INFINITY) : -1;
  const each = awaited
    .toSorted((a, b) => wait(a) - wait(b))
    .map(({ node, startsInS, says }) => {
      if (says !== "") return `“${node}”: ${says}.`;
      return startsInS === null ? `“${node}” starts when asked.` : `“${node}” starts in ${startsInS} s.`;
    });
  return ["No study yet.", ...each, "For four robots it takes a minute or more."].join(" ");
}
