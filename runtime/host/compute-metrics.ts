import type { Compute, ComputeFigures } from "../compute/compute.ts";
import type { ComputeKind } from "../compute/kernel.ts";
import { type Figure, figures, gauge } from "./metrics.ts";

const KINDS: readonly ComputeKind[] = ["cpu", "gpu"];

/** Tells of the compute children at `/metrics`. */
export function tellCompute(compute: Compute): void {
  const perKind = (of: (figures: ComputeFigures) => number) => (): Figure[] =>
    KINDS.map((kind) => [{ kind }, of(compute.figures(kind))]);
  figures(
    "rung_compute_requests_total",
    "Requests to compute children by how they ended",
    "counter",
    ["kind", "outcome"],
    () =>
      KINDS.flatMap((kind) =>
        Object.entries(compute.figures(kind).requests).map(
          ([outcome, requests]): Figure => [{ kind, outcome }, requests],
        ),
      ),
  );
  figures(
    "rung_compute_waiting",
    "Requests that wait for a compute child",
    "gauge",
    ["kind"],
    perKind(({ waiting }) => waiting),
  );
  figures(
    "rung_compute_running",
    "Requests in compute children, those within a breath included",
    "gauge",
    ["kind"],
    perKind(({ running }) => running),
  );
  figures(
    "rung_compute_running_seconds_total",
    "Time in which compute children were at requests, all children together",
    "counter",
    ["kind"],
    perKind(({ busyS }) => busyS),
  );
  figures(
    "rung_compute_children",
    "Compute children that are there",
    "gauge",
    ["kind"],
    perKind(({ children }) => children),
  );
  figures(
    "rung_compute_respawns_total",
    "Compute children that took the place of one that ended",
    "counter",
    ["kind"],
    perKind(({ respawns }) => respawns),
  );
  gauge("rung_compute_kept_bytes", "Bytes of results kept in compute children", () => compute.kept.bytes);
  gauge("rung_compute_kept_results", "Results kept in compute children", () => compute.kept.results);
}
