/** What one analog bar shows. Plain data: the node makes it, the widget draws it. */
export interface BarView {
  readonly label: string;
  /** Of the property it shows, whose detail it leads to; absent for a figure. */
  readonly address?: string;
  /** null where no sample ever came. */
  readonly value: number | null;
  readonly unit: string;
  readonly digits: number;
  readonly setpoint?: number;
  readonly recommended?: number;
  readonly low?: number;
  readonly high?: number;
  readonly normalLow?: number;
  readonly normalHigh?: number;
  readonly stale: boolean;
  readonly priority?: 1 | 2 | 3;
}
