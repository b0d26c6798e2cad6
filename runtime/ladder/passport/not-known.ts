/** Stands where a fact would stand that nobody knows, and says why. */
export interface NotKnown {
  readonly notKnown: string;
}

/** A fact, or the reason why there is none: a passport leaves nothing out and invents nothing. */
export type Known<T> = T | NotKnown;

export const notKnown = (reason: string): NotKnown => ({ notKnown: reason });

export function isNotKnown(thing: unknown): thing is NotKnown {
  return typeof thing === "object" && thing !== null && "notKnown" in thing;
}
