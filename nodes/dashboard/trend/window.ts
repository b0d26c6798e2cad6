/** The stretch of time that a chart shows, s since 1970. */
export interface ShownWindow {
  readonly fromS: number;
  readonly toS: number;
}

/** Nothing is sampled more often than this would show. */
const SHORTEST_S = 0.05;
const LONGEST_S = 90 * 86_400;

/** A window moved by a share of its length: -0.25 is a quarter earlier. */
export const moved = ({ fromS, toS }: ShownWindow, share: number): ShownWindow => {
  const byS = (toS - fromS) * share;
  return { fromS: fromS + byS, toS: toS + byS };
};

/** A window made longer or shorter about its middle; it keeps its length where it would get too short or too long. */
export const scaled = ({ fromS, toS }: ShownWindow, by: number): ShownWindow => {
  const half = Math.min(LONGEST_S, Math.max(SHORTEST_S, (toS - fromS) * by)) / 2;
  const middle = (fromS + toS) / 2;
  return { fromS: Math.max(0, middle - half), toS: middle + half };
};

/** What a key does to a window: another window, "live", or nothing. */
export function keyed(key: string, window: ShownWindow): ShownWindow | "live" | undefined {
  switch (key) {
    case "ArrowLeft":
      return moved(window, -0.25);
    case "ArrowRight":
      return moved(window, 0.25);
    case "+":
    case "=":
    case "ArrowUp":
      return scaled(window, 0.5);
    case "-":
    case "ArrowDown":
      return scaled(window, 2);
    case "Escape":
    case "Home":
    case "End":
      return "live";
    default:
      return undefined;
  }
}
