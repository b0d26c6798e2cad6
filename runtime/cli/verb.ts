/** One verb of the `rung` command: what `runtime/cli/<verb>.ts` exports. */
export interface Verb {
  /** One line for `rung help`. */
  readonly summary: string;
  /** The whole usage text, printed by `rung help <verb>` and `rung <verb> --help`. */
  readonly usage: string;
  /**
   * @param args everything after the verb
   * @returns the exit status: 0 done, 1 the answer is no (below target, check failed), 2 bad input
   */
  run(args: string[]): Promise<number>;
}
