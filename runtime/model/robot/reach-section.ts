import type { ArmGeometry } from "./arm-geometry.ts";
import type { SerialArm } from "./serial-arm.ts";

/** A piece of the section's border. Angles in the arm's plane, from x (out) to z (along axis 1), rad. */
interface Arc {
  readonly x: number;
  readonly z: number;
  readonly radiusM: number;
  readonly fromRad: number;
  /** Never below `fromRad`. */
  readonly toRad: number;
}

/** A point in the arm's plane: out from axis 1 and along it, m. */
export interface SectionPoint {
  readonly distanceM: number;
  readonly x: number;
  readonly z: number;
}

const TURN = 2 * Math.PI;
/** A point this near to the section belongs to it, so that rounding refuses no stretched arm. */
const BORDER_M = 1e-10;

/**
 * Where joints 2 and 3 can bring the wrist centre within their limits, in the plane through axis 1 that the arm moves
 * in. Its border is made of arcs: those on which joint 2 or joint 3 stands at a limit, and those of the stretched and
 * the folded arm. So distances to it are exact.
 */
export class ReachSection {
  readonly #geometry: ArmGeometry;
  readonly #arm: SerialArm;
  readonly #arcs: readonly Arc[];
  readonly #upperAngleRad: number;
  readonly #foreAngleRad: number;

  constructor(arm: SerialArm, geometry: ArmGeometry) {
    this.#arm = arm;
    this.#geometry = geometry;
    const { shoulder, elbow, wrist } = geometry;
    this.#upperAngleRad = Math.atan2(elbow[1] - shoulder[1], elbow[0] - shoulder[0]);
    this.#foreAngleRad = Math.atan2(wrist[1] - elbow[1], wrist[0] - elbow[0]);
    this.#arcs = [...this.#joint2AtLimits(), ...this.#joint3Arcs()];
  }

  /** The point of the section nearest to a point of the plane; distance 0 for a point in it. */
  nearest(x: number, z: number): SectionPoint {
    if (this.holds(x, z)) return { distanceM: 0, x, z };
    let best: SectionPoint = { distanceM: Number.POSITIVE_INFINITY, x, z };
    for (const arc of this.#arcs) {
      const angle = nearestOn(arc, Math.atan2(z - arc.z, x - arc.x));
      const px = arc.x + arc.radiusM * Math.cos(angle);
      const pz = arc.z + arc.radiusM * Math.sin(angle);
      const distanceM = Math.hypot(px - x, pz - z);
      if (distanceM < best.distanceM) best = { distanceM, x: px, z: pz };
    }
    return best.distanceM <= BORDER_M ? { distanceM: 0, x, z } : best;
  }

  /** Whether joints 2 and 3 can bring the wrist centre to a point of the plane. */
  holds(x: number, z: number): boolean {
    const { shoulder, upperArmM, forearmM, elbowSign } = this.#geometry;
    const dx = x - shoulder[0];
    const dz = z - shoulder[1];
    const squared = dx * dx + dz * dz;
    const short = (upperArmM + forearmM) ** 2 - squared;
    const long = squared - (upperArmM - forearmM) ** 2;
    if (short < 0 || long < 0) return false;
    const bend = 2 * Math.atan2(Math.sqrt(short), Math.sqrt(long));
    for (const side of [1, -1]) {
      const upperAngle =
        Math.atan2(dz, dx) -
        Math.atan2(forearmM * Math.sin(side * bend), upperArmM + forearmM * Math.cos(side * bend));
      const q2 = this.#upperAngleRad - upperAngle;
      const q3 = elbowSign * (this.#foreAngleRad - (upperAngle + side * bend) - q2);
      if (this.#isWithin(1, q2) && this.#isWithin(2, q3)) return true;
    }
    return false;
  }

  /** The furthest that the wrist centre gets from axis 1, m: what data sheets call the reach. */
  mostHorizontalM(): number {
    let most = 0;
    for (const arc of this.#arcs)
      for (const angle of [nearestOn(arc, 0), nearestOn(arc, Math.PI), arc.fromRad, arc.toRad])
        most = Math.max(most, Math.abs(arc.x + arc.radiusM * Math.cos(angle)));
    return Math.hypot(most, this.#geometry.lateralM);
  }

  /**
   * Its border as lines for drawing, x and z in turn, m.
   * @param stepRad the angle between points of an arc
   */
  outline(stepRad: number): number[][] {
    return this.#arcs.map(({ x, z, radiusM, fromRad, toRad }) => {
      const steps = Math.max(1, Math.ceil((toRad - fromRad) / stepRad));
      return Array.from({ length: steps + 1 }, (_, i) => fromRad + ((toRad - fromRad) * i) / steps).flatMap(
        (angle) => [x + radiusM * Math.cos(angle), z + radiusM * Math.sin(angle)],
      );
    });
  }

  /** Limits of a joint, one turn at most: more draws the same border again. */
  #range(joint: 1 | 2): readonly [number, number] {
    const lower = this.#arm.lowerRad[joint]!;
    const upper = this.#arm.upperRad[joint]!;
    return upper - lower < TURN ? [lower, upper] : [-Math.PI, Math.PI];
  }

  #isWithin(joint: 1 | 2, angleRad: number): boolean {
    const [lower, upper] = this.#range(joint);
    if (upper - lower >= TURN) return true;
    const middle = (lower + upper) / 2;
    const angle = angleRad + TURN * Math.round((middle - angleRad) / TURN);
    return angle >= lower && angle <= upper;
  }

  #joint2AtLimits(): Arc[] {
    const [lower, upper] = this.#range(1);
    if (upper - lower >= TURN) return [];
    const [lower3, upper3] = this.#range(2);
    const { shoulder, upperArmM, forearmM, elbowSign } = this.#geometry;
    return [lower, upper].map((q2) => {
      const upperAngle = this.#upperAngleRad - q2;
      const ends = [lower3, upper3].map((q3) => this.#foreAngleRad - q2 - elbowSign * q3);
      return {
        x: shoulder[0] + upperArmM * Math.cos(upperAngle),
        z: shoulder[1] + upperArmM * Math.sin(upperAngle),
        radiusM: forearmM,
        fromRad: Math.min(...ends),
        toRad: Math.max(...ends),
      };
    });
  }

  #joint3Arcs(): Arc[] {
    const [lower, upper] = this.#range(1);
    const [lower3, upper3] = this.#range(2);
    const { shoulder, upperArmM, forearmM, elbowSign } = this.#geometry;
    // The angle of joint 3 at which the forearm goes on as the upper arm does.
    const stretched = elbowSign * (this.#foreAngleRad - this.#upperAngleRad);
    const angles = [stretched, stretched + Math.PI].filter((q3) => this.#isWithin(2, q3));
    if (upper3 - lower3 < TURN) angles.push(lower3, upper3);
    return angles.map((q3) => {
      const foreAngle = this.#foreAngleRad - elbowSign * q3;
      const x = upperArmM * Math.cos(this.#upperAngleRad) + forearmM * Math.cos(foreAngle);
      const z = upperArmM * Math.sin(this.#upperAngleRad) + forearmM * Math.sin(foreAngle);
      const angle = Math.atan2(z, x);
      return {
        x: shoulder[0],
        z: shoulder[1],
        radiusM: Math.hypot(x, z),
        fromRad: angle - upper,
        toRad: angle - lower,
      };
    });
  }
}

/** The angle of an arc nearest to a direction from its centre. */
function nearestOn({ fromRad, toRad }: Arc, angleRad: number): number {
  if (toRad - fromRad >= TURN) return angleRad;
  const middle = (fromRad + toRad) / 2;
  const angle = angleRad + TURN * Math.round((middle - angleRad) / TURN);
  return Math.min(Math.max(angle, fromRad), toRad);
}
