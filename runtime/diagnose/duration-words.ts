const SECOND_US = 1e6;
const UNITS = [
  ["days", 86_400e6],
  ["h", 3600e6],
  ["min", 60e6],
  ["s", SECOND_US],
] as const;

/** A duration in its largest unit of which there are at least two: `45 s`, `5 min`, `30 h`, `9 days`. */
export function durationWords(us: number): string {
  const [unit, size] = UNITS.find(([, each]) => us >= 2 * each) ?? UNITS[3];
  return `${Math.round((us / size) * 10) / 10} ${unit}`;
}
