import { motionBound, sphereOf } from "../../robot/motion-bound.ts";
import { moved } from "../../robot/pose.ts";
import type { CellEngine } from "../cell-engine.ts";
import { Enclosure } from "../enclosure.ts";
import { type OwnPair, ownPairs } from "../own-pairs.ts";
import { PlacedRobot } from "../placed-robot.ts";
import type { Mover } from "./mover.ts";

/** A robot of a cell with its tools, as the motion checks see it. */
export interface RobotMover extends Mover {
  /** Pairs of its own bodies that are tested against each other, and those left out since they touch at home. */
  readonly ownPairs: readonly OwnPair[];
  readonly touchingAtHome: readonly OwnPair[];
}

interface EngineMotion {
  readonly movers: Map<string, RobotMover>;
  readonly enclosure: Enclosure;
}

/** Bounds and pairs are worked out once for each engine. */
const known = new WeakMap<CellEngine, EngineMotion>();

/** @throws RungError `unknown-robot` */
export function robotMover(engine: CellEngine, robot: string): RobotMover {
  const { movers } = motionOf(engine);
  let mover = movers.get(robot);
  if (mover === undefined) {
    mover = moverOf(engine, robot);
    movers.set(robot, mover);
  }
  return mover;
}

export function enclosureOf(engine: CellEngine): Enclosure {
  return motionOf(engine).enclosure;
}

function motionOf(engine: CellEngine): EngineMotion {
  let motion = known.get(engine);
  if (motion === undefined) {
    motion = { movers: new Map(), enclosure: new Enclosure(engine.mesh) };
    known.set(engine, motion);
  }
  return motion;
}

function moverOf(engine: CellEngine, name: string): RobotMover {
  const { robot, all } = engine.placed(name);
  const { arm, bodies } = robot;
  const links = new Map(robot.model.links.map((link, index) => [link.name, index]));
  const spheres = bodies.map((body) => sphereOf(links.get(body.link!)!, body.mesh.positions));
  const onLinks = bodies.map((body, i) => ({
    ...spheres[i]!,
    centreM: moved(body.pose12, spheres[i]!.centreM),
  }));
  // One of its own: the engine's stands where the robot was last moved to, and must stay there.
  const placed = new PlacedRobot(robot, all.meshes);
  const own = ownPairs(engine.mesh, placed);
  return {
    name,
    dof: arm.dof,
    bodies: bodies.map((body, i) => ({ name: body.name, mesh: all.meshes[i]! })),
    travelPerRad: motionBound(arm, onLinks),
    spheres: Float64Array.from(spheres.flatMap(({ centreM, radiusM }) => [...centreM, radiusM])),
    isCoupled: robot.model.joints.some(({ mimic }) => mimic !== undefined),
    ownPairs: own.tested,
    touchingAtHome: own.touchingAtHome,
    posesAt(q, out) {
      placed.moveTo(q);
      out.set(placed.all.poses);
    },
  };
}
