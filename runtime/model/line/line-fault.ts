/** What is wrong with a block. */
export interface LineFault {
  readonly block: string;
  readonly what: string;
  readonly advice: string;
}
