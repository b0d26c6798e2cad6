import { isDeepStrictEqual } from "node:util";

/** Operators' screens change at most twice a second. */
const REFRESH_MS = 500;
/** A view that no page shows is made so often, for the node's status. */
const UNSEEN_MS = 5_000;
/** A timer comes a little early or late. */
const SLACK_MS = 100;

let versions = 0;

/** The view of one widget: made when it is due, and numbered anew where it has changed. */
export class WidgetView {
  readonly #make: () => object;
  readonly #problem: (error: unknown) => void;
  readonly #changed: () => void;
  readonly #everyMs: number;
  readonly #news: () => unknown;
  #shown: object | undefined;
  #version = 0;
  #isLost = true;
  #madeMs = Number.NEGATIVE_INFINITY;
  #changedMs = Number.NEGATIVE_INFINITY;
  #newest: unknown;
  #isTouched = true;

  /**
   * @param make the view now
   * @param options.everyMs it is made so often while a page shows it
   * @param options.news something else whenever the view may differ: it is then made without waiting for that
   * @param options.changed called after each change
   * @param options.problem called where it cannot be made
   */
  constructor(
    make: () => object,
    options: {
      everyMs?: number;
      news?: () => unknown;
      changed: () => void;
      problem: (error: unknown) => void;
    },
  ) {
    this.#make = make;
    this.#everyMs = options.everyMs ?? REFRESH_MS;
    this.#news = options.news ?? (() => undefined);
    this.#changed = options.changed;
    this.#problem = options.problem;
  }

  /** The view as it was last made; undefined before the first. */
  get shown(): object | undefined {
    return this.#shown;
  }

  /** Of the view that is shown: no two views of any widgets share one. */
  get version(): number {
    return this.#version;
  }

  /** True where there is no view to believe in. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** A message came or somebody pressed something: the view is made as soon as screens may change again. */
  touch(): void {
    this.#isTouched = true;
  }

  /** Makes the view where it is due. */
  look(nowMs: number, isWatched: boolean): void {
    if (!this.#isDue(nowMs + SLACK_MS, isWatched)) return;
    this.#madeMs = nowMs;
    this.#isTouched = false;
    try {
      this.#newest = this.#news();
      const made = this.#make();
      this.#isLost = false;
      if (isDeepStrictEqual(made, this.#shown)) return;
      this.#shown = made;
      this.#version = ++versions;
      this.#changedMs = nowMs;
      this.#changed();
    } catch (error) {
      this.#isLost = true;
      this.#problem(error);
    }
  }

  #isDue(nowMs: number, isWatched: boolean): boolean {
    if (nowMs - this.#madeMs >= (isWatched ? this.#everyMs : UNSEEN_MS)) return true;
    if (!isWatched || nowMs - this.#changedMs < REFRESH_MS) return false;
    return this.#isTouched || this.#news() !== this.#newest;
  }
}
