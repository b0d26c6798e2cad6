import type { DistanceField } from "./distance-field.ts";
import { ALL_VALUES_M, type Screening, type ScreeningRequest } from "./field-screening.ts";

/** The screening's plain lane: every point of every configuration in double precision, the reference of the others. */
export function screenPlain(request: ScreeningRequest): Screening {
  const { field, samples, configurations, poses, enoughM = ALL_VALUES_M } = request;
  const bodies = samples.counts.length;
  const sampledM = new Float32Array(configurations * bodies).fill(enoughM);
  for (let configuration = 0; configuration < configurations; configuration++) {
    let at = 0;
    for (let body = 0; body < bodies; body++) {
      const place = configuration * bodies + body;
      const pose = poses.subarray(12 * place, 12 * place + 12);
      for (let count = samples.counts[body]!; count > 0; count--, at += 3) {
        const [x, y, z] = [0, 4, 8].map(
          (row) =>
            pose[row]! * samples.pointsM[at]! +
            pose[row + 1]! * samples.pointsM[at + 1]! +
            pose[row + 2]! * samples.pointsM[at + 2]! +
            pose[row + 3]!,
        );
        sampledM[place] = Math.min(sampledM[place]!, fieldAt(field, x!, y!, z!));
      }
    }
  }
  return { sampledM };
}

/** The field's value at a point, as `Screening` says it. */
export function fieldAt({ originM, cellM, shape, distanceM }: DistanceField, ...point: number[]): number {
  let outsideSquared = 0;
  const [ix, iy, iz] = point.map((value, axis) => {
    const wanted = (value - originM[axis]!) / cellM;
    const inside = Math.min(Math.max(wanted, 0), shape[axis]! - 1);
    outsideSquared += ((wanted - inside) * cellM) ** 2;
    const node = Math.min(Math.floor(inside), shape[axis]! - 2);
    return { node, part: inside - node };
  }) as [Between, Between, Between];
  const [nx, ny] = shape;
  let value = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const at = ((iz.node + dz) * ny + iy.node + dy) * nx + ix.node + dx;
    value += weight(ix, dx) * weight(iy, dy) * weight(iz, dz) * distanceM[at]!;
  }
  return Math.hypot(Math.sqrt(outsideSquared), value);
}

interface Between {
  /** The lower of the two nodes. */
  readonly node: number;
  /** Of the way from it to the other. */
  readonly part: number;
}
const weight = ({ part }: Between, side: number): number => (side === 1 ? part : 1 - part);
