import type { RungError } from "../../core/errors.ts";
import type { Conservation } from "../ledger.ts";

/** What a status line says, and its mark. */
export interface StoreWords {
  readonly text: string;
  readonly mark: "ok" | "attention" | "fault";
}

const thousands = (n: number): string => n.toLocaleString("en");
const lossesOf = ({ dropped }: Conservation): [reason: string, samples: number][] =>
  Object.entries(dropped).filter(([, samples]) => samples > 0);
const sumOf = (losses: readonly [string, number][]): number => losses.reduce((sum, [, n]) => sum + n, 0);

/** Of a history that is an InfluxDB: "1,234 samples stored", how many wait and why, or how many it lacks and why. */
export function influxWords(counts: Conservation, trouble: RungError | undefined): StoreWords {
  if (trouble !== undefined) {
    return { text: `${thousands(counts.queued)} samples wait: ${trouble.code}`, mark: "fault" };
  }
  const losses = lossesOf(counts);
  if (losses.length > 0) {
    return { text: `${thousands(sumOf(losses))} samples not stored: ${losses[0]![0]}`, mark: "fault" };
  }
  return { text: `${thousands(counts.stored + counts.deduplicated)} samples stored`, mark: "ok" };
}

/** The words of a history with those of its mirror behind them; a mirror in trouble is worth a look, no fault. */
export function withMirror(
  { text, mark }: StoreWords,
  counts: Conservation,
  trouble: RungError | undefined,
): StoreWords {
  const losses = lossesOf(counts);
  const isFine = trouble === undefined && losses.length === 0;
  const words = isFine
    ? "mirrored"
    : trouble === undefined
      ? `mirror lacks ${thousands(sumOf(losses))}: ${losses[0]![0]}`
      : `${thousands(counts.queued)} wait for the mirror: ${trouble.code}`;
  return { text: `${text} · ${words}`, mark: isFine || mark === "fault" ? mark : "attention" };
}
