/** What was met at one place of a path. */
export interface Reading {
  /** Where, 0 to 1. */
  readonly at: number;
  /** m; 0 in contact. */
  readonly distanceM: number;
}

/**
 * One body on its way along a path whose parameter s runs from 0 to 1.
 * What is proven rests on `travelM`: no point of the body moves further than `travelM` times the change of s, so
 * neither does its distance to what it is measured against change by more.
 */
export interface Track<Met extends Reading> {
  readonly travelM: number;
  /** The distance this body must keep, m. */
  readonly requiredM: number;
  /** Distance at s; undefined where it is more than `boundM`. */
  read(s: number, boundM: number): Met | undefined;
}

/** The least distance of one track. */
export interface LeastDistance<Met extends Reading> {
  /** The nearest that was met; undefined where all is proven further away than was looked at. */
  readonly nearest?: Met;
  /** No place of the path is nearer than this, m. */
  readonly provenM: number;
}

interface Piece {
  readonly track: number;
  readonly from: number;
  readonly to: number;
  /** Nothing of the piece is nearer than this, m. */
  readonly lowM: number;
}

/**
 * Least distances along a path, proven: a place is read only where the readings so far leave room for something
 * nearer (Piyavskii 1972 and Shubert 1972: global minimum of a function with a known bound of its slope).
 *
 * A track that goes below its required distance is known to `toleranceM`; one that does not is proven to keep it,
 * and is looked at further only while it could be the nearest of all, again to `toleranceM`.
 * One that keeps its distance by less than `toleranceM` may end up unproven: `provenM` then says so.
 * @param options `lookM`: beyond it nothing is looked at, a track all further away has no `nearest`; `endWhenNear`: the
 * first reading below what is required ends the search, and nothing is told of the rest (`provenM` is 0 there)
 */
export function leastDistances<Met extends Reading>(
  tracks: readonly Track<Met>[],
  options: { readonly toleranceM: number; readonly lookM: number; readonly endWhenNear?: boolean },
): { readonly least: readonly LeastDistance<Met>[]; readonly readings: number } {
  const { toleranceM, lookM } = options;
  const nearest: (Met | undefined)[] = tracks.map(() => undefined);
  const proven = tracks.map(() => Number.POSITIVE_INFINITY);
  const open: Piece[] = tracks.map((_, track) => ({ track, from: 0, to: 1, lowM: 0 }));
  let nearestOfAllM = lookM;
  let readings = 0;

  /** A piece of this track proven to keep this distance tells nothing new. */
  const enoughM = (track: number): number => {
    const found = nearest[track]?.distanceM ?? Number.POSITIVE_INFINITY;
    const required = tracks[track]!.requiredM;
    return found < required ? found - toleranceM : Math.max(required, nearestOfAllM - toleranceM);
  };
  const prove = (track: number, distanceM: number): void => {
    proven[track] = Math.min(proven[track]!, distanceM);
  };

  for (let piece = takeLowest(open); piece !== undefined; piece = takeLowest(open)) {
    const { track, from, to } = piece;
    if (piece.lowM >= enoughM(track)) {
      prove(track, piece.lowM);
      continue;
    }
    const { travelM } = tracks[track]!;
    const middle = (from + to) / 2;
    const halfM = (travelM * (to - from)) / 2;
    const soughtM = enoughM(track);
    const met = tracks[track]!.read(middle, soughtM + halfM);
    readings++;
    if (met === undefined) {
      prove(track, soughtM);
      continue;
    }
    if (met.distanceM < (nearest[track]?.distanceM ?? Math.max(lookM, tracks[track]!.requiredM))) {
      nearest[track] = met;
      nearestOfAllM = Math.min(nearestOfAllM, met.distanceM);
    }
    if (options.endWhenNear === true && met.distanceM < tracks[track]!.requiredM) {
      for (const left of [piece, ...open]) prove(left.track, 0);
      break;
    }
    const lowM = Math.max(piece.lowM, met.distanceM - halfM, 0);
    if (halfM <= toleranceM) {
      prove(track, lowM);
      continue;
    }
    // Around the place just read all is far enough; what is left lies to both sides of it.
    const enough = enoughM(track);
    const reach = (met.distanceM - enough) / travelM;
    prove(track, Math.min(met.distanceM, enough));
    if (middle - reach > from) open.push({ track, from, to: middle - reach, lowM });
    if (middle + reach < to) open.push({ track, from: middle + reach, to, lowM });
  }
  const least = tracks.map((_, track) => {
    const provenM = Math.max(
      0,
      Math.min(proven[track]!, nearest[track]?.distanceM ?? Number.POSITIVE_INFINITY),
    );
    return { nearest: nearest[track], provenM };
  });
  return { least, readings };
}

/**
 * The first place of a path at which a track is no further away than `limitM`, given one at which it is so.
 * Before the place returned nothing is nearer than `limitM - 2 toleranceM`.
 */
export function firstWithin<Met extends Reading>(
  track: Track<Met>,
  limitM: number,
  known: Met,
  toleranceM: number,
): { readonly first: Met; readonly readings: number } {
  const start = track.read(0, limitM + toleranceM);
  if (start !== undefined && start.distanceM <= limitM) return { first: start, readings: 1 };
  let first = known;
  let readings = 1;
  // The leftmost piece lies on top.
  const open = [{ from: 0, to: first.at }];
  for (let piece = open.pop(); piece !== undefined; piece = open.pop()) {
    const { from, to } = piece;
    const middle = (from + to) / 2;
    const halfM = (track.travelM * (to - from)) / 2;
    const read = track.read(middle, limitM + halfM);
    readings++;
    if (read === undefined) continue;
    if (read.distanceM <= limitM) {
      first = read;
      // What lies later is of no interest any more.
      open.length = 0;
      if (halfM > toleranceM) open.push({ from, to: middle });
      continue;
    }
    if (halfM <= toleranceM) continue;
    const reach = (read.distanceM - limitM) / track.travelM;
    if (middle + reach < to) open.push({ from: middle + reach, to });
    if (middle - reach > from) open.push({ from, to: middle - reach });
  }
  return { first, readings };
}

/**
 * The piece that may come nearest; of several the last. Few are open at once, and each costs a query of meshes: a scan is
 * as good as a heap.
 */
function takeLowest(open: Piece[]): Piece | undefined {
  let lowest = 0;
  for (let i = 1; i < open.length; i++) if (open[i]!.lowM <= open[lowest]!.lowM) lowest = i;
  return open.length === 0 ? undefined : open.splice(lowest, 1)[0];
}
