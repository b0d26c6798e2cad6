import {
  ALL_VALUES_M,
  farthestOf,
  type Screening,
  type ScreeningRequest,
  screeningErrorM,
} from "./field-screening.ts";
import { sampleGroups } from "./sample-groups.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { BARRIER } from "./solver-barrier.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { SolverTeam } from "./solver-team.ts";

/** The screening's fast lane, f32; within 1e-5 m of the plain lane where nothing is farther than 10 m. */
export async function screenWasm(
  request: ScreeningRequest,
  threads: number,
  control: SolverControl,
): Promise<Screening> {
  const { field, samples, configurations, poses, enoughM = ALL_VALUES_M } = request;
  const bodies = samples.counts.length;
  const groups = sampleGroups(samples);
  const most = Math.max(...Array.from(samples.counts.keys(), (body) => groupsOf(groups.starts, body)));
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    distance: ["f32", field.distanceM.length],
    points: ["f32", groups.pointsM.length],
    spheres: ["f32", groups.spheresM.length],
    bodySpheres: ["f32", groups.bodySpheresM.length],
    starts: ["i32", groups.starts.length],
    poses: ["f32", poses.length],
    sampled: ["f32", configurations * bodies],
    scratch: ["f32", threads * most],
  });
  arrays.distance.set(field.distanceM);
  arrays.points.set(groups.pointsM);
  arrays.spheres.set(groups.spheresM);
  arrays.bodySpheres.set(groups.bodySpheresM);
  arrays.starts.set(groups.starts);
  arrays.poses.set(poses);
  const at = (name: keyof typeof arrays): number => arrays[name].byteOffset;
  const slack = 2 * screeningErrorM(field.cellM, farthestOf(request));
  const team = await SolverTeam.form(memory, threads, arrays.barrier);
  try {
    await inSlices(configurations, threads, control, async (from, to) => {
      await team.call(
        "fieldScreening",
        ...[at("distance"), ...field.shape, ...field.originM, field.cellM],
        ...[
          at("points"),
          at("spheres"),
          at("bodySpheres"),
          at("starts"),
          bodies,
          slack,
          enoughM,
          at("poses"),
        ],
        ...[from, to, at("sampled"), at("scratch"), most],
      );
    });
  } finally {
    team.disband();
  }
  return { sampledM: Float32Array.from(arrays.sampled) };
}

const groupsOf = (starts: Int32Array, body: number): number => starts[body + 1]! - starts[body]!;
