import { inverted, moved, multiplyPoses, POSE_SIZE, type Pose, turned, type Xyz } from "./pose.ts";
import type { SerialArm } from "./serial-arm.ts";
import { along, cross, difference, dot, length, unit } from "./vector.ts";

/** Wrist axes further than this from a common point leave the closed form (0.01 mm). */
const MOST_WRIST_MISS_M = 1e-5;
/** Angles by which axes may miss parallel or square: a URDF that writes 1.5708 for a right angle is off by 4e-6. */
const MOST_TILT_RAD = 1e-5;
/** Below these the closed form is exact to the last digits, and its answers need no polish. */
const EXACT_MISS_M = 1e-12;
const EXACT_TILT_RAD = 1e-12;

/**
 * An arm of three turning joints and a spherical wrist, measured from its axes at zero. Its frame has the origin on
 * axis 1; x points out and along the plane that the arm moves in, y along axis 2, z along axis 1. With angles at zero
 * the arm's plane is x-z.
 */
export interface ArmGeometry {
  /** Pose of the world in the arm's frame. */
  readonly fromWorld: Pose;
  /** Pose of the TCP at zero, in the arm's frame. */
  readonly tcpAtZero: Pose;
  /** Wrist centre in the TCP's frame, m. */
  readonly wristInTcp: Xyz;
  /** Axis 2 and axis 3 in the x-z plane, and the wrist centre at zero, m. */
  readonly shoulder: readonly [number, number];
  readonly elbow: readonly [number, number];
  readonly wrist: readonly [number, number];
  /** How far the wrist centre lies beside the plane through axis 1, m. */
  readonly lateralM: number;
  /** Axis 2 to axis 3, and axis 3 to the wrist centre, in the plane, m. */
  readonly upperArmM: number;
  readonly forearmM: number;
  /** +1 where axis 3 points as axis 2, -1 where it points against it. */
  readonly elbowSign: 1 | -1;
  /** Directions of axes 4, 5 and 6 at zero. */
  readonly wristAxes: readonly [Xyz, Xyz, Xyz];
  /** The closed form needs no polish. */
  readonly exact: boolean;
}

/** Why an arm has no closed form: what is off, by how much. */
export interface NoClosedForm {
  readonly reason: string;
}

/** Measures an arm, or says why the closed form does not fit it. */
export function measureArm(arm: SerialArm): ArmGeometry | NoClosedForm {
  const axes = new Float64Array(36);
  const tcp = new Float64Array(POSE_SIZE);
  arm.axes(new Float64Array(6), axes, tcp);
  const point = (joint: number): Xyz => [axes[6 * joint]!, axes[6 * joint + 1]!, axes[6 * joint + 2]!];
  const axis = (joint: number): Xyz => [axes[6 * joint + 3]!, axes[6 * joint + 4]!, axes[6 * joint + 5]!];

  const square = Math.abs(dot(axis(0), axis(1)));
  if (square > MOST_TILT_RAD) return { reason: "axes 1 and 2 are not square to each other" };
  const parallel = length(cross(axis(1), axis(2)));
  if (parallel > MOST_TILT_RAD) return { reason: "axes 2 and 3 are not parallel" };
  if (length(cross(axis(3), axis(4))) < 1e-3 || length(cross(axis(4), axis(5))) < 1e-3)
    return { reason: "two neighbouring axes of the wrist are parallel" };
  const wrist = nearestPoint([3, 4, 5].map((joint) => ({ point: point(joint), axis: axis(joint) })));
  const missM = Math.max(
    ...[3, 4, 5].map((joint) => length(cross(difference(wrist, point(joint)), axis(joint)))),
  );
  if (missM > MOST_WRIST_MISS_M)
    return { reason: `the wrist's axes miss each other by ${(1000 * missM).toFixed(3)} mm` };

  const x = unit(cross(axis(1), axis(0)));
  const z = axis(0);
  const y = cross(z, x);
  const origin = point(0);
  const fromWorld = inverted(
    Float64Array.of(x[0], y[0], z[0], origin[0], x[1], y[1], z[1], origin[1], x[2], y[2], z[2], origin[2]),
  );
  const inPlane = (at: Xyz): readonly [number, number] => {
    const [px, , pz] = moved(fromWorld, at);
    return [px, pz];
  };
  const shoulder = inPlane(point(1));
  const elbow = inPlane(point(2));
  const wristInPlane = inPlane(wrist);
  const upperArmM = Math.hypot(elbow[0] - shoulder[0], elbow[1] - shoulder[1]);
  const forearmM = Math.hypot(wristInPlane[0] - elbow[0], wristInPlane[1] - elbow[1]);
  if (upperArmM < 1e-3 || forearmM < 1e-3)
    return { reason: "two of axes 2, 3 and the wrist centre coincide" };
  const tcpAtZero = new Float64Array(POSE_SIZE);
  multiplyPoses(fromWorld, 0, tcp, 0, tcpAtZero, 0);
  return {
    fromWorld,
    tcpAtZero,
    wristInTcp: moved(inverted(tcp), wrist),
    shoulder,
    elbow,
    wrist: wristInPlane,
    lateralM: moved(fromWorld, wrist)[1],
    upperArmM,
    forearmM,
    elbowSign: dot(axis(1), axis(2)) > 0 ? 1 : -1,
    wristAxes: [turned(fromWorld, axis(3)), turned(fromWorld, axis(4)), turned(fromWorld, axis(5))],
    exact: missM < EXACT_MISS_M && square < EXACT_TILT_RAD && parallel < EXACT_TILT_RAD,
  };
}

/** The point nearest to several lines, by least squares: sum (I - h h') p = sum (I - h h') o. */
function nearestPoint(lines: readonly { readonly point: Xyz; readonly axis: Xyz }[]): Xyz {
  const columns: [number[], number[], number[]] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  let right: Xyz = [0, 0, 0];
  for (const { point, axis } of lines) {
    for (let i = 0; i < 3; i++)
      for (let k = 0; k < 3; k++) columns[k]![i]! += (i === k ? 1 : 0) - axis[i]! * axis[k]!;
    right = along(along(right, point, 1), axis, -dot(axis, point));
  }
  const [a, b, c] = columns as unknown as [Xyz, Xyz, Xyz];
  const determinant = dot(a, cross(b, c));
  return [
    dot(right, cross(b, c)) / determinant,
    dot(a, cross(right, c)) / determinant,
    dot(a, cross(b, right)) / determinant,
  ];
}
