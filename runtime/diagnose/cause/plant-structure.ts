import { RungError } from "../../core/errors.ts";

/** A place feeds another: material, air or heat goes from one to the other. Patterns may hold `*` for a run of digits or letters. */
export interface Feed {
  readonly from: string;
  readonly to: string;
}

/** What is known of a property for this: its address, and what moves it. */
export interface PlacedProperty {
  readonly address: string;
  readonly affectedBy?: readonly string[];
}

/** How one signal stands to another along the plant. */
export type Standing = "same" | "before" | "after" | "unknown";

/** A plant has at most so many steps from one place to another that still count as "before". */
const FARTHEST = 3;

/**
 * What the addresses and the engineer's word say of who comes before whom. The place of a property is its address
 * without the last segment. Places feed each other where it is declared; where nothing is declared, places that differ
 * in one number alone (`zone2`, `zone3`) feed in the order of the numbers, as stations and zones of a line do.
 */
export class PlantStructure {
  readonly #next = new Map<string, Set<string>>();
  readonly #moves = new Map<string, ReadonlySet<string>>();
  readonly #places = new Map<string, string>();
  readonly #distance = new Map<string, number>();

  /**
   * @param feeds declared, by places below the twin or by whole addresses
   * @param placeOf place of an address where it is not the address without its last segment
   * @throws RungError `bad-feed` where a place is not there
   */
  constructor(parts: {
    readonly twin: string;
    readonly properties: readonly PlacedProperty[];
    readonly feeds?: readonly Feed[];
    readonly placeOf?: (address: string) => string | undefined;
  }) {
    for (const { address, affectedBy } of parts.properties) {
      this.#places.set(address, parts.placeOf?.(address) ?? parentOf(address));
      if (affectedBy !== undefined) this.#moves.set(address, new Set(affectedBy));
    }
    const places = [...new Set(this.#places.values())].sort();
    if (parts.feeds !== undefined && parts.feeds.length > 0) {
      for (const feed of parts.feeds) this.#declare(feed, places, parts.twin);
    } else for (const place of places) this.#connectNumbered(place, places);
  }

  placeOf(address: string): string {
    return this.#places.get(address) ?? parentOf(address);
  }

  /** True where `cause` is declared to move `effect`. */
  moves(cause: string, effect: string): boolean {
    return this.#moves.get(effect)?.has(cause) ?? false;
  }

  /** True where the place `from` feeds `to`, over at most three steps. */
  feeds(from: string, to: string): boolean {
    return this.steps(from, to) > 0;
  }

  /** Steps from one place to the other along the feeds; 0 for the same place, -1 where there is no way of three steps. */
  steps(from: string, to: string): number {
    const key = `${from}\n${to}`;
    let found = this.#distance.get(key);
    if (found === undefined) {
      found = this.#walk(from, to);
      this.#distance.set(key, found);
    }
    return found;
  }

  /** Where `a` stands as seen from `b`. In a loop of places, the shorter way counts. */
  standing(a: string, b: string): Standing {
    const [from, to] = [this.placeOf(a), this.placeOf(b)];
    if (from === to) return "same";
    const [there, back] = [this.steps(from, to), this.steps(to, from)];
    if (there < 0 && back < 0) return "unknown";
    if (back < 0) return "before";
    if (there < 0) return "after";
    return there === back ? "unknown" : there < back ? "before" : "after";
  }

  #walk(from: string, to: string): number {
    let front = new Set([from]);
    const seen = new Set(front);
    for (let steps = 0; steps <= FARTHEST; steps++) {
      if (front.has(to)) return steps;
      const next = new Set<string>();
      for (const place of front) {
        for (const each of this.#next.get(place) ?? []) if (!seen.has(each)) next.add(each);
      }
      for (const place of next) seen.add(place);
      front = next;
    }
    return -1;
  }

  #connect(from: string, to: string): void {
    if (from === to) return;
    const next = this.#next.get(from) ?? new Set();
    next.add(to);
    this.#next.set(from, next);
  }

  #declare({ from, to }: Feed, places: readonly string[], twin: string): void {
    const found = (name: string): string => {
      const place = places.find((each) => each === name || each === `${twin}/${name}`);
      if (place !== undefined) return place;
      throw new RungError({
        code: "bad-feed",
        where: `${from} > ${to}`,
        what: `${JSON.stringify(name)} is no place of ${twin}`,
        advice: `places are ${places.slice(0, 12).join(", ")}${places.length > 12 ? ", ..." : ""}`,
      });
    };
    this.#connect(found(from), found(to));
  }

  /** `oven1/zone2` feeds `oven1/zone3`, or the next number there is. */
  #connectNumbered(place: string, places: readonly string[]): void {
    const own = numbered(place);
    if (own === undefined) return;
    const later = places
      .map((each) => ({ each, other: numbered(each) }))
      .filter(({ other }) => other !== undefined && other.stem === own.stem && other.number > own.number)
      .sort((a, b) => a.other!.number - b.other!.number)[0];
    if (later !== undefined) this.#connect(place, later.each);
  }
}

const parentOf = (address: string): string => {
  const cut = address.lastIndexOf("/");
  return cut < 0 ? "" : address.slice(0, cut);
};

/** A place whose last segment ends in a number. */
function numbered(place: string): { stem: string; number: number } | undefined {
  const match = /^(.*?)(\d+)$/.exec(place);
  return match === null ? undefined : { stem: match[1]!, number: Number(match[2]) };
}

/**
 * Reads `zone1 > zone2 > zone3, gas > zone1`.
 * @throws RungError `bad-feed`
 */
export function readFeeds(text: string, where: string): Feed[] {
  return text
    .split(/[,;\n]/)
    .map((chain) => chain.trim())
    .filter((chain) => chain !== "")
    .flatMap((chain) => {
      const places = chain.split(">").map((place) => place.trim());
      if (places.length < 2 || places.includes("")) {
        throw new RungError({
          code: "bad-feed",
          where,
          what: `${JSON.stringify(chain)} names no two places`,
          advice: "write zone1 > zone2 > zone3, one chain per line or comma",
        });
      }
      return places.slice(1).map((to, i) => ({ from: places[i]!, to }));
    });
}
