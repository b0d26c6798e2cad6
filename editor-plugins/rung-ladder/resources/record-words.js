/** One line for a record: what, how much, limit, or why it fails. */
export function recordWords({ what, value, unit, limit, verdict, cause, progress }) {
  if (verdict === "collecting")
    return progress === undefined
      ? `${what}: collecting`
      : `${what}: collecting ${progress.n} of ${progress.of}`;
  if (verdict === "fails" && cause) return cause;
  const amount = value === null ? "" : ` ${figure(value)}${unit && unit !== "1" ? ` ${unit}` : ""}`;
  return `${what}${amount}, limit ${limit}`;
}

/** Three figures that matter. */
export function figure(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "no number";
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)));
}
