import { RungError } from "../../../core/errors.ts";

/** @param held block at which a part of the circle waits */
export function standstill(line: string, held: string, sinceS: number): RungError {
  return new RungError({
    code: "line-standstill",
    where: `${line}, ${held}`,
    what: `parts wait for each other in a circle since ${sinceS.toFixed(0)} s at the latest; nothing moves any more`,
    advice: "give the loop a buffer that is large enough, or a way out",
  });
}
