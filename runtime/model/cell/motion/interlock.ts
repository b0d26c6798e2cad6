import { RungError } from "../../../core/errors.ts";
import type { ProgramTiming } from "./cycle-time.ts";

/** A robot and its program over time. */
export interface InterlockedRobot {
  readonly name: string;
  /** Names of its points, in their order. */
  readonly points: readonly string[];
  readonly timing: ProgramTiming;
}

/** An interference zone between two of the robots: places on their paths. */
export interface RobotZone {
  readonly robotA: number;
  readonly robotB: number;
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** One robot's side of an interlock: it asks at one of its points and releases at another. */
export interface InterlockSide {
  readonly robot: string;
  /** It waits here until the zone is free; absent where it starts its program inside. */
  readonly askAt?: string;
  /** It has left the zone when it arrives here; absent where it ends its program inside. */
  readonly releaseAt?: string;
  /** When it holds the zone in the planned cycle, waits included, s. Absent where the cycle never gets there. */
  readonly heldFromS?: number;
  readonly heldToS?: number;
}

/** A zone only one of two robots may be in: what the PLC's interlock must do. Plain data. */
export interface Interlock {
  readonly sides: readonly [InterlockSide, InterlockSide];
}

export interface PlannedWait {
  readonly robot: string;
  readonly point: string;
  readonly startS: number;
  readonly waitS: number;
  /** Who holds the zone it waits for. */
  readonly forRobot: string;
  /** Of the plan's interlocks the one it waits for; where several follow on each other, the last. */
  readonly interlock: number;
}

/** One cycle of all robots with their interlocks. Plain data. */
export interface InterlockPlan {
  readonly interlocks: readonly Interlock[];
  readonly waits: readonly PlannedWait[];
  readonly robots: readonly {
    readonly robot: string;
    /** Without any other robot, s. */
    readonly aloneS: number;
    readonly waitS: number;
    /** With its waits, s; absent where it never ends. */
    readonly cycleS?: number;
  }[];
  /** When the last robot ends, s; absent where one never does. */
  readonly cycleS?: number;
  /** Pairs that stand in each other's way before anything moves: no interlock helps there. */
  readonly togetherAtStart: readonly (readonly [string, string])[];
  /** Robots that wait for each other without end, and where; empty where the plan works. */
  readonly stuck: readonly { readonly robot: string; readonly point: string; readonly forRobot: string }[];
}

interface ZoneSide {
  readonly robot: number;
  readonly from: number;
  readonly to: number;
}

/** A zone rounded to whole moves of both robots, the earlier in the list first. */
interface Claim {
  readonly robots: readonly [number, number];
  /** -1 where the robot is inside from the start. */
  readonly firstMove: readonly [number, number];
  /** One past the robot's last move where it stays inside at the end. */
  readonly lastMove: readonly [number, number];
}

/**
 * Plans one cycle: all robots start together at their first points; whoever comes first to a zone goes first (of two
 * at the same instant the earlier in the list). A zone is asked for and released at points of the program, as robots
 * do it, so it is rounded outwards to whole moves. Where two robots would wait for each other, the zones between them
 * that do it are joined to one, and the cycle is planned again.
 */
export function planInterlocks(
  robots: readonly InterlockedRobot[],
  zones: readonly RobotZone[],
): InterlockPlan {
  let claims = zones.map((zone) => claimOf(robots, zone));
  for (;;) {
    const run = new CycleRun(robots, claims);
    run.toEnd();
    const joined = run.joinedWherePairStuck();
    if (joined === undefined) return run.plan();
    claims = joined;
  }
}

/** The time of the program alone that has passed at a time of the planned cycle: it stands still in each wait. */
export function programTimeS(
  timeS: number,
  waits: readonly { readonly startS: number; readonly waitS: number }[],
): number {
  let waited = 0;
  for (const { startS, waitS } of waits) waited += Math.min(Math.max(timeS - startS, 0), waitS);
  return timeS - waited;
}

function claimOf(robots: readonly InterlockedRobot[], zone: RobotZone): Claim {
  for (const robot of [zone.robotA, zone.robotB]) {
    if (robots[robot] === undefined) {
      throw new RungError({
        code: "motion",
        where: "interlocks",
        what: `there is no robot ${robot} of a zone`,
      });
    }
  }
  const lastOf = (robot: number, to: number): number => {
    const moves = robots[robot]!.timing.points - 1;
    return to >= moves ? moves : Math.ceil(to) - 1;
  };
  const firstOf = (from: number): number => (from <= 0 ? -1 : Math.floor(from));
  const sides = [
    { robot: zone.robotA, from: zone.fromA, to: zone.toA },
    { robot: zone.robotB, from: zone.fromB, to: zone.toB },
  ].sort((a, b) => a.robot - b.robot) as [ZoneSide, ZoneSide];
  return {
    robots: [sides[0].robot, sides[1].robot],
    firstMove: [firstOf(sides[0].from), firstOf(sides[1].from)],
    lastMove: [lastOf(sides[0].robot, sides[0].to), lastOf(sides[1].robot, sides[1].to)],
  };
}

interface Waiting {
  readonly robot: number;
  readonly sinceS: number;
  /** Claim it lacks, once it has asked. */
  lacks: number | undefined;
}

/** One cycle, event by event. */
class CycleRun {
  readonly #robots: readonly InterlockedRobot[];
  readonly #claims: readonly Claim[];
  /** Which side of each claim holds it: 0, 1 or none. */
  readonly #holder: (0 | 1 | undefined)[];
  readonly #held: { fromS?: number; toS?: number }[][];
  /** The next move of each robot. */
  readonly #nextMove: number[];
  readonly #endS: (number | undefined)[];
  readonly #waits: PlannedWait[] = [];
  #waiting: Waiting[] = [];
  readonly #events: { readonly timeS: number; readonly robot: number; readonly kind: "arrives" | "ready" }[] =
    [];

  constructor(robots: readonly InterlockedRobot[], claims: readonly Claim[]) {
    this.#robots = robots;
    this.#claims = claims;
    this.#holder = claims.map(() => undefined);
    this.#held = claims.map(() => [{}, {}]);
    this.#nextMove = robots.map(() => 0);
    this.#endS = robots.map(() => undefined);
  }

  toEnd(): void {
    for (const [robot] of this.#robots.entries()) {
      for (const [claim, side] of this.#claimsOf(robot)) {
        if (this.#claims[claim]!.firstMove[side] < 0 && this.#holder[claim] === undefined)
          this.#take(claim, side, 0);
      }
      this.#stand(robot, 0);
    }
    for (let event = this.#nextEvent(); event !== undefined; event = this.#nextEvent()) {
      if (event.kind === "ready")
        this.#waiting.push({ robot: event.robot, sinceS: event.timeS, lacks: undefined });
      else this.#arrive(event.robot, event.timeS);
      this.#goOn(event.timeS);
    }
  }

  /** The claims with those joined by which two robots block each other, or undefined where no two do. */
  joinedWherePairStuck(): Claim[] | undefined {
    for (const one of this.#waiting) {
      const blocker = this.#blockerOf(one);
      const other = this.#waiting.find(({ robot }) => robot === blocker);
      if (other === undefined || this.#blockerOf(other) !== one.robot || one.lacks === other.lacks) continue;
      const [a, b] = [this.#claims[one.lacks!]!, this.#claims[other.lacks!]!];
      const rest = this.#claims.filter((claim) => claim !== a && claim !== b);
      return [...rest, joined(a, b)];
    }
    return undefined;
  }

  plan(): InterlockPlan {
    const stuck = this.#waiting.map((one) => ({
      robot: this.#robots[one.robot]!.name,
      point: this.#pointName(one.robot, this.#nextMove[one.robot]!),
      forRobot: this.#robots[this.#blockerOf(one)]!.name,
    }));
    const ends = this.#endS.filter((end) => end !== undefined);
    return {
      interlocks: this.#claims.map((claim, index) => ({
        sides: [this.#side(claim, index, 0), this.#side(claim, index, 1)],
      })),
      waits: this.#waits,
      robots: this.#robots.map(({ name, timing }, robot) => ({
        robot: name,
        aloneS: timing.durationS,
        waitS: this.#waits.reduce((sum, wait) => (wait.robot === name ? sum + wait.waitS : sum), 0),
        cycleS: this.#endS[robot],
      })),
      cycleS: ends.length === this.#robots.length ? Math.max(0, ...ends) : undefined,
      togetherAtStart: this.#claims
        .filter(({ firstMove }) => firstMove[0] < 0 && firstMove[1] < 0)
        .map(({ robots: [a, b] }) => [this.#robots[a]!.name, this.#robots[b]!.name] as const),
      stuck,
    };
  }

  #side(claim: Claim, index: number, side: 0 | 1): InterlockSide {
    const robot = claim.robots[side];
    const { fromS, toS } = this.#held[index]![side]!;
    return {
      robot: this.#robots[robot]!.name,
      askAt: claim.firstMove[side] < 0 ? undefined : this.#pointName(robot, claim.firstMove[side]),
      releaseAt: this.#robots[robot]!.points[claim.lastMove[side] + 1],
      heldFromS: fromS,
      heldToS: toS,
    };
  }

  #pointName(robot: number, point: number): string {
    return this.#robots[robot]!.points[point]!;
  }

  #claimsOf(robot: number): [number, 0 | 1][] {
    return this.#claims.flatMap(({ robots }, claim): [number, 0 | 1][] =>
      robots[0] === robot ? [[claim, 0]] : robots[1] === robot ? [[claim, 1]] : [],
    );
  }

  #take(claim: number, side: 0 | 1, timeS: number): void {
    this.#holder[claim] = side;
    this.#held[claim]![side]!.fromS = timeS;
  }

  /** The robot stands at its next move's start for the point's dwell, or is done. */
  #stand(robot: number, timeS: number): void {
    const { timing } = this.#robots[robot]!;
    const point = this.#nextMove[robot]!;
    const leaveS = timeS + timing.dwellDurationS(point);
    if (point === timing.points - 1) this.#endS[robot] = leaveS;
    else this.#events.push({ timeS: leaveS, robot, kind: "ready" });
  }

  #arrive(robot: number, timeS: number): void {
    const done = this.#nextMove[robot]!;
    this.#nextMove[robot] = done + 1;
    for (const [claim, side] of this.#claimsOf(robot)) {
      if (this.#holder[claim] !== side || this.#claims[claim]!.lastMove[side] !== done) continue;
      this.#holder[claim] = undefined;
      this.#held[claim]![side]!.toS = timeS;
    }
    this.#stand(robot, timeS);
  }

  /** Lets every robot go that has what it needs, in the order in which they came. */
  #goOn(timeS: number): void {
    this.#waiting = this.#waiting.filter((one) => {
      const move = this.#nextMove[one.robot]!;
      const needed = this.#claimsOf(one.robot).filter(
        ([claim, side]) =>
          this.#claims[claim]!.firstMove[side] <= move && move <= this.#claims[claim]!.lastMove[side],
      );
      const lacking = needed.find(
        ([claim, side]) => this.#holder[claim] !== undefined && this.#holder[claim] !== side,
      );
      if (lacking !== undefined) {
        one.lacks = lacking[0];
        return true;
      }
      for (const [claim, side] of needed)
        if (this.#holder[claim] === undefined) this.#take(claim, side, timeS);
      if (timeS > one.sinceS) {
        this.#waits.push({
          robot: this.#robots[one.robot]!.name,
          point: this.#pointName(one.robot, move),
          startS: one.sinceS,
          waitS: timeS - one.sinceS,
          forRobot: this.#robots[this.#blockerOf(one)]!.name,
          interlock: one.lacks!,
        });
      }
      const arriveS = timeS + this.#robots[one.robot]!.timing.moveDurationS(move);
      this.#events.push({ timeS: arriveS, robot: one.robot, kind: "arrives" });
      return false;
    });
  }

  /** The other robot of the claim a robot lacks or lacked last. */
  #blockerOf({ robot, lacks }: Waiting): number {
    const { robots } = this.#claims[lacks!]!;
    return robots[0] === robot ? robots[1] : robots[0];
  }

  /** The earliest event; of several at one instant arrivals first, for they free zones, then by the robots' order. */
  #nextEvent():
    | { readonly timeS: number; readonly robot: number; readonly kind: "arrives" | "ready" }
    | undefined {
    this.#events.sort(
      (a, b) =>
        a.timeS - b.timeS || Number(a.kind === "ready") - Number(b.kind === "ready") || a.robot - b.robot,
    );
    return this.#events.shift();
  }
}

/** One claim for two of the same pair of robots. */
function joined(a: Claim, b: Claim): Claim {
  return {
    robots: a.robots,
    firstMove: [Math.min(a.firstMove[0], b.firstMove[0]), Math.min(a.firstMove[1], b.firstMove[1])],
    lastMove: [Math.max(a.lastMove[0], b.lastMove[0]), Math.max(a.lastMove[1], b.lastMove[1])],
  };
}
