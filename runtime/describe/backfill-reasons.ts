/** Addresses that a reason names. */
const MOST_NAMED = 3;

/** Why parts of a gap are left, and of which tags. */
export class BackfillReasons {
  readonly #addresses = new Map<string, Set<string>>();

  add(why: string, address: string): void {
    const addresses = this.#addresses.get(why) ?? new Set();
    this.#addresses.set(why, addresses.add(address));
  }

  has(why: string): boolean {
    return this.#addresses.has(why);
  }

  get text(): string | undefined {
    if (this.#addresses.size === 0) return undefined;
    return [...this.#addresses]
      .map(([why, addresses]) => {
        const named = [...addresses].slice(0, MOST_NAMED).join(", ");
        const more = addresses.size > MOST_NAMED ? ` and ${addresses.size - MOST_NAMED} more` : "";
        return `${why} (${named}${more})`;
      })
      .join("; ");
  }
}
