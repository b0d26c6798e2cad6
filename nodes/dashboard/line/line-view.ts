import type { LineMessage } from "../../../runtime/predict/line/line-message.ts";

/** What the line's widget is sent. */
export interface LineView {
  /** Null: none has come. */
  readonly line: LineMessage | null;
}
