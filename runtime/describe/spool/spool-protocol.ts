import type { LogBatch, Removal } from "./segment-log.ts";
import type { Cursor, SpoolReport } from "./spool-types.ts";

/** An error as plain data. */
export interface Fault {
  readonly code: string;
  readonly where: string;
  readonly what: string;
  readonly advice: string;
}

/** What the spool tells its worker. A request with an id is answered. */
export type SpoolRequest =
  | {
      readonly op: "frames";
      /** Descriptions of the streams that frames from now on refer to. */
      readonly define: readonly { readonly stream: number; readonly bytes: Uint8Array }[];
      /** Streams below this number are not referred to any more. */
      readonly forgetBelow: number;
      readonly frames: readonly { readonly number: number; readonly payload: Uint8Array<ArrayBuffer> }[];
    }
  | { readonly op: "read"; readonly id: number; readonly from: number; readonly mostBytes: number }
  | { readonly op: "attach" | "detach" | "forget"; readonly id: number; readonly name: string }
  | { readonly op: "cursor"; readonly id: number; readonly name: string; readonly cursor: Cursor }
  | { readonly op: "close"; readonly id: number };

/** What the worker tells the spool. */
export type SpoolSignal =
  | { readonly op: "opened"; readonly report: SpoolReport }
  /** The log cannot be used; nothing more will come. */
  | { readonly op: "failed"; readonly fault: Fault }
  /** All records before `upTo` are durable. */
  | { readonly op: "committed"; readonly upTo: number; readonly bytes: number; readonly segments: number }
  /** Nothing can be written for now; it is tried again and again. */
  | { readonly op: "stalled"; readonly fault: Fault }
  | { readonly op: "problem"; readonly fault: Fault }
  | { readonly op: "removed"; readonly removals: readonly Removal[] }
  | { readonly op: "answer"; readonly id: number; readonly result?: unknown; readonly fault?: Fault };

/** Results by operation. */
export interface SpoolAnswers {
  read: LogBatch;
  attach: Cursor;
}
