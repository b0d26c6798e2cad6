import { type HeatPlate, type HeatPlateProblem, plateFourier } from "./heat-plate.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { SolverTeam, threadsFor } from "./solver-team.ts";

/** `HEAT_PLATE` in the compute child. */
export function run(problem: HeatPlateProblem, control: SolverControl): Promise<HeatPlate> {
  return heatPlate(problem, control);
}

/**
 * Temperatures after `steps` explicit steps (FTCS), in f32.
 * @throws RungError `solver-input` naming the value at fault; whatever `control.breathe` throws
 */
export async function heatPlate(problem: HeatPlateProblem, control: SolverControl): Promise<HeatPlate> {
  const fourier = plateFourier(problem);
  const { width, height, startC } = problem;
  const { memory, arrays } = sharedArrays({
    barrier: ["i32", 2],
    now: ["f32", startC.length],
    next: ["f32", startC.length],
  });
  arrays.now.set(startC);
  // Both hold the edges, which no step writes.
  arrays.next.set(startC);
  let newest = arrays.now;
  let older = arrays.next;
  const threads = threadsFor(problem.threads, startC.length * problem.steps);
  const team = await SolverTeam.form(memory, threads, arrays.barrier);
  try {
    await inSlices(problem.steps, 2, control, async (from, to) => {
      const address = await team.call(
        "heatPlate",
        ...[newest.byteOffset, older.byteOffset, width, height, fourier, to - from],
      );
      if (address !== newest.byteOffset) [newest, older] = [older, newest];
    });
  } finally {
    team.disband();
  }
  return { temperatureC: Float32Array.from(newest), timeS: problem.steps * problem.stepS };
}
