import type { Posture } from "./posture.ts";
import { REBA_A, REBA_B, REBA_C } from "./reba-tables.ts";
import { bent, type PartScore, type PostureScore, partScore, rated } from "./score.ts";

const ACTIONS = [
  "none necessary",
  "may be necessary",
  "necessary",
  "necessary soon",
  "necessary at once",
] as const;
const COUPLINGS = { good: 0, fair: 1, poor: 2, unacceptable: 3 } as const;

/** REBA of a posture (Hignett and McAtamney 2000). An angle on the border of two bands has the lower score. */
export function reba(posture: Posture): PostureScore {
  const trunk = rebaTrunk(posture);
  const neck = rebaNeck(posture);
  const legs = rebaLegs(posture);
  const load = loadScore(posture);
  const upperArm = rebaUpperArm(posture);
  const lowerArm = rebaLowerArm(posture);
  const wrist = rebaWrist(posture);
  const coupling: PartScore = {
    part: "coupling",
    score: COUPLINGS[posture.coupling],
    because: [`${posture.coupling}: ${COUPLINGS[posture.coupling]}`],
  };
  const activity = activityScore(posture);
  const a = REBA_A[neck.score - 1]![trunk.score - 1]![legs.score - 1]!;
  const b = REBA_B[upperArm.score - 1]![lowerArm.score - 1]![wrist.score - 1]!;
  const body = a + load.score;
  const arms = b + coupling.score;
  const c = REBA_C[body - 1]![arms - 1]!;
  const score = c + activity.score;
  const actionLevel = rebaActionLevel(score);
  return {
    kind: "reba",
    name: posture.name,
    score,
    actionLevel,
    action: ACTIONS[actionLevel]!,
    parts: [trunk, neck, legs, load, upperArm, lowerArm, wrist, coupling, activity],
    tables: [
      { table: "A", score: a, at: `neck ${neck.score}, trunk ${trunk.score}, legs ${legs.score}` },
      {
        table: "B",
        score: b,
        at: `upper arm ${upperArm.score}, lower arm ${lowerArm.score}, wrist ${wrist.score}`,
      },
      { table: "C", score: c, at: `trunk, neck and legs ${body}, arms and wrists ${arms}` },
    ],
  };
}

/** 0 to 4 for a score of 1 to 15. */
export function rebaActionLevel(score: number): number {
  if (score <= 1) return 0;
  if (score <= 3) return 1;
  if (score <= 7) return 2;
  return score <= 10 ? 3 : 4;
}

function rebaTrunk({ trunk, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(trunk.flexionDeg, neutralWithinDeg);
  let score = 3;
  if (deg === 0) score = 1;
  else if (Math.abs(deg) <= 20) score = 2;
  else if (deg > 60) score = 4;
  return partScore(
    "trunk",
    [score, bent(deg)],
    [[trunk.twisted || trunk.sideBent, 1, "twisted or bent sideways"]],
    5,
  );
}

function rebaNeck({ neck, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(neck.flexionDeg, neutralWithinDeg);
  const score = deg >= 0 && deg <= 20 ? 1 : 2;
  return partScore(
    "neck",
    [score, bent(deg)],
    [[neck.twisted || neck.sideBent, 1, "twisted or bent sideways"]],
    3,
  );
}

function rebaLegs({ legs }: Posture): PartScore {
  const { kneeFlexionDeg: knee, sitting } = legs;
  return partScore(
    "legs",
    legs.balanced ? [1, "weight on both, walking or sitting"] : [2, "on one leg or unstable"],
    [
      [!sitting && knee > 60, 2, `knees flexed ${knee}°`],
      [!sitting && knee >= 30 && knee <= 60, 1, `knees flexed ${knee}°`],
    ],
    4,
  );
}

function loadScore({ load: { kg, pattern } }: Posture): PartScore {
  let score = 0;
  if (kg > 10) score = 2;
  else if (kg >= 5) score = 1;
  const because = [`${kg} kg: ${score}`];
  if (pattern === "shock" && kg > 0) {
    score++;
    because.push("shock or rapid build-up: +1");
  }
  return { part: "load", score, because };
}

function rebaUpperArm({ upperArm, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(upperArm.flexionDeg, neutralWithinDeg);
  let score = 4;
  if (deg < -20) score = 2;
  else if (deg <= 20) score = 1;
  else if (deg <= 45) score = 2;
  else if (deg <= 90) score = 3;
  return partScore(
    "upper arm",
    [score, bent(deg)],
    [
      [upperArm.abducted || upperArm.rotated, 1, "abducted or rotated"],
      [upperArm.shoulderRaised, 1, "shoulder raised"],
      [upperArm.supported, -1, "supported"],
    ],
    6,
  );
}

function rebaLowerArm({ lowerArm: { flexionDeg: deg } }: Posture): PartScore {
  return partScore("lower arm", [deg >= 60 && deg <= 100 ? 1 : 2, bent(deg)], [], 2);
}

function rebaWrist({ wrist, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(wrist.flexionDeg, neutralWithinDeg);
  return partScore(
    "wrist",
    [Math.abs(deg) <= 15 ? 1 : 2, bent(deg)],
    [[wrist.deviated || wrist.twisted, 1, "bent sideways or twisted"]],
    3,
  );
}

function activityScore({ activity }: Posture): PartScore {
  const because = [
    ...(activity.held ? ["held for longer than a minute: +1"] : []),
    ...(activity.repeated ? ["repeated more than four times a minute: +1"] : []),
    ...(activity.rapid ? ["large rapid changes or an unstable base: +1"] : []),
  ];
  return { part: "activity", score: because.length, because: because.length === 0 ? ["none: 0"] : because };
}
