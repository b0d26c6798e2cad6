import type { Rung } from "../../core/evidence.ts";
import type { WiredTwin } from "../wiring/wired-twin.ts";

/** A relative of a twin; `held` is missing where nothing was measured. */
export interface Relative {
  readonly address: string;
  readonly name: string;
  readonly wired: Rung;
  readonly held?: Rung;
}

export interface Child extends Relative {
  readonly needed: boolean;
  /** The parent cannot hold more as long as this child holds no more. */
  readonly limits: boolean;
}

export interface Family {
  readonly parent: Relative | null;
  /** The weakest first. */
  readonly children: readonly Child[];
}

type Twin = WiredTwin & { readonly held?: Rung };

/**
 * Parent and children of a twin, with what each of them holds.
 * @param twins of the flow: verdicts, or as they are wired
 */
export function familyOf(twins: readonly Twin[], address: string): Family {
  const of = (twin: Twin): Relative => ({
    address: twin.address,
    name: twin.name,
    wired: twin.wired,
    ...(twin.held === undefined ? {} : { held: twin.held }),
  });
  const rung = (twin: Twin): Rung => twin.held ?? twin.wired;
  const self = twins.find((twin) => twin.address === address);
  const parent = twins.find((twin) => twin.address === self?.parent);
  const children = twins
    .filter((twin) => self !== undefined && twin.parent === address)
    .sort((a, b) => rung(a) - rung(b) || (a.address < b.address ? -1 : 1))
    .map((twin) => ({ ...of(twin), needed: twin.needed, limits: twin.needed && rung(twin) <= rung(self!) }));
  return { parent: parent === undefined ? null : of(parent), children };
}

/** The twin and everything below it in its family: what one of them does to the plant, the twin does. */
export function withDescendants(twins: readonly WiredTwin[], address: string): string[] {
  const found = new Set([address]);
  for (const one of found) for (const twin of twins) if (twin.parent === one) found.add(twin.address);
  return [...found];
}
