import type { AwaitedStudy } from "./cell-view.ts";
import { CELL_WORDS, type CellWords } from "./cell-words.ts";

/** What a screen says before its first study: whence it comes, when, and how far it is. The soonest first. */
export function awaitedText(awaited: readonly AwaitedStudy[], words: CellWords = CELL_WORDS.en): string {
  if (awaited.length === 0) return words.noStudyWired;
  const wait = ({ startsInS, says }: AwaitedStudy): number =>
    says === "" ? (startsInS ?? Number.POSITIVE_INFINITY) : -1;
  const each = awaited
    .toSorted((a, b) => wait(a) - wait(b))
    .map(({ node, startsInS, says }) => {
      if (says !== "") return words.nodeSays(node, says);
      return startsInS === null ? words.startsAsked(node) : words.startsIn(node, startsInS);
    });
  return [words.noStudy, ...each, words.takes].join(" ");
}
