import type { Rung } from "../core/evidence.ts";
import { listed } from "../ladder/difference/one-line.ts";
import type { WiredTwin, Wiring } from "../ladder/wiring.ts";
import type { InputError } from "./flow-input.ts";

const SHOWN_TWINS = 10;

/** A twin that is wired for less than is wanted of it. */
export interface Shortfall {
  readonly twin: string;
  readonly wired: Rung;
  readonly wanted: Rung;
}

/** Twins wired for less than `--min` or, where that says nothing, than their own target rung. */
export function belowWanted(
  wiring: Wiring,
  min: ReadonlyMap<string, Rung>,
  errors: InputError[],
): Shortfall[] {
  const wanted = new Map<string, Rung>();
  for (const { address, target } of wiring.twins) if (target !== null) wanted.set(address, target);
  for (const [name, rung] of min) {
    const meant = wiring.twins.filter((twin) => twin.address === name || twin.name === name);
    if (meant.length !== 1) {
      const known =
        listed(
          wiring.twins.map(({ address }) => address),
          SHOWN_TWINS,
        ) || "none";
      const what = meant.length === 0 ? "is no twin of this flow" : "is the name of several twins";
      errors.push({ file: "", path: "", message: `--min ${name}: ${what} (twins: ${known})` });
    } else wanted.set(meant[0]!.address, rung);
  }
  return wiring.twins.flatMap(({ address, wired }) => {
    const rung = wanted.get(address);
    return rung !== undefined && wired < rung ? [{ twin: address, wired, wanted: rung }] : [];
  });
}

/** At its target a twin is worth what its decision needs, and is urged no further. */
export function isEnough({ wired, target }: WiredTwin): boolean {
  return target !== null && wired >= target;
}
