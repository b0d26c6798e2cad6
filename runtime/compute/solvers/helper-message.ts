import type { MessagePort } from "node:worker_threads";

/** What a helper thread is started with. */
export interface HelperData {
  /** Messages come and faults go this way, and wake nobody: the counts do. */
  readonly port: MessagePort;
  /** Two shared i32, at `ASKED` and `DONE`. */
  readonly counts: Int32Array<SharedArrayBuffer>;
}

/** Messages sent to the helper. */
export const ASKED = 0;
/** Messages it has done with. */
export const DONE = 1;

export type HelperMessage =
  | {
      readonly type: "join";
      readonly team: number;
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly barrier: Int32Array<SharedArrayBuffer>;
    }
  | {
      readonly type: "call";
      readonly team: number;
      readonly name: string;
      readonly parameters: readonly number[];
    }
  | { readonly type: "leave"; readonly team: number };

/** Sent for a message that failed, before it counts as done. */
export interface HelperFault {
  /** Which message, counted from 1. */
  readonly message: number;
  readonly fault: string;
}
