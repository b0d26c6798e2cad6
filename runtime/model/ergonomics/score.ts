/** The score of one part of the body, and what gave it. */
export interface PartScore {
  readonly part: string;
  readonly score: number;
  /** "flexed 50°: 3", "abducted: +1". */
  readonly because: readonly string[];
}

/** A value out of a table, and where it stands. */
export interface TableScore {
  readonly table: string;
  readonly score: number;
  /** "upper arm 3, lower arm 2, wrist 2, twist 1". */
  readonly at: string;
}

/** A posture, rated. */
export interface PostureScore {
  readonly kind: "rula" | "reba";
  readonly name: string;
  readonly score: number;
  readonly actionLevel: number;
  /** What the action level asks for. */
  readonly action: string;
  readonly parts: readonly PartScore[];
  readonly tables: readonly TableScore[];
}

/** Builds a part's score from its angle and what adjusts it, within what its table knows. */
export function partScore(
  part: string,
  base: readonly [score: number, because: string],
  adjustments: readonly (readonly [applies: boolean, points: number, because: string])[],
  most: number,
): PartScore {
  const because = [`${base[1]}: ${base[0]}`];
  let score = base[0];
  for (const [applies, points, words] of adjustments) {
    if (!applies) continue;
    score += points;
    because.push(`${words}: ${points < 0 ? "−" : "+"}${Math.abs(points)}`);
  }
  return { part, score: Math.min(Math.max(score, 1), most), because };
}

/** "flexed 50°", "extended 10°", "neutral". */
export function bent(deg: number): string {
  if (deg === 0) return "neutral";
  return deg > 0 ? `flexed ${deg}°` : `extended ${-deg}°`;
}

/** An angle as it is rated: 0 where it is within the noise of its instrument. */
export function rated(deg: number, neutralWithinDeg: number): number {
  return Math.abs(deg) <= neutralWithinDeg ? 0 : deg;
}
