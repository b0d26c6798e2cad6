import { RUNG_NAMES } from "../../../runtime/core/evidence.ts";
import type { OeeReport } from "../../../runtime/describe/oee/oee-report.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import { familyOf } from "../../../runtime/ladder/passport/family.ts";
import { aboveInWords } from "../../../runtime/ladder/rung-words.ts";
import type { TwinVerdict } from "../../../runtime/ladder/verdict.ts";
import type { BarView } from "../look/bar-view.ts";
import { barOf } from "../tile/bars.ts";
import { type ShopRow, valuesOf } from "./shop-rows.ts";
import type { ShopOee, ShopView } from "./shops-view.ts";

/** The newest report of OEE that reached the widget. */
export interface ToldOee {
  readonly report: OeeReport | undefined;
  /** No report came for so long that it cannot be believed. */
  readonly isStale: boolean;
}

/**
 * A shop, or the plant itself, as the overview shows it.
 * @param twins every verdict of the flow: its parts are among them
 * @param oee of the plant: it holds the shops as its parts
 */
export function shopOf(
  verdict: TwinVerdict,
  row: Omit<ShopRow, "twin">,
  twins: readonly TwinVerdict[],
  state: TwinState | undefined,
  oee: ToldOee,
): ShopView {
  const { held, heldCapabilities, lastFall } = verdict;
  return {
    name: row.label || verdict.name,
    address: verdict.address,
    page: row.page ?? "",
    class: verdict.class,
    reality: verdict.reality ?? "none",
    held,
    wired: verdict.wired,
    heldAbove: aboveInWords(held, heldCapabilities),
    rungs: verdict.rows.map(({ row: rung, wired }) => ({
      rung,
      name: RUNG_NAMES[rung],
      state: rung <= held ? "held" : wired ? "wired" : "not wired",
    })),
    ...lackOf(verdict, twins),
    ...(lastFall === null
      ? {}
      : {
          lastFall: { from: lastFall.from, to: lastFall.to, timeUs: lastFall.timeUs, cause: lastFall.cause },
        }),
    bars: [oeeBar(verdict.address, row, oee), ...(state === undefined ? [] : valueBars(state, row))],
    oee: oeeOf(verdict.address, oee),
  };
}

/** The row that keeps the twin from holding one rung more, or the part that does. */
function lackOf(verdict: TwinVerdict, twins: readonly TwinVerdict[]): Pick<ShopView, "lack"> {
  const { held, wired, enough, objective, rows } = verdict;
  const limiting = familyOf(twins, verdict.address).children.filter(({ limits }) => limits);
  const next = rows[held + 1];
  if (limiting.length > 0 && held < wired) {
    const parts = limiting.map((part) => ({ name: part.name, held: part.held ?? 0 }));
    return { lack: { rung: held + 1, parts } };
  }
  if (next?.wired === true) return { lack: { rung: next.row, fact: next.fact } };
  return enough && objective !== "" ? { lack: { enoughFor: objective } } : {};
}

const percent = (share: number | null | undefined): number | null =>
  share === null || share === undefined ? null : 100 * share;

function oeeBar(
  address: string,
  { oee: target }: Omit<ShopRow, "twin">,
  { report, isStale }: ToldOee,
): BarView {
  const part = report?.twin === address ? report : report?.parts.find(({ name }) => name === address);
  const targetPercent = Number(target);
  return {
    label: "OEE",
    value: percent(part?.figures.oee),
    unit: "%",
    digits: 1,
    low: 0,
    high: 100,
    stale: isStale && part !== undefined,
    ...(target && Number.isFinite(targetPercent) ? { setpoint: targetPercent } : {}),
  };
}

const valueBars = (state: TwinState, { values }: Omit<ShopRow, "twin">): BarView[] =>
  valuesOf(values).map(({ path, target }) => {
    const bar = barOf(state, { path, ...(target === undefined ? {} : { setpoint: target }) });
    return { ...bar, digits: bar.unit === "1" ? 0 : 1 };
  });

/** What the OEE of a twin leaves out. */
function oeeOf(address: string, { report }: ToldOee): ShopOee {
  if (report === undefined) return { isUntold: true, isCounted: false, leftOut: [] };
  const isCounted = report.twin === address || report.parts.some(({ name }) => name === address);
  const leftOut = report.leftOut
    .filter(({ name }) => report.twin === address || name === address || name.startsWith(`${address}/`))
    .map(({ name, why }) => (isCounted ? `${name.slice(address.length + 1)}: ${why}` : why));
  return { isUntold: false, isCounted, leftOut };
}
