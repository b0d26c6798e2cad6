import type { Bodies, MeshEngine } from "../../../compute/mesh/mesh-engine.ts";
import { firstWithin, type LeastDistance, leastDistances } from "./least-distance.ts";
import type { Enclosed, MoveMeeting, MoveOptions, MoveScene } from "./move-scene.ts";
import { type BodyTrack, type MoveReader, moveTracks } from "./move-tracks.ts";

/** What was found of one body. */
export interface BodyOnMove {
  readonly body: string;
  readonly requiredM: number;
  /** Proven: nowhere on the path nearer than this, m. */
  readonly provenM: number;
  /** The nearest found, m, and where; absent where nothing is within `lookM`. */
  readonly smallestM?: number;
  readonly at?: number;
}

interface Found {
  /** The nearest met, m; absent where nothing comes within `lookM`. */
  readonly smallestM?: number;
  readonly at?: number;
  readonly nearest?: MoveMeeting;
  readonly toleranceM: number;
  readonly bodies: readonly BodyOnMove[];
  /** Distance queries made: the work. */
  readonly queries: number;
}

/**
 * Whether a move is clear. Clear means proven: at no place, between samples or on them, is a body nearer to anything
 * than it must be, and none lies inside a solid.
 */
export type MoveCheck =
  | (Found & { readonly clear: true })
  | (Found & {
      readonly clear: false;
      /** Where the first contact is, and with what; absent where nothing touches. */
      readonly firstContactAt?: number;
      readonly firstContact?: MoveMeeting;
      /** Where a body first comes nearer than it must be. Absent where nothing does, see `unproven` and `inside`. */
      readonly firstNear?: MoveMeeting;
      /** Bodies that keep their distance wherever it was measured, but by less than the tolerance proves. */
      readonly unproven: readonly string[];
      /** Bodies that lie inside a solid without touching its surface. */
      readonly inside: readonly Enclosed[];
    });

const LOOK_M = 0.3;

/**
 * Checks one joint-linear move. Proven by motion bounds: a body cannot come nearer faster than its joints carry its
 * furthest point, so a distance measured at one place clears a stretch around it. The stretch between two samples is
 * therefore never left open, however thin a sheet stands there.
 * @param qFrom,qTo joint values at the ends of the move
 * @throws RungError `motion` for joint values or clearances that do not fit
 */
export function checkMove(
  engine: MeshEngine,
  scene: MoveScene,
  qFrom: ArrayLike<number>,
  qTo: ArrayLike<number>,
  options: MoveOptions,
): MoveCheck {
  const { toStill, own, reader, toleranceM } = moveTracks(engine, scene, qFrom, qTo, options);
  const ofStill = leastDistances(toStill, { toleranceM, lookM: options.lookM ?? LOOK_M });
  const ofOwn = leastDistances(own, { toleranceM, lookM: 0 });
  const tracks = [...toStill, ...own];
  const least = [...ofStill.least, ...ofOwn.least];
  const readings = ofStill.readings + ofOwn.readings;
  const inside = insideAtStart(engine, scene, reader);

  const nearest = nearestOf(least.flatMap(({ nearest }) => nearest ?? []));
  const found: Found = {
    smallestM: nearest?.distanceM,
    at: nearest?.at,
    nearest,
    toleranceM,
    bodies: toStill.map((track, i) => rowOf(track, ofStill.least[i]!)),
    queries: readings,
  };
  const unproven = tracks.filter((track, i) => {
    const { provenM, nearest: met } = least[i]!;
    return provenM < track.requiredM && !(met !== undefined && met.distanceM < track.requiredM);
  });
  const near = firstOf(tracks, least, toleranceM, (track) => track.requiredM, below);
  if (near.first === undefined && unproven.length === 0 && inside.length === 0)
    return { ...found, clear: true };
  const contact = firstOf(tracks, least, toleranceM, () => 0, touches);
  return {
    ...found,
    clear: false,
    queries: readings + near.readings + contact.readings,
    firstNear: near.first,
    firstContact: contact.first,
    firstContactAt: contact.first?.at,
    unproven: [...new Set(unproven.map(({ body }) => body))],
    inside,
  };
}

/**
 * Whether a move is clear, and nothing else of it: what a search for a path asks, edge by edge. The same proof as that of
 * `checkMove`, but it ends at the first place that is too near.
 */
export function isMoveClear(
  engine: MeshEngine,
  scene: MoveScene,
  qFrom: ArrayLike<number>,
  qTo: ArrayLike<number>,
  options: MoveOptions,
): { readonly clear: boolean; readonly queries: number } {
  const { toStill, own, reader, toleranceM } = moveTracks(engine, scene, qFrom, qTo, options);
  const tracks = [...toStill, ...own];
  const { least, readings } = leastDistances(tracks, { toleranceM, lookM: 0, endWhenNear: true });
  const keeps = tracks.every(({ requiredM }, i) => least[i]!.provenM >= requiredM);
  return { clear: keeps && insideAtStart(engine, scene, reader).length === 0, queries: readings };
}

/**
 * Bodies inside solids at the start of the move. A body that touches nothing on its whole way stays on its side of
 * every surface, so the start tells of all of it; one that touches something is reported for that.
 */
function insideAtStart(engine: MeshEngine, scene: MoveScene, reader: MoveReader): Enclosed[] {
  reader.moveTo(0);
  const { mover, still } = scene;
  return mover.bodies.flatMap((body, index) =>
    still.flatMap((other, otherIndex) => {
      if (scene.mayTouch?.(index, otherIndex)) return [];
      const at: Bodies = { meshes: [body.mesh], poses: reader.pose(index) };
      const otherAt: Bodies = { meshes: [other.mesh], poses: other.pose12 };
      const isEnclosed =
        engine.collide(at, otherAt) === 0 && scene.isEnclosed?.(index, at, otherIndex, otherAt);
      return isEnclosed ? [{ body: body.name, other: other.name }] : [];
    }),
  );
}

const below = (distanceM: number, requiredM: number): boolean => distanceM < requiredM;
const touches = (distanceM: number): boolean => distanceM === 0;

/** The first place at which any track that goes that near does so. */
function firstOf(
  tracks: readonly BodyTrack[],
  least: readonly LeastDistance<MoveMeeting>[],
  toleranceM: number,
  limitOf: (track: BodyTrack) => number,
  counts: (distanceM: number, limitM: number) => boolean,
): { readonly first?: MoveMeeting; readonly readings: number } {
  let first: MoveMeeting | undefined;
  let readings = 0;
  for (const [i, track] of tracks.entries()) {
    const met = least[i]!.nearest;
    if (met === undefined || !counts(met.distanceM, limitOf(track))) continue;
    const place = firstWithin(track, limitOf(track), met, toleranceM);
    readings += place.readings;
    if (first === undefined || place.first.at < first.at) first = place.first;
  }
  return { first, readings };
}

function nearestOf(met: readonly MoveMeeting[]): MoveMeeting | undefined {
  return met.reduce<MoveMeeting | undefined>(
    (nearest, one) => (nearest === undefined || one.distanceM < nearest.distanceM ? one : nearest),
    undefined,
  );
}

function rowOf({ body, requiredM }: BodyTrack, { provenM, nearest }: LeastDistance<MoveMeeting>): BodyOnMove {
  return { body, requiredM, provenM, smallestM: nearest?.distanceM, at: nearest?.at };
}
