import type { TimeUs } from "../../core/time.ts";
import type { HistorianLimits } from "./historian-limits.ts";
import type { FrameRows, Maintained, StoredSample, TagEntry, TimeWindow } from "./history-types.ts";

/** What the historian asks its worker. Every request is answered once, with its id. */
export type HistorianRequest = { readonly id: number } & (
  | { readonly op: "open" | "flush" | "close" | "facts" | "addresses" }
  | { readonly op: "maintain" }
  | { readonly op: "limits"; readonly limits: HistorianLimits }
  | { readonly op: "append"; readonly newTags: readonly TagEntry[]; readonly rows: FrameRows }
  | { readonly op: "last"; readonly address: string }
  | {
      readonly op: "range";
      readonly address: string;
      readonly fromUs: TimeUs;
      readonly toUs: TimeUs;
      readonly limit: number;
    }
  | {
      readonly op: "buckets";
      readonly address: string;
      readonly fromUs: TimeUs;
      readonly toUs: TimeUs;
      readonly n: number;
    }
  | {
      readonly op: "decimated";
      readonly address: string;
      readonly fromUs: TimeUs;
      readonly toUs: TimeUs;
      readonly widthUs: number;
    }
  | { readonly op: "at"; readonly addresses: readonly string[]; readonly timeUs: TimeUs }
  | {
      readonly op: "asof";
      readonly base: string;
      readonly addresses: readonly string[];
      readonly fromUs: TimeUs;
      readonly toUs: TimeUs;
      readonly limit: number;
    }
  | {
      readonly op: "windows";
      readonly addresses: readonly string[];
      readonly windows: readonly TimeWindow[];
    }
  | { readonly op: "totals"; readonly source: string }
  | { readonly op: "holds"; readonly source: string; readonly samples: readonly StoredSample[] }
  | { readonly op: "prehistory"; readonly file: string; readonly prefix: string }
);

export interface HistorianReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly where: string; readonly message: string };
}

/** Told without being asked: what upkeep did and what DuckDB holds since, or what failed, while the rest goes on. */
export type HistorianNotice =
  | { readonly problem: NonNullable<HistorianReply["error"]> }
  | { readonly maintained: Maintained }
  | { readonly memoryBytes: number };
