import { ALL_VALUES_M, type Screening, type ScreeningRequest } from "../field-screening.ts";
import { GROUP, sampleGroups } from "../sample-groups.ts";
import { type SolverStep, solverStep } from "./solver-step.ts";

/** Fields of `lattice`. */
const LATTICE = { x: 0, y: 1, z: 2, cell: 3 };

/** Place between nodes along one axis: `i` the lower node, `p` the part of the way, `o` how far outside, in cells. */
const axisSource = (axis: "x" | "y" | "z", row: number, last: number): string => `
    let w${axis} = poses[configuration][body][${4 * row + 3}] - lattice[${LATTICE[axis]}];
    for (let k = 0; k < 3; k++) w${axis} += poses[configuration][body][${4 * row} + k] * points[group][i][k];
    w${axis} = w${axis} / lattice[${LATTICE.cell}];
    const u${axis} = Math.min(Math.max(w${axis}, 0), ${last});
    const i${axis} = Math.min(Math.floor(u${axis}), ${last - 1});
    const p${axis} = u${axis} - i${axis};
    const o${axis} = (w${axis} - u${axis}) * lattice[${LATTICE.cell}];`;

/** The least value at the points of a group: groups x configurations. */
const screeningSource = ([nx, ny, nz]: readonly [number, number, number]): string =>
  `function leastOfGroup(field, lattice, points, bodyOf, poses, enough) {
  const group = this.thread.x;
  const configuration = this.thread.y;
  const body = bodyOf[group];
  let least = enough;
  for (let i = 0; i < ${GROUP}; i++) {${axisSource("x", 0, nx - 1)}${axisSource("y", 1, ny - 1)}${axisSource("z", 2, nz - 1)}
    const value = (1 - pz) * (
        (1 - py) * ((1 - px) * field[iz][iy][ix] + px * field[iz][iy][ix + 1]) +
        py * ((1 - px) * field[iz][iy + 1][ix] + px * field[iz][iy + 1][ix + 1])) +
      pz * (
        (1 - py) * ((1 - px) * field[iz + 1][iy][ix] + px * field[iz + 1][iy][ix + 1]) +
        py * ((1 - px) * field[iz + 1][iy + 1][ix] + px * field[iz + 1][iy + 1][ix + 1]));
    least = Math.min(least, Math.sqrt(value * value + ox * ox + oy * oy + oz * oz));
  }
  return least;
}`;

/** A step of groups x configurations. */
export function screeningStep(request: ScreeningRequest): SolverStep {
  const { field, samples, configurations, poses, enoughM = ALL_VALUES_M } = request;
  const { pointsM, starts } = sampleGroups(samples);
  const bodies = samples.counts.length;
  const groups = starts[bodies]!;
  const bodyOf = new Float32Array(groups);
  for (let body = 0; body < bodies; body++) bodyOf.fill(body, starts[body], starts[body + 1]);
  return solverStep(
    "field screening",
    screeningSource(field.shape),
    [
      { name: "field", shape: field.shape, values: field.distanceM },
      { name: "lattice", shape: [4], values: Float32Array.of(...field.originM, field.cellM) },
      { name: "points", shape: [3, GROUP, groups], values: pointsM },
      { name: "bodyOf", shape: [groups], values: bodyOf },
      { name: "poses", shape: [12, bodies, configurations], values: poses },
      { name: "enough", shape: [], values: enoughM },
    ],
    [groups, configurations],
    1,
    GROUP,
  );
}

/** The least over the groups of each body. */
export function screeningRead(
  { samples, configurations }: ScreeningRequest,
  ofGroups: Float32Array,
): Screening {
  const { starts } = sampleGroups(samples);
  const bodies = samples.counts.length;
  const groups = starts[bodies]!;
  const sampledM = new Float32Array(configurations * bodies).fill(Number.POSITIVE_INFINITY);
  for (let configuration = 0; configuration < configurations; configuration++)
    for (let body = 0; body < bodies; body++) {
      const place = configuration * bodies + body;
      for (let group = starts[body]!; group < starts[body + 1]!; group++)
        sampledM[place] = Math.min(sampledM[place]!, ofGroups[configuration * groups + group]!);
    }
  return { sampledM };
}
