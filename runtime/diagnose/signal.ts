import { pathBelow } from "../core/address.ts";
import { isScalar, type Property } from "../core/property.ts";

/** One thing a detector watches: a property, or its distance from the setpoint it is controlled to. */
export interface Signal {
  readonly property: Property;
  /** Address of the setpoint that is subtracted. */
  readonly reference?: string;
}

/** `zone*\/fanFlow` as a test of the path below the twin: `*` within a segment, `**` over segments; several by comma. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const parts = pattern
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const expressions = parts.map((part) => {
    const body = part
      .split(/(\*\*|\*)/)
      .map((piece) => {
        if (piece === "**") return ".*";
        if (piece === "*") return "[^/]*";
        return piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
      })
      .join("");
    return new RegExp(`^${body}$`);
  });
  return (path) => expressions.some((expression) => expression.test(path));
}

/**
 * The signals of a twin: cyclic measurements and estimates that are plain numbers, all of them or those whose path
 * the pattern names. A measurement beside a property of the same name ending in `Setpoint` is judged by its distance
 * from it, so that a new setpoint alone is no fault.
 */
export function chooseSignals(properties: readonly Property[], twin: string, pattern = ""): Signal[] {
  const within = properties.filter(({ address }) => address.startsWith(`${twin}/`));
  const setpoints = new Set(within.filter(({ kind }) => kind === "setpoint").map(({ address }) => address));
  const named = pattern.trim() === "" ? undefined : pathMatcher(pattern);
  return within
    .filter((property) =>
      named === undefined
        ? (property.kind === "measurement" || property.kind === "estimate") &&
          property.type === "number" &&
          property.update.mode === "cyclic"
        : isScalar(property.type) && named(pathBelow(property.address, twin)),
    )
    .map((property) => {
      const reference = `${property.address}Setpoint`;
      return setpoints.has(reference) ? { property, reference } : { property };
    });
}

/** The tick of these signals: their longest period, µs; `fallbackUs` where all are on change. */
export function tickPeriodUs(signals: readonly Signal[], fallbackUs = 1e6): number {
  const periods = signals.flatMap(({ property: { update } }) =>
    update.mode === "cyclic" ? [update.periodMs * 1000] : [],
  );
  return periods.length === 0 ? fallbackUs : Math.max(...periods);
}
