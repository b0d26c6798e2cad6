import type { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { GapCause } from "../source-signal.ts";
import type { MetricDefinition, MetricSample } from "./metric-table.ts";
import type { EdgeNodeId } from "./topic.ts";

/** Where samples come from. */
export interface Origin extends EdgeNodeId {
  readonly device?: string | undefined;
}

/** What happened in the session of an edge node. */
export type HostEvent =
  /** An NBIRTH. `isRebirth`: the session goes on, the node only told everything once more. */
  | {
      readonly kind: "node-online";
      readonly edge: string;
      readonly bdSeq: number;
      readonly isRebirth: boolean;
    }
  /** Its NDEATH, another session in its place, or the host's own connection ended. */
  | { readonly kind: "node-offline"; readonly edge: string; readonly cause: "death" | "replaced" | "link" }
  | { readonly kind: "device-online"; readonly edge: string; readonly device: string }
  | { readonly kind: "device-offline"; readonly edge: string; readonly device: string }
  /** An NDEATH of a session that is over; it says nothing about the present one. */
  | { readonly kind: "late-death"; readonly edge: string; readonly bdSeq: number | undefined }
  /** Numbers that did not come within the reorder time. */
  | { readonly kind: "sequence-gap"; readonly edge: string; readonly missing: number }
  /** A message that had been given up came after all. */
  | { readonly kind: "late-message"; readonly edge: string }
  | { readonly kind: "rebirth-asked"; readonly edge: string }
  /** Two publishers use one group and edge node id. */
  | { readonly kind: "two-nodes"; readonly edge: string };

/** An interval in which samples of an edge node may be missing. */
export interface HostGap extends EdgeNodeId {
  readonly cause: GapCause;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/** What a host session tells. Called one at a time, in the order of events. */
export interface HostListener {
  /** When a message was sent, by the clock of its edge node; deaths do not say. */
  sent(timeUs: TimeUs): void;
  /** A birth of a node or device: all that it will ever report in this session. */
  born(origin: Origin, definitions: Iterable<MetricDefinition>): void;
  samples(origin: Origin, samples: readonly MetricSample[]): void;
  /** Values that could not be taken, by reason. */
  dropped(reason: string, count: number): void;
  gap(gap: HostGap): void;
  event(event: HostEvent): void;
  /** Something is wrong and named, and the rest goes on. */
  problem(error: RungError): void;
  /** QoS 0, not retained (tck-id-topics-ncmd-mqtt). */
  publish(topic: string, payload: Uint8Array): void;
}
