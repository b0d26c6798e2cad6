import { type Bodies, MeshEngine, type Nearest } from "../../compute/mesh/mesh-engine.ts";
import { RungError } from "../../core/errors.ts";
import { POSE_SIZE, turned } from "../robot/pose.ts";
import type { Cell, CellBody, CellRobot, ClearanceClass, Situation, Variant } from "./cell.ts";
import { Enclosure } from "./enclosure.ts";
import { MeshShelf } from "./mesh-shelf.ts";
import { type OwnPair, ownPairs } from "./own-pairs.ts";
import { PlacedRobot } from "./placed-robot.ts";
import type { BodyClearance, CheckOptions, Contact, OtherRobots, PoseCheck } from "./pose-check.ts";
import { type Separations, separations } from "./separations.ts";
import { type Obstacle, type StandingBody, Surroundings } from "./surroundings.ts";

/**
 * A cell with one variant in it, ready to be asked where its robots are near to what. Exact on meshes. One engine is
 * asked from one thread; a study of many configurations makes one in each of its workers.
 */
export class CellEngine {
  readonly cell: Cell;
  readonly variant: Variant | undefined;
  readonly mesh: MeshEngine;
  readonly #robots: ReadonlyMap<string, PlacedRobot>;
  /** What stands around a robot, by which of the other robots count. */
  readonly #around = new Map<string, Readonly<Record<OtherRobots, Surroundings>>>();
  readonly #own = new Map<string, readonly OwnPair[]>();
  readonly #enclosure: Enclosure;

  private constructor(
    cell: Cell,
    variant: Variant | undefined,
    waiting: readonly string[],
    mesh: MeshEngine,
  ) {
    this.cell = cell;
    this.variant = variant;
    this.mesh = mesh;
    this.#enclosure = new Enclosure(mesh);
    const shelf = new MeshShelf(mesh);
    const standing = [...(variant?.parts ?? []), ...cell.fixtures].map(
      (body): StandingBody => ({
        obstacle: { name: body.name, body },
        handle: shelf.handleOf(body),
        pose12: body.pose12,
      }),
    );
    const placed = cell.robots.map(
      (robot) =>
        new PlacedRobot(
          robot,
          robot.bodies.map((body) => shelf.handleOf(body)),
        ),
    );
    this.#robots = new Map(placed.map((one) => [one.robot.name, one]));
    for (const one of placed) {
      const others = placed.filter((other) => other !== one);
      const fixed = others.flatMap((other) => fixedBodies(other, waiting.includes(other.robot.name)));
      this.#around.set(one.robot.name, {
        none: new Surroundings(standing, []),
        fixed: new Surroundings([...standing, ...fixed], []),
        all: new Surroundings(standing, others),
      });
    }
  }

  /**
   * @param variant by name; left out: fixtures and robots alone
   * @param waiting robots that stay at home: all of them counts to what stands, not their bases alone
   * @throws RungError `unknown-variant`, `bad-mesh`
   */
  static async create(cell: Cell, variant?: string, waiting: readonly string[] = []): Promise<CellEngine> {
    const found = cell.variants.find(({ name }) => name === variant);
    if (variant !== undefined && found === undefined) {
      throw new RungError({
        code: "unknown-variant",
        where: cell.file,
        what: `${variant} is no variant of this cell`,
        advice: `it has ${cell.variants.map(({ name }) => name).join(", ") || "none"}`,
      });
    }
    return new CellEngine(cell, found, waiting, await MeshEngine.create());
  }

  /** @throws RungError `unknown-robot` */
  robot(name: string): CellRobot {
    return this.placed(name).robot;
  }

  /** A robot's bodies in the mesh engine, for searches of their own. @throws RungError `unknown-robot` */
  placed(name: string): PlacedRobot {
    const placed = this.#robots.get(name);
    if (placed !== undefined) return placed;
    throw new RungError({
      code: "unknown-robot",
      where: this.cell.file,
      what: `${name} is no robot of this cell`,
      advice: `it has ${[...this.#robots.keys()].join(", ")}`,
    });
  }

  /** What a robot may run into, the other robots where they are now. */
  surroundings(robot: string, others: OtherRobots = "all"): Surroundings {
    this.placed(robot);
    const around = this.#around.get(robot)![others];
    around.refresh();
    return around;
  }

  /** Takes a robot to joint angles (rad), where the others then meet it. Robots begin at home. */
  moveTo(robot: string, qRad: ArrayLike<number>): void {
    this.placed(robot).moveTo(qRad);
  }

  /** Whether anything touches, the fastest question: surfaces only, no inside. Moves the robot there. */
  collides(robot: string, qRad: ArrayLike<number>, options: CheckOptions = {}): boolean {
    const placed = this.placed(robot);
    placed.moveTo(qRad);
    const around = this.surroundings(robot, countedOthers(options));
    for (const [a, b] of this.#groups(placed, around, options.situation ?? "motion")) {
      if (this.mesh.collide(a, b) > 0) return true;
    }
    return options.own === true && this.#ownContacts(placed).length > 0;
  }

  /**
   * The smallest distance of a robot to anything, surfaces only. Moves the robot there.
   * @param boundM nothing farther is looked for: less work, and undefined where nothing is nearer
   */
  nearest(
    robot: string,
    qRad: ArrayLike<number>,
    boundM?: number,
    options: CheckOptions = {},
  ): { readonly body: CellBody; readonly obstacle: Obstacle; readonly nearest: Nearest } | undefined {
    const placed = this.placed(robot);
    placed.moveTo(qRad);
    const around = this.surroundings(robot, countedOthers(options));
    let best: { body: CellBody; obstacle: Obstacle; nearest: Nearest } | undefined;
    for (const [a, b, bodies, obstacles] of this.#groups(placed, around, options.situation ?? "motion")) {
      const nearest = this.mesh.nearest(a, b, best?.nearest.distanceM ?? boundM);
      if (nearest === undefined || (best && nearest.distanceM >= best.nearest.distanceM)) continue;
      best = { body: bodies[nearest.a]!, obstacle: obstacles[nearest.b]!, nearest };
    }
    return best;
  }

  /** All about a robot at one configuration: what is near, touches, encloses. Moves the robot there. */
  check(robot: string, qRad: ArrayLike<number>, options: CheckOptions = {}): PoseCheck {
    const placed = this.placed(robot);
    placed.moveTo(qRad);
    const situation = options.situation ?? "motion";
    const around = this.surroundings(robot, countedOthers(options));
    const contacts = this.#contacts(placed, around, situation);
    const perBody = placed.robot.bodies
      .map((body, i) => this.#clearanceOf(body, placed.each[i]!, around, contacts, situation))
      .filter((clearance) => clearance !== undefined);
    if (options.own === true) contacts.push(...this.#ownContacts(placed));
    let nearest: BodyClearance | undefined;
    for (const clearance of perBody) {
      if (nearest === undefined || clearance.distanceM < nearest.distanceM) nearest = clearance;
    }
    const short = perBody.filter(({ distanceM, limitM }) => distanceM === 0 || distanceM < limitM);
    return { perBody, contacts, nearest, short };
  }

  /**
   * The ways out of a contact of one body with one obstacle, where the robot was last moved to.
   * @throws RungError `unknown-robot`, `unknown-body`
   */
  separations(robot: string, body: string, obstacle: string): Separations {
    const placed = this.placed(robot);
    const around = this.surroundings(robot);
    const a = placed.robot.bodies.findIndex(({ name }) => name === body);
    const b = around.obstacles.findIndex(({ name }) => name === obstacle);
    if (a < 0 || b < 0) {
      const what = a < 0 ? `${body} is no body of ${robot}` : `${obstacle} does not stand around ${robot}`;
      throw new RungError({ code: "unknown-body", where: this.cell.file, what });
    }
    return separations(
      this.mesh,
      placed.each[a]!,
      around.each[b]!,
      turned(placed.tcp12, placed.robot.retractAxis),
    );
  }

  /** What a class keeps from everything. */
  limitM(clearanceClass: ClearanceClass, situation: Situation): number {
    const limit = this.cell.clearances[clearanceClass];
    return situation === "weld" ? limit.weldM : limit.motionM;
  }

  #contacts(placed: PlacedRobot, around: Surroundings, situation: Situation): Contact[] {
    const { bodies } = placed.robot;
    const { obstacles } = around;
    if (obstacles.length === 0) return [];
    const verdicts = new Uint8Array(bodies.length * obstacles.length);
    this.mesh.collide(placed.all, around.all, verdicts);
    const contacts: Contact[] = [];
    for (const [i, body] of bodies.entries()) {
      for (const [k, obstacle] of obstacles.entries()) {
        if (isWelding(body, obstacle, situation)) continue;
        const touches = verdicts[i * obstacles.length + k] !== 0;
        if (touches || this.#enclosure.isEnclosed(body, placed.each[i]!, obstacle.body, around.each[k]!)) {
          contacts.push({ body: body.name, obstacle: obstacle.name, isInside: !touches });
        }
      }
    }
    return contacts;
  }

  #clearanceOf(
    body: CellBody,
    at: Bodies,
    around: Surroundings,
    contacts: readonly Contact[],
    situation: Situation,
  ): BodyClearance | undefined {
    const contact = contacts.find((one) => one.body === body.name);
    const obstacles = around.obstacles
      .map((obstacle, index) => ({ obstacle, index }))
      .filter(({ obstacle }) => !isWelding(body, obstacle, situation))
      .filter(({ obstacle }) => contact === undefined || contact.obstacle === obstacle.name);
    const indices = obstacles.map(({ index }) => index);
    const nearest = this.mesh.nearest(at, subset(around, indices));
    if (nearest === undefined) return undefined;
    const clearanceClass = body.clearanceClass!;
    return {
      body: body.name,
      clearanceClass,
      obstacle: obstacles[nearest.b]!.obstacle.name,
      distanceM: contact === undefined ? nearest.distanceM : 0,
      pointA: nearest.pointA,
      pointB: nearest.pointB,
      limitM: this.limitM(clearanceClass, situation),
    };
  }

  /** What is to be tested together: at a weld the gun tips are left out against body and parts. */
  *#groups(
    placed: PlacedRobot,
    around: Surroundings,
    situation: Situation,
  ): Generator<[Bodies, Bodies, readonly CellBody[], readonly Obstacle[]]> {
    const { bodies } = placed.robot;
    const { obstacles } = around;
    if (situation === "motion" || !bodies.some((body) => body.clearanceClass === "gunTip")) {
      if (obstacles.length > 0) yield [placed.all, around.all, bodies, obstacles];
      return;
    }
    for (const [i, body] of bodies.entries()) {
      const indices = obstacles.flatMap((obstacle, k) => (isWelding(body, obstacle, situation) ? [] : [k]));
      if (indices.length === 0) continue;
      yield [placed.each[i]!, subset(around, indices), [body], indices.map((k) => obstacles[k]!)];
    }
  }

  #ownContacts(placed: PlacedRobot): Contact[] {
    const { robot } = placed;
    let pairs = this.#own.get(robot.name);
    if (pairs === undefined) {
      pairs = ownPairs(this.mesh, new PlacedRobot(robot, placed.all.meshes)).tested;
      this.#own.set(robot.name, pairs);
    }
    return pairs
      .filter(([a, b]) => this.mesh.collide(placed.each[a]!, placed.each[b]!) > 0)
      .map(([a, b]) => ({
        body: robot.bodies[a]!.name,
        obstacle: `${robot.name} ${robot.bodies[b]!.name}`,
        isInside: false,
      }));
  }
}

/** The bodies of a robot that stand whatever it does, as the others meet them: those no joint moves, or all where it waits. */
function fixedBodies({ robot, all, each }: PlacedRobot, waits: boolean): StandingBody[] {
  return robot.bodies.flatMap((body, i) =>
    waits || !robot.arm.moves(body.link!)
      ? [
          {
            obstacle: { name: `${robot.name} ${body.name}`, body, robot: robot.name },
            handle: all.meshes[i]!,
            pose12: each[i]!.poses,
          },
        ]
      : [],
  );
}

const countedOthers = ({ others = true }: CheckOptions): OtherRobots =>
  others === true ? "all" : others === false ? "none" : others;

/** Gun tips meet the sheet at a weld: that is the weld. */
export function isWelding(body: CellBody, obstacle: Obstacle, situation: Situation): boolean {
  const isSheet = obstacle.body.role === "body" || obstacle.body.role === "part";
  return situation === "weld" && body.clearanceClass === "gunTip" && isSheet;
}

/** Some of the obstacles, at their places. */
function subset(around: Surroundings, indices: readonly number[]): Bodies {
  if (indices.length === around.obstacles.length) return around.all;
  const poses = new Float64Array(POSE_SIZE * indices.length);
  for (const [i, k] of indices.entries()) poses.set(around.each[k]!.poses, POSE_SIZE * i);
  return { meshes: indices.map((k) => around.all.meshes[k]!), poses };
}
