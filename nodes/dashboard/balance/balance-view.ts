import type { BalanceMessage } from "../../../runtime/prescribe/balance/balance-message.ts";

/** What the balance board is sent. */
export interface BalanceView {
  /** The balance that came last, or was sent on from a board since; null: none has come. */
  readonly balance: BalanceMessage | null;
}
