import { parse } from "yaml";
import { messageOf, RungError } from "../../../core/errors.ts";
import type { BalanceProblem, BalanceRules } from "../balance-problem.ts";
import { checkRules } from "./check-rules.ts";

/**
 * Rules of a line from YAML, of which JSON is a part.
 * @throws RungError `balance-rules` naming file and path
 */
export function readRules(text: string, file: string, problem: BalanceProblem): BalanceRules {
  let given: unknown;
  try {
    given = parse(text);
  } catch (cause) {
    const [what = ""] = messageOf(cause).split("\n");
    throw new RungError({ code: "balance-rules", where: file, what, advice: "correct the line", cause });
  }
  return checkRules(given, problem, file);
}
