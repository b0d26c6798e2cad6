import { RungError } from "../../../runtime/core/errors.ts";
import { BalanceBoard } from "../../../runtime/prescribe/balance/balance-board.ts";
import { breachText } from "../../../runtime/prescribe/balance/balance-breach.ts";
import { type BalanceMessage, stationsOf } from "../../../runtime/prescribe/balance/balance-message.ts";
import type { Assignment } from "../../../runtime/prescribe/balance/balance-problem.ts";
import { checkBalance } from "../../../runtime/prescribe/balance/check-balance.ts";

/**
 * The balance that somebody made on a board. What the browser says of it is not believed but checked again.
 * @param action what the page sent: `send`, an assignment, of the balance that was made at `madeAtUs`
 * @param now source time at which it was sent
 * @throws RungError `another-balance` for an edit of one that is no longer shown, `balance-broken` naming what is broken,
 *   `balance-board`
 */
export function editedBalance(
  balance: BalanceMessage | undefined,
  action: unknown,
  editedBy: string,
  nowUs: number,
): BalanceMessage {
  const { send, madeAtUs } = (action ?? {}) as { send?: unknown; madeAtUs?: unknown };
  const refuse = (code: string, what: string, advice: string): never => {
    throw new RungError({ code, where: "balance board", what, advice });
  };
  if (balance === undefined || madeAtUs !== balance.madeAtUs || typeof send !== "object" || send === null) {
    return refuse(
      "another-balance",
      "the edited balance is of another one than is shown now",
      "edit the one that is shown",
    );
  }
  const assignment = send as Assignment;
  const { problem, cycleS, rules, proof: _, ...rest } = balance;
  const copies = balance.copies;
  const more = copies === undefined ? {} : { copies };
  const board = new BalanceBoard(problem, cycleS, rules, assignment, more);
  const breaches = checkBalance(problem, cycleS, board.assignment(), rules, copies);
  if (breaches.length > 0)
    return refuse("balance-broken", breaches.map(breachText).join("; "), "mend it, then send it");
  return {
    ...rest,
    problem,
    cycleS,
    rules,
    assignment: board.assignment(),
    stations: stationsOf(board.assignment(), copies),
    idleShare: board.idleShare(),
    breaches,
    editedBy,
    // Two balances of one moment could not be told apart.
    madeAtUs: Math.max(nowUs, balance.madeAtUs + 1),
  };
}
