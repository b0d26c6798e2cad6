import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/**
 * The measured figures of this process, read by Prometheus at `/metrics`. Add a gauge or counter with
 * `registers: [metricsRegistry]`.
 */
export const metricsRegistry = new Registry();

let collecting = false;

/** Adds the figures of the process itself (CPU, memory, event loop, garbage collection). Once is enough. */
export function collectProcessMetrics(): void {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics({ register: metricsRegistry });
}

/**
 * A gauge that is asked when it is read. A later one of the same name takes its place.
 * @param name snake case with its unit at the end, as Prometheus asks
 */
export function gauge(name: string, help: string, read: () => number): void {
  metricsRegistry.removeSingleMetric(name);
  new Gauge({
    name,
    help,
    registers: [metricsRegistry],
    collect() {
      this.set(read());
    },
  });
}

/** One figure of a metric with labels. */
export type Figure = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * Figures with labels that are asked when they are read; a label set that is no longer told is no longer shown.
 * A later one of the same name takes its place.
 * @param name snake case; a counter's ends with `_total`
 */
export function figures(
  name: string,
  help: string,
  kind: "counter" | "gauge",
  labelNames: readonly string[],
  read: () => Iterable<Figure>,
): void {
  metricsRegistry.removeSingleMetric(name);
  const configuration = { name, help, labelNames: [...labelNames], registers: [metricsRegistry] };
  if (kind === "gauge") {
    new Gauge({
      ...configuration,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
    return;
  }
  new Counter({
    ...configuration,
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
