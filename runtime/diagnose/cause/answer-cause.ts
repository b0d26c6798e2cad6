import type { Columns } from "../columns.ts";
import { CaseBook, type StoredCases } from "./case-book.ts";
import type { CauseMessage } from "./cause.ts";
import { type Feed, type PlacedProperty, PlantStructure } from "./plant-structure.ts";
import { type CauseQuestion, rankCauses } from "./rank-causes.ts";
import type { RecentChange } from "./recent-change.ts";

/** A question about a cause as plain data, so that a thread of its own can answer it. */
export interface PlainCauseQuestion {
  readonly finding: CauseQuestion["finding"];
  readonly recent: Columns;
  readonly properties: readonly (PlacedProperty & { readonly words: string })[];
  readonly feeds: readonly Feed[];
  readonly changes: readonly RecentChange[];
  readonly cases: StoredCases;
}

/** @throws RungError `bad-feed`, `broken-cases` */
export function answerCause(plain: PlainCauseQuestion): CauseMessage {
  const words = new Map(plain.properties.map(({ address, words: said }) => [address, said]));
  return rankCauses({
    finding: plain.finding,
    recent: plain.recent,
    structure: new PlantStructure({
      twin: plain.finding.twin,
      properties: plain.properties,
      feeds: plain.feeds,
    }),
    changes: plain.changes,
    cases: new CaseBook(plain.cases),
    words: (address) => words.get(address) ?? address,
  });
}
