import { sharedArrays } from "../../../runtime/compute/solvers/shared-arrays.ts";
import { BARRIER } from "../../../runtime/compute/solvers/solver-barrier.ts";
import { SolverTeam } from "../../../runtime/compute/solvers/solver-team.ts";

/** Values of a block of which one thread takes the sum. */
export const BLOCK = 4096;

/** A team of two over two blocks of ones: this thread sums the first, the helper the second. */
export async function summingTeam(): Promise<{
  readonly team: SolverTeam;
  readonly sum: () => Promise<number>;
  /** Sum, least and greatest of either block. */
  readonly sums: Float64Array;
}> {
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    values: ["f32", 2 * BLOCK],
    out: ["f64", 6],
  });
  arrays.values.fill(1);
  const team = await SolverTeam.form(memory, 2, arrays.barrier);
  const sum = () =>
    team.call("summaryF32", arrays.values.byteOffset, arrays.values.length, arrays.out.byteOffset);
  return { team, sum, sums: arrays.out };
}
