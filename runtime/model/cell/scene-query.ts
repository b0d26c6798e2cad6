import type { Cell } from "./cell.ts";
import { CellDocument, type Field } from "./cell-document.ts";
import { CellEngine } from "./cell-engine.ts";
import type { PoseCheck } from "./pose-check.ts";
import { SCENE_ROBOT } from "./scene-file.ts";
import { type Separations, WAYS_OUT, type WayOut } from "./separations.ts";

/** One configuration that is asked about. */
export interface SceneQuery {
  readonly id: string;
  /** Joint angles, rad. */
  readonly q: readonly number[];
}

/** The answer to one query, in mm as the benchmarks of collision engines give it. */
export interface SceneAnswer {
  readonly id: string;
  readonly q: readonly number[];
  /** TCP in the cell: m, and the rotation row by row. */
  readonly tcp: readonly number[];
  readonly tcpR: readonly number[];
  /** Pairs in contact, `link|obstacle`, by link, then by obstacle. */
  readonly colliding: readonly string[];
  readonly minDistance_mm: number | null;
  readonly nearest?: {
    readonly link: string;
    readonly obstacle: string;
    /** Witness points in the cell, m; absent in contact. */
    readonly rawA?: readonly number[];
    readonly rawB?: readonly number[];
  };
  /** Smallest distance of each link and tool to any obstacle. */
  readonly perLink_mm: Readonly<Record<string, number>>;
  /** Ways out of each contact of surfaces. */
  readonly separation?: Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;
  /** Pairs of which one lies inside the other without touching it; absent where there is none. */
  readonly inside?: readonly string[];
}

export interface SceneAnswers {
  readonly engine: string;
  readonly results: readonly SceneAnswer[];
  /** Triangles of each body. */
  readonly triangles: Readonly<Record<string, number>>;
}

/** Reads `{queries: [{id, q}]}`. @throws RungError `cell-file` with every fault */
export function readQueries(text: string, file: string): SceneQuery[] {
  const document = new CellDocument(text, file);
  const queries = document.root.at("queries");
  if (!queries.isThere)
    queries.fault("is missing", 'write {"queries": [{"id": "a", "q": [six angles in rad]}]}');
  const read = queries.list().map((query: Field) => ({
    id: query.at("id").text("give it an id"),
    q: query.at("q").numbers(6, "six joint angles in rad"),
  }));
  document.throwFaults();
  return read;
}

/** Answers queries about a scene, one after another. @param scene as `readScene` gives it */
export async function answerQueries(scene: Cell, queries: readonly SceneQuery[]): Promise<SceneAnswers> {
  const engine = await CellEngine.create(scene);
  const bodies = [...scene.robots[0]!.bodies, ...scene.fixtures];
  return {
    engine: "Rung mesh engine",
    results: queries.map((query) => answer(engine, query)),
    triangles: Object.fromEntries(bodies.map(({ name, report }) => [name, report.triangles])),
  };
}

function answer(engine: CellEngine, { id, q }: SceneQuery): SceneAnswer {
  const check = engine.check(SCENE_ROBOT, q);
  const tcp = engine.placed(SCENE_ROBOT).tcp12;
  const touching = check.contacts.filter(({ isInside }) => !isInside);
  const inside = check.contacts.filter(({ isInside }) => isInside);
  const name = ({ body, obstacle }: { body: string; obstacle: string }) => `${body}|${obstacle}`;
  const separation = touching.map((contact): [string, Record<string, number | string | null>] => [
    name(contact),
    inMm(engine.separations(SCENE_ROBOT, contact.body, contact.obstacle)),
  ]);
  return {
    id,
    q,
    tcp: [tcp[3]!, tcp[7]!, tcp[11]!],
    tcpR: [0, 1, 2].flatMap((row) => [...tcp.subarray(4 * row, 4 * row + 3)]),
    colliding: touching.map(name),
    minDistance_mm: check.nearest === undefined ? null : check.nearest.distanceM * 1000,
    ...nearestOf(check),
    perLink_mm: Object.fromEntries(check.perBody.map(({ body, distanceM }) => [body, distanceM * 1000])),
    ...(separation.length > 0 && { separation: Object.fromEntries(separation) }),
    ...(inside.length > 0 && { inside: inside.map(name) }),
  };
}

function nearestOf({ nearest }: PoseCheck): Pick<SceneAnswer, "nearest"> {
  if (nearest === undefined) return {};
  const { body: link, obstacle, distanceM, pointA, pointB } = nearest;
  return { nearest: { link, obstacle, ...(distanceM > 0 && { rawA: pointA, rawB: pointB }) } };
}

function inMm({ ways, least }: Separations): Record<string, number | string | null> {
  const told = WAYS_OUT.map((way: WayOut): [string, number | null] => {
    const distanceM = ways[way];
    return [way, distanceM === null ? null : distanceM * 1000];
  });
  return {
    ...Object.fromEntries(told),
    minDir: least?.way ?? null,
    min_mm: least === undefined ? null : least.distanceM * 1000,
  };
}
