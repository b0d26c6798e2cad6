import { LiveCurve } from "../../../runtime/describe/decimate/live-curve.ts";
import type { History } from "../../../runtime/describe/historian/history.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import { beforeOf, columnsAfter, propertyOf, seriesHead, stretchOf } from "../trend/trend-curves.ts";
import type { AskedStretch } from "../trend/trend-route.ts";
import type { TrendStretch, TrendView } from "../trend/trend-view.ts";
import { digitsOf } from "./detail-of.ts";

const COLUMNS = 800;
const SPAN_US = 3600e6;
/** A curve that nobody looks at any more is let go. */
const KEPT_MS = 60_000;
/** More pages at a time than anybody opens: the one that waits longest gives way. */
const MOST_CURVES = 40;

interface Kept {
  readonly curve: LiveCurve;
  askedMs: number;
  trouble: string;
}

/** Curves of the properties that somebody looks at, each kept up while pages ask for it. */
export class CurveShelf {
  readonly #history: () => History;
  readonly #stateOf: (address: string) => TwinState | undefined;
  readonly #curves = new Map<string, Kept>();

  constructor(history: () => History, stateOf: (address: string) => TwinState | undefined) {
    this.#history = history;
    this.#stateOf = stateOf;
  }

  get size(): number {
    return this.#curves.size;
  }

  /** The last hour of a property, as a trend draws it. @param at where the browser asks for stretches of it */
  whole(address: string, at: string): TrendView {
    const kept = this.#kept(address);
    const { curve } = kept;
    const state = this.#stateOf(address);
    const nowUs = curve.nowUs();
    const widthS = curve.columns.widthUs / 1e6;
    const limits = propertyOf(address, state)?.limits;
    return {
      address: at,
      digits: digitsOf(state?.last(address)?.value ?? null),
      spanS: SPAN_US / 1e6,
      nowS: nowUs === undefined ? null : Math.ceil(nowUs / 1e6 / widthS) * widthS,
      runs: curve.columns.cleared,
      since: -1,
      revision: 0,
      widthMs: curve.columns.widthUs / 1000,
      series: [
        {
          ...seriesHead(address, address, state),
          before: beforeOf(curve.columns),
          columns: columnsAfter(curve.columns, -1),
        },
      ],
      ...limits,
      forecasts: [],
      marks: [],
      trouble: kept.trouble,
    };
  }

  /** A stretch of its past. @throws what history throws */
  async stretch(address: string, { fromS, toS, columns }: AskedStretch): Promise<TrendStretch> {
    const { curve } = this.#kept(address);
    const asked = { fromUs: fromS * 1e6, toUs: toS * 1e6, widthUs: ((toS - fromS) * 1e6) / columns };
    const drawn = await stretchOf(curve, asked, (one) =>
      this.#history().decimated(one, asked.fromUs, asked.toUs, asked.widthUs),
    );
    const head = seriesHead(address, address, this.#stateOf(address));
    return { fromS, toS, widthMs: asked.widthUs / 1000, series: [{ ...head, ...drawn }] };
  }

  /** Lets go what nobody asked for lately. */
  tidy(nowMs: number): void {
    for (const [address, { askedMs }] of this.#curves) if (nowMs - askedMs > KEPT_MS) this.#drop(address);
  }

  close(): void {
    for (const address of [...this.#curves.keys()]) this.#drop(address);
  }

  #kept(address: string): Kept {
    let kept = this.#curves.get(address);
    if (kept === undefined) {
      if (this.#curves.size >= MOST_CURVES) this.#drop(this.#curves.keys().next().value!);
      const problem = (error: unknown): void => {
        kept!.trouble = error instanceof Error ? error.message : String(error);
      };
      const curve = new LiveCurve({
        address,
        spanUs: SPAN_US,
        columns: COLUMNS,
        history: this.#history,
        problem,
      });
      kept = { curve, askedMs: 0, trouble: "" };
    }
    kept.askedMs = performance.now();
    // The one asked for last stands last.
    this.#curves.delete(address);
    this.#curves.set(address, kept);
    kept.curve.attach(this.#stateOf(address));
    return kept;
  }

  #drop(address: string): void {
    this.#curves.get(address)?.curve.close();
    this.#curves.delete(address);
  }
}
