import type { Posture } from "./posture.ts";
import { RULA_A, RULA_B, RULA_C } from "./rula-tables.ts";
import { bent, type PartScore, type PostureScore, partScore, rated } from "./score.ts";

const ACTIONS = [
  "acceptable if it is not held or repeated for long",
  "investigate further, changes may be needed",
  "investigate and change soon",
  "investigate and change at once",
] as const;

/**
 * RULA of a posture (McAtamney and Corlett 1993). An angle on the border of two bands has the lower score. The paper rates
 * a trunk that leans back nowhere: up to 20° it counts as 0-20° forward, beyond as 20-60°, as in REBA.
 */
export function rula(posture: Posture): PostureScore {
  const upperArm = rulaUpperArm(posture);
  const lowerArm = rulaLowerArm(posture);
  const wrist = rulaWrist(posture);
  const twist: PartScore = posture.wrist.twisted
    ? { part: "wrist twist", score: 2, because: ["at or near the end of its range: 2"] }
    : { part: "wrist twist", score: 1, because: ["mid-range: 1"] };
  const neck = rulaNeck(posture);
  const trunk = rulaTrunk(posture);
  const legs: PartScore = posture.legs.balanced
    ? { part: "legs", score: 1, because: ["supported and balanced: 1"] }
    : { part: "legs", score: 2, because: ["not balanced: 2"] };
  const muscle = muscleUse(posture);
  const force = forceScore(posture);
  const a = RULA_A[upperArm.score - 1]![lowerArm.score - 1]![wrist.score - 1]![twist.score - 1]!;
  const b = RULA_B[neck.score - 1]![trunk.score - 1]![legs.score - 1]!;
  const arms = a + muscle.score + force.score;
  const body = b + muscle.score + force.score;
  const score = RULA_C[Math.min(arms, 8) - 1]![Math.min(body, 7) - 1]!;
  const actionLevel = rulaActionLevel(score);
  return {
    kind: "rula",
    name: posture.name,
    score,
    actionLevel,
    action: ACTIONS[actionLevel - 1]!,
    parts: [upperArm, lowerArm, wrist, twist, neck, trunk, legs, muscle, force],
    tables: [
      {
        table: "A",
        score: a,
        at: `upper arm ${upperArm.score}, lower arm ${lowerArm.score}, wrist ${wrist.score}, wrist twist ${twist.score}`,
      },
      { table: "B", score: b, at: `neck ${neck.score}, trunk ${trunk.score}, legs ${legs.score}` },
      { table: "C", score, at: `arms and wrists ${arms}, neck, trunk and legs ${body}` },
    ],
  };
}

/** 1 to 4 for a grand score of 1 to 7. */
export function rulaActionLevel(score: number): number {
  if (score <= 2) return 1;
  if (score <= 4) return 2;
  return score <= 6 ? 3 : 4;
}

function rulaUpperArm({ upperArm, neutralWithinDeg }: Posture): PartScore {
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
      [upperArm.shoulderRaised, 1, "shoulder raised"],
      [upperArm.abducted, 1, "abducted"],
      [upperArm.supported, -1, "supported"],
    ],
    6,
  );
}

function rulaLowerArm({ lowerArm }: Posture): PartScore {
  const deg = lowerArm.flexionDeg;
  const score = deg >= 60 && deg <= 100 ? 1 : 2;
  return partScore(
    "lower arm",
    [score, bent(deg)],
    [[lowerArm.outOfLine, 1, "across the midline or out to the side"]],
    3,
  );
}

function rulaWrist({ wrist, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(wrist.flexionDeg, neutralWithinDeg);
  let score = 3;
  if (deg === 0) score = 1;
  else if (Math.abs(deg) <= 15) score = 2;
  return partScore("wrist", [score, bent(deg)], [[wrist.deviated, 1, "bent sideways"]], 4);
}

function rulaNeck({ neck, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(neck.flexionDeg, neutralWithinDeg);
  let score = 3;
  if (deg < 0) score = 4;
  else if (deg <= 10) score = 1;
  else if (deg <= 20) score = 2;
  return partScore(
    "neck",
    [score, bent(deg)],
    [
      [neck.twisted, 1, "twisted"],
      [neck.sideBent, 1, "bent sideways"],
    ],
    6,
  );
}

function rulaTrunk({ trunk, neutralWithinDeg }: Posture): PartScore {
  const deg = rated(trunk.flexionDeg, neutralWithinDeg);
  let score = 4;
  if (trunk.supported || deg === 0) score = 1;
  else if (Math.abs(deg) <= 20) score = 2;
  else if (deg <= 60) score = 3;
  return partScore(
    "trunk",
    [score, trunk.supported ? "sits well supported" : bent(deg)],
    [
      [trunk.twisted, 1, "twisted"],
      [trunk.sideBent, 1, "bent sideways"],
    ],
    6,
  );
}

function muscleUse({ activity }: Posture): PartScore {
  const part = "muscle use";
  if (activity.held) return { part, score: 1, because: ["held for longer than a minute: +1"] };
  if (activity.repeated) return { part, score: 1, because: ["repeated more than four times a minute: +1"] };
  return { part, score: 0, because: ["neither held nor repeated: 0"] };
}

function forceScore({ load: { kg, pattern } }: Posture): PartScore {
  const isSteady = pattern === "static" || pattern === "repeated";
  let score = 0;
  if (pattern === "shock" && kg > 0) score = 3;
  else if (kg > 10) score = isSteady ? 3 : 2;
  else if (kg >= 2) score = isSteady ? 2 : 1;
  return { part: "force", score, because: [`${kg} kg, ${pattern}: ${score === 0 ? 0 : `+${score}`}`] };
}
