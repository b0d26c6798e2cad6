import { type Asked, askFor, type PageOf } from "../look/pages.ts";
import type { HeaderView } from "./header-view.ts";

export type WorstMark = 1 | 2 | 3 | "stale";

/** A page that the header leads to: plant and shops. */
export interface NavigationPage {
  readonly name: string;
  readonly path: string;
  /** Of what stands on the page now; absent where nothing is abnormal, and at the plant's, which repeats its shops'. */
  readonly mark?: WorstMark;
}

/** Pages of the two upper display levels, the plant's first, with the worst that their headers count. */
export function navigationOf(
  pages: readonly PageOf[],
  views: ReadonlyMap<string, HeaderView>,
): NavigationPage[] {
  const isPlant = ({ widget }: PageOf) => Number(widget.props?.display === "plant");
  return pages
    .filter(({ widget }) => isUpper(widget.props?.display))
    .sort((a, b) => isPlant(b) - isPlant(a))
    .map(({ name, path, widget }) => {
      const mark = widget.props?.display === "plant" ? undefined : worstOf(views.get(widget.id)?.counts);
      return { name, path, ...(mark === undefined ? {} : { mark }) };
    });
}

/** Headers saved before a display could be chosen are of shops. */
const isUpper = (display: unknown): boolean => ["plant", "shop", "", undefined].includes(display as string);

export function worstOf(counts: HeaderView["counts"] | undefined): WorstMark | undefined {
  if (counts === undefined) return undefined;
  const { p1, p2, p3, stale } = counts;
  if (p1 > 0) return 1;
  if (p2 > 0) return 2;
  if (p3 > 0) return 3;
  return stale > 0 ? "stale" : undefined;
}

/** One step of the way from the plant to what a page shows; without a place to go it is where one is. */
export interface Crumb {
  readonly name: string;
  readonly to?: string;
}

/**
 * The way from plant through shop and station to what a detail page was asked for.
 * @param here path of the page itself
 */
export function crumbsOf(
  asked: Asked,
  here: string,
  pages: readonly PageOf[],
  views: ReadonlyMap<string, HeaderView>,
): Crumb[] {
  const address = asked.property ?? asked.station;
  if (address === undefined) return [];
  const upper = pages.filter(({ widget }) => isUpper(widget.props?.display));
  const holds = ({ widget }: PageOf) => {
    const twin = views.get(widget.id)?.address;
    return twin !== undefined && (address === twin || address.startsWith(`${twin}/`)) ? twin.length : 0;
  };
  const above = upper
    .filter((page) => holds(page) > 0)
    .sort((a, b) => holds(a) - holds(b))
    // Of several pages of one twin the first is its own.
    .filter((page, i, all) => i === 0 || holds(page) > holds(all[i - 1]!));
  const from = above.length === 0 ? "" : address.slice(0, holds(above.at(-1)!));
  const rest = address.slice(from.length).split("/").filter(Boolean);
  let way = from;
  const below = rest.map((name, i): Crumb => {
    way = way === "" ? name : `${way}/${name}`;
    return i === rest.length - 1 ? { name } : { name, to: here + askFor({ station: way }) };
  });
  return [...above.map(({ name, path }) => ({ name, to: path })), ...below];
}
