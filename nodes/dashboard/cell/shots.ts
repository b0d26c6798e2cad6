import type { Matrix4 } from "three";
import type {
  CellFinding,
  CellFix,
  CellStudy,
  FixView,
  RobotPath,
} from "../../../runtime/prescribe/cell/finding.ts";
import type { CellScene, LivePoses, SceneRobot } from "./cell-view.ts";
import { CELL_WORDS, type CellWords } from "./cell-words.ts";
import { closeLooks, eyeOf, fitPoints, type Orbit, type Point, type ViewSize, yawPast } from "./orbit.ts";
import type { DrawnPath, SceneLabel, SceneNotes } from "./overlay.ts";
import { anglesOfFinding, anglesOfTime, doingAt, weldNames } from "./playback.ts";
import { pairText } from "./rows.ts";
import { baseMove, type CellStage, fixtureMove, HIDDEN, type Shot } from "./stage.ts";

/** A picture, and what is pointed at in it. */
export interface Picture {
  readonly shot: Shot;
  readonly notes: SceneNotes;
}

/** What a screen shows: a study on its cell, one finding of it, at a moment. */
export interface Shown {
  readonly stage: CellStage;
  readonly scene: CellScene;
  readonly study: CellStudy;
  readonly finding: CellFinding | undefined;
  readonly fix: CellFix | undefined;
  /** On every robot's own time line, s; undefined: the finding's own pose. */
  readonly atS: number | undefined;
  readonly showsPath: boolean;
  /** English where left out. */
  readonly words?: CellWords;
}

/** How much is seen round a finding from close by, m. */
const CLOSE_M = 0.3;
/** A path is drawn by its robot's TCP at most at so many places. */
const MOST_PATH_POINTS = 400;

const middle = ([a, b]: readonly [Point, Point]): Point => [
  (a[0] + b[0]) / 2,
  (a[1] + b[1]) / 2,
  (a[2] + b[2]) / 2,
];

const isClip = (finding: CellFinding) => finding.kind === "clash";

const HOME_PITCH_RAD = 0.38;
/** Of a cell where no robot acts. */
const HOME_YAW_RAD = -0.95;

/** The whole cell, seen past the acting robot. */
export function wholeCell(
  { corners, box }: CellStage,
  { robots }: CellScene,
  acting: string | undefined,
  size: ViewSize,
): Orbit {
  const baseOf = ({ base }: SceneRobot): Point => [base[3] ?? 0, base[7] ?? 0, base[11] ?? 0];
  const robot = robots.find(({ name }) => name === acting);
  const others = robots.filter((other) => other !== robot).map(baseOf);
  const yawRad =
    robot === undefined ? HOME_YAW_RAD : yawPast(baseOf(robot), others, middle([box.low, box.high]));
  return fitPoints(corners, size, yawRad, HOME_PITCH_RAD);
}

/** Robots are named by what they do; the acting one by its make; the finding by its words. */
export function mainPicture(shown: Shown, orbit: Orbit): Picture {
  const { study, finding, atS, stage, words = CELL_WORDS.en } = shown;
  const isAtFinding = atS === undefined && finding !== undefined;
  const anglesRad = isAtFinding ? anglesOfFinding(study, finding) : anglesOfTime(study.paths, atS ?? 0);
  const points = isAtFinding ? finding.points : undefined;
  const spot = isAtFinding ? spotOf(shown, finding, points, anglesRad) : undefined;
  const said: SceneLabel[] =
    spot === undefined
      ? []
      : [
          {
            id: "finding",
            at: spot,
            bold: finding!.text,
            below: closer(finding!, words),
            priority: finding!.priority,
            isOfPair: true,
          },
        ];
  return {
    shot: { orbit, anglesRad, ...(finding === undefined ? {} : { acting: finding.robot }) },
    notes: {
      labels: [...said, ...robotLabels(shown, anglesRad), ...variantLabel(stage, study.variant, words)],
      ...(points === undefined ? {} : { pair: { points, isContact: isClip(finding!), isRinged: true } }),
      ...(shown.showsPath ? { paths: pathsOf(shown) } : {}),
    },
  };
}

/** The cell as its plant stands now: each robot is named with what it is nearest to, a marked one with what is done to it. */
export function livePicture(
  stage: CellStage,
  scene: CellScene,
  live: LivePoses,
  orbit: Orbit,
  words: CellWords = CELL_WORDS.en,
): Picture {
  const anglesRad = new Map(live.robots.map(({ robot, qRad }) => [robot, qRad]));
  const marked = live.robots.find(({ isMarked }) => isMarked);
  const labels = live.robots.flatMap(({ robot, near }): SceneLabel[] => {
    const poser = stage.poserOf(robot);
    if (poser === undefined) return [];
    return [{ id: robot, at: poser.middlePoint(anglesRad.get(robot)), bold: robot, plain: near }];
  });
  const acting = marked === undefined ? {} : { acting: marked.robot };
  return {
    shot: { orbit, anglesRad, ...acting },
    notes: { labels: [...labels, ...variantLabel(stage, scene.variant, words)] },
  };
}

/** A finding's second line in the picture: what meets what, and the way out. */
function closer({ body, other, exit, place }: CellFinding, words: CellWords): string {
  const pair = body === undefined ? place : words.against(body, other ?? "");
  return !exit ? pair : pair + words.exit(exit.replace("-", "\u2212"));
}

/** Where a finding is: between its two points, at the weld that is out of reach, or where the robot's tool is. */
function spotOf(
  { stage }: Shown,
  { robot, at }: CellFinding,
  points: readonly [Point, Point] | undefined,
  angles: Shot["anglesRad"],
): Point | undefined {
  return points === undefined ? (at ?? stage.poserOf(robot)?.tcpPoint(angles.get(robot))) : middle(points);
}

function robotLabels(
  { scene, stage, study, finding, atS, words = CELL_WORDS.en }: Shown,
  angles: Shot["anglesRad"],
): SceneLabel[] {
  const welds = weldNames(study.welds);
  return scene.robots.map(({ name, model }) => {
    const path = study.paths.find(({ robot }) => robot === name);
    const doing = path === undefined ? "" : words.doing[doingAt(path, atS ?? finding?.atS ?? 0, welds)];
    return {
      id: name,
      at: stage.poserOf(name)!.middlePoint(angles.get(name)),
      bold: name,
      plain: name === finding?.robot ? model.name.replaceAll("_", " ") : doing,
    };
  });
}

function variantLabel(stage: CellStage, variant: string, words: CellWords): SceneLabel[] {
  const at = stage.bodyTop;
  return at === undefined ? [] : [{ id: "variant", at, bold: words.body, plain: words.variant(variant) }];
}

/** Of the acting robot: as programmed, and with the fix beside it. */
function pathsOf({ study, finding, fix, stage }: Shown): DrawnPath[] {
  const programmed = study.paths.find(({ robot }) => robot === finding?.robot);
  const paths: DrawnPath[] = [];
  const draw = (path: RobotPath | undefined, isDashed: boolean) => {
    const poser = path === undefined ? undefined : stage.poserOf(path.robot);
    if (path === undefined || poser === undefined) return;
    const every = Math.max(1, Math.ceil(path.samples.length / MOST_PATH_POINTS));
    const points = path.samples
      .filter((_sample, at) => at % every === 0 || at === path.samples.length - 1)
      .map(({ qRad }) => poser.tcpPoint(qRad));
    paths.push({ points, isDashed });
  };
  draw(programmed, fix?.path !== undefined);
  draw(fix?.path, false);
  return paths;
}

/** The finding from close by. */
export function beforePicture(shown: Shown): Picture | undefined {
  const { finding, fix, study, words = CELL_WORDS.en } = shown;
  if (finding === undefined) return undefined;
  const points = finding.points ?? fix?.before?.points;
  const anglesRad = anglesOfFinding(study, finding);
  const spot = spotOf(shown, finding, points, anglesRad);
  if (spot === undefined) return undefined;
  const said =
    finding.kind === "clash" && finding.mm !== null ? pairText(-finding.mm, words) : gapWords(finding, words);
  return {
    shot: {
      orbit: closeOrbit(shown, finding, spot, { anglesRad, points }),
      anglesRad,
      acting: finding.robot,
    },
    notes: {
      labels: said === "" ? [] : [{ id: "pair", at: spot, bold: said, isOfPair: true }],
      ...(points === undefined ? {} : { pair: { points, isContact: isClip(finding), isRinged: true } }),
    },
  };
}

function gapWords({ kind, mm, text }: CellFinding, words: CellWords): string {
  if (kind === "clearance") return pairText(mm, words);
  return kind === "interference" || kind === "cycle" ? "" : text;
}

/** The same place from the same side, with the fix. @param before the picture beside it */
export function afterPicture(shown: Shown, before: Picture | undefined): Picture | undefined {
  const { finding, fix, study } = shown;
  const after = fix?.after;
  if (finding === undefined || fix === undefined || after === undefined || before === undefined)
    return undefined;
  const robot = fix.toRobot ?? fix.robot;
  return {
    shot: {
      orbit: lookingAt(after, before.shot.orbit),
      ...standingAfter(shown.scene, study, finding, fix, after),
      acting: robot,
    },
    notes: afterNotes(after, shown, robot),
  };
}

/** How the cell stands with a fix, in its picture. */
function standingAfter(
  { robots }: CellScene,
  study: CellStudy,
  { atS }: CellFinding,
  fix: CellFix,
  { qRad }: FixView,
): { anglesRad: Shot["anglesRad"]; moved: ReadonlyMap<string, Matrix4> } {
  const robot = fix.toRobot ?? fix.robot;
  return {
    anglesRad: anglesOfFinding(study, { robot, qRad, ...(atS === undefined ? {} : { atS }) }),
    moved: movedBy(fix, robots),
  };
}

/** The nearest pair may be elsewhere after the change: then seen there, from the same side. */
function lookingAt({ points }: FixView, orbit: Orbit): Orbit {
  if (points === undefined) return orbit;
  const target = middle(points);
  const [x, y, z] = orbit.target;
  return Math.hypot(target[0] - x, target[1] - y, target[2] - z) > CLOSE_M / 2 ? { ...orbit, target } : orbit;
}

function afterNotes(after: FixView, { stage, words }: Shown, robot: string): SceneNotes {
  const at = after.points === undefined ? stage.poserOf(robot)?.tcpPoint(after.qRad) : middle(after.points);
  return {
    labels:
      at === undefined || after.gapMm === null
        ? []
        : [{ id: "pair", at, bold: pairText(after.gapMm, words), isOfPair: true }],
    ...(after.points === undefined
      ? {}
      : { pair: { points: after.points, isContact: false, isRinged: false } }),
  };
}

function movedBy(fix: CellFix, robots: readonly SceneRobot[]): Map<string, Matrix4> {
  const moved = new Map<string, Matrix4>();
  const robot = robots.find(({ name }) => name === fix.robot);
  if (fix.baseShift !== undefined && robot !== undefined)
    moved.set(robot.name, baseMove(robot.base, fix.baseShift));
  if (fix.fixtureShift !== undefined)
    moved.set(fix.fixtureShift.fixture, fixtureMove(fix.fixtureShift.xyzMm));
  return moved;
}

/**
 * From where a finding is seen, and with its fix the place of that: the first look that no other body is in the way of,
 * else the one with the least.
 */
function closeOrbit(
  { scene, study, stage, fix }: Shown,
  finding: CellFinding,
  spot: Point,
  before: { anglesRad: Shot["anglesRad"]; points: readonly [Point, Point] | undefined },
): Orbit {
  const base = scene.robots.find(({ name }) => name === finding.robot)?.base ?? [];
  const { low, high } = stage.box;
  const looks = closeLooks(spot, [base[3] ?? 0, base[7] ?? 0, base[11] ?? 0], middle([low, high]), CLOSE_M);
  const after = fix?.after;
  const hiddenIn = (look: Orbit): number => {
    const own = new Set([`${finding.robot}/${finding.body}`, finding.other]);
    const costs = (before.points ?? [spot]).map((place) => stage.hides(before, eyeOf(look), place, own));
    if (fix !== undefined && after?.points !== undefined) {
      const pair = new Set([`${fix.toRobot ?? fix.robot}/${after.body}`, after.other]);
      const standing = standingAfter(scene, study, finding, fix, after);
      const eye = eyeOf(lookingAt(after, look));
      costs.push(...after.points.map((place) => stage.hides(standing, eye, place, pair)));
    }
    return costs.reduce((sum, cost) => sum + cost, 0);
  };
  let best = looks[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const look of looks) {
    const hidden = hiddenIn(look);
    if (hidden >= least) continue;
    [best, least] = [look, hidden];
    if (hidden < HIDDEN) break;
  }
  return best;
}
