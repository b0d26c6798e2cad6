import type { BalanceProblem } from "./balance-problem.ts";
import { malformed } from "./problem-text.ts";
import { readAlb } from "./read-alb.ts";
import { readBalanceCsv } from "./read-balance-csv.ts";
import { readIn2 } from "./read-in2.ts";

/** By the ending of the file's name. */
const READERS: Readonly<Record<string, (text: string, name: string) => BalanceProblem>> = {
  in2: readIn2,
  alb: readAlb,
  csv: readBalanceCsv,
};

/**
 * Tasks of a line from a text in the form that the file's ending says.
 * @throws RungError `balance-file` for another ending, and those of the reader and of `checkProblem`
 */
export function readBalance(text: string, file: string): BalanceProblem {
  const ending = /\.([^.\\/]+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  if (Object.hasOwn(READERS, ending)) return READERS[ending]!(text, file);
  throw malformed(
    file,
    `ends in ${ending === "" ? "nothing" : `.${ending}`}`,
    "tasks are read from .IN2, .alb and .csv",
  );
}
