/** What a solver needs of the kernel control it runs under; a test may pass `AT_ONCE`. */
export interface SolverControl {
  breathe(): Promise<void>;
  progress?(done: number, of: number): void;
}

/** For a caller outside the compute process: nobody cancels and nobody looks. */
export const AT_ONCE: SolverControl = { breathe: () => Promise.resolve() };

/** Work between two breaths, ms: well below the 50 ms that a request of higher priority may wait. */
const SLICE_MS = 30;

/**
 * Does `units` of work in slices of about 30 ms, with a breath and a word of progress after each. The first slice is
 * one grain, each further one at most twice the one before, so that no slice is long on a slow machine.
 * @param grain units that must not be parted, such as a pair of time steps
 * @param work does the units `from` up to and without `to`
 */
export async function inSlices(
  units: number,
  grain: number,
  control: SolverControl,
  work: (from: number, to: number) => void | Promise<void>,
): Promise<void> {
  await control.breathe();
  let grains = 1;
  for (let from = 0; from < units; ) {
    const to = Math.min(units, from + grains * grain);
    const beganMs = performance.now();
    await work(from, to);
    const tookMs = Math.max(performance.now() - beganMs, 1e-3);
    grains = Math.max(1, Math.min(2 * grains, Math.floor((grains * SLICE_MS) / tookMs)));
    from = to;
    control.progress?.(from, units);
    await control.breathe();
  }
}
