import { RungError } from "../../core/errors.ts";
import type { RobotJoint, RobotLink } from "./robot-model.ts";

/**
 * Checks that links and joints form one tree: every name once, every joint between links that are there, every link
 * carried by one joint at most, exactly one root, no loop.
 * @returns the root link's name
 * @throws RungError `malformed-urdf` with file and link or joint
 */
export function rootOf(links: readonly RobotLink[], joints: readonly RobotJoint[], where: string): string {
  const broken = (place: string, what: string, advice: string): RungError =>
    new RungError({
      code: "malformed-urdf",
      where: place === "" ? where : `${where}, ${place}`,
      what,
      advice,
    });
  if (links.length === 0) throw broken("", "has no link", "a robot needs links and joints");
  const twice = (kind: string, names: readonly string[]): void => {
    const again = names.find((name, index) => names.indexOf(name) !== index);
    if (again !== undefined) throw broken(`${kind} ${again}`, "stands there twice", "give each its own name");
  };
  const linkNames = links.map((link) => link.name);
  twice("link", linkNames);
  twice(
    "joint",
    joints.map((joint) => joint.name),
  );

  const known = new Set(linkNames);
  const byName = new Map(joints.map((joint) => [joint.name, joint]));
  const carrier = new Map<string, RobotJoint>();
  for (const joint of joints) {
    for (const link of [joint.parent, joint.child])
      if (!known.has(link))
        throw broken(`joint ${joint.name}`, `there is no link ${link}`, "name a link of it");
    const other = carrier.get(joint.child);
    if (other !== undefined)
      throw broken(
        `link ${joint.child}`,
        `is carried by two joints, ${other.name} and ${joint.name}`,
        "a link has one parent; close a loop by a mimic joint",
      );
    carrier.set(joint.child, joint);
    checkMimic(joint, byName, broken);
  }

  const roots = linkNames.filter((name) => !carrier.has(name));
  if (roots.length > 1)
    throw broken(
      `link ${roots[1]}`,
      `no joint carries it, nor ${roots[0]}: one root is due`,
      "is a joint missing? Carry it by one, fixed if need be",
    );
  const root = roots[0];
  const reached = new Set<string>(roots);
  // With one parent each, a link that no walk from the root meets hangs in a loop.
  for (const name of reached) for (const joint of joints) if (joint.parent === name) reached.add(joint.child);
  const looped = linkNames.find((name) => !reached.has(name));
  if (root === undefined || looped !== undefined)
    throw broken(
      `link ${looped}`,
      "its joints form a loop",
      "let one of them go, or close it by a mimic joint",
    );
  return root;
}

function checkMimic(
  joint: RobotJoint,
  byName: ReadonlyMap<string, RobotJoint>,
  broken: (place: string, what: string, advice: string) => RungError,
): void {
  if (joint.mimic === undefined) return;
  const leader = byName.get(joint.mimic.joint);
  if (leader === undefined)
    throw broken(
      `joint ${joint.name}`,
      `mimics ${joint.mimic.joint}, which is not there`,
      "name a joint of it",
    );
  if (leader.mimic !== undefined || leader.type === "fixed")
    throw broken(
      `joint ${joint.name}`,
      `mimics ${leader.name}, which does not move by itself`,
      "let it mimic a joint that is driven",
    );
  if (joint.type === "prismatic" || leader.type === "prismatic" || joint.type === "fixed")
    throw broken(
      `joint ${joint.name}`,
      `is ${joint.type} and mimics a ${leader.type} joint, which is not read`,
      "a joint that turns mimics one that turns",
    );
}
