import type { KeptResult } from "./kernel.ts";
import type { Packed, Piece } from "./packed.ts";
import type { Reduction } from "./solvers/reductions.ts";

/** Host to child. Every `id` is asked once and answered once. */
export type HostMessage =
  | {
      readonly type: "run";
      readonly id: number;
      readonly name: string;
      readonly module: string;
      /** It starts once the pieces of its arrays have come. */
      readonly input: Packed;
      readonly memoryMiB: number;
    }
  | { readonly type: "pieces"; readonly id: number; readonly pieces: readonly Piece[] }
  | { readonly type: "cancel"; readonly id: number }
  | {
      readonly type: "slice";
      readonly id: number;
      readonly kept: number;
      readonly name: string;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly type: "reduce";
      readonly id: number;
      readonly kept: number;
      readonly name: string;
      readonly reduction: Reduction;
    }
  | { readonly type: "release"; readonly kept: number };

/** Child to host. */
export type ChildMessage =
  | { readonly type: "ready" }
  /** The kernel of a run is at work. */
  | { readonly type: "begun"; readonly id: number }
  | { readonly type: "progress"; readonly id: number; readonly done: number; readonly of: number }
  | {
      readonly type: "done";
      readonly id: number;
      /** It is whole once the pieces of its arrays have come. */
      readonly output: Packed;
      readonly kept: readonly KeptResult[];
    }
  | { readonly type: "pieces"; readonly id: number; readonly pieces: readonly Piece[] }
  | { readonly type: "failed"; readonly id: number; readonly code: string; readonly message: string };
