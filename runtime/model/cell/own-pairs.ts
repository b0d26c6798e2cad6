import type { MeshEngine } from "../../compute/mesh/mesh-engine.ts";
import type { RobotModel } from "../robot/robot-model.ts";
import type { PlacedRobot } from "./placed-robot.ts";

/** Two bodies of one robot, as indices into its bodies. */
export type OwnPair = readonly [number, number];

/** Pairs of a robot's own bodies. */
export interface OwnPairs {
  /** Those that are tested against each other. */
  readonly tested: readonly OwnPair[];
  /** Those that are not, since they touch at home: their covers overlap by design, or home is no place to stand. */
  readonly touchingAtHome: readonly OwnPair[];
}

/**
 * The pairs of a robot's own bodies that may be tested against each other: not of one link nor of two that one joint
 * links, whose covers overlap by design, and not those that touch at home, which mostly are covers too.
 * @param placed the robot, which is taken home by this
 */
export function ownPairs(engine: MeshEngine, placed: PlacedRobot): OwnPairs {
  const { bodies, model, homeRad } = placed.robot;
  placed.moveTo(homeRad);
  const rigid = bodies.map((body) => rigidGroup(model, body.link!));
  const tested: OwnPair[] = [];
  const touchingAtHome: OwnPair[] = [];
  for (let a = 0; a < bodies.length; a++) {
    for (let b = a + 1; b < bodies.length; b++) {
      const [one, other] = [rigid[a]!, rigid[b]!];
      if (one.link === other.link || one.carrier === other.link || other.carrier === one.link) continue;
      const touch = engine.collide(placed.each[a]!, placed.each[b]!) > 0;
      (touch ? touchingAtHome : tested).push([a, b]);
    }
  }
  return { tested, touchingAtHome };
}

/** The link that moves a link, fixed joints passed over, and the one that carries that. */
function rigidGroup(model: RobotModel, link: string): { link: string; carrier: string | undefined } {
  const moved = movedWith(model, link);
  const joint = model.joints.find(({ child }) => child === moved);
  return { link: moved, carrier: joint && movedWith(model, joint.parent) };
}

function movedWith(model: RobotModel, link: string): string {
  let at = link;
  for (;;) {
    const joint = model.joints.find(({ child }) => child === at);
    if (joint === undefined || joint.type !== "fixed") return at;
    at = joint.parent;
  }
}
