import { RungError } from "../../core/errors.ts";

/** A flow that blew up has no density left that is a number. */
export function refuseDiverged(density: ArrayLike<number>, steps: number): void {
  for (let i = 0; i < density.length; i++) {
    if (Number.isFinite(density[i]!)) continue;
    throw diverged(steps);
  }
}

export const diverged = (steps: number): RungError =>
  new RungError({
    code: "airflow-diverged",
    where: "airflow",
    what: `the flow blew up within ${steps} steps`,
    advice: "raise tau towards 1, slow the inlet down, or make the cells finer",
  });
