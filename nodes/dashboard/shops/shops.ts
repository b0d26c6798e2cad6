import type { Node, NodeAPI } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import { isOeeReport, type OeeReport } from "../../../runtime/describe/oee/oee-report.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { shopOf } from "./shop-of.ts";
import { type ShopRow, shopRowsOf } from "./shop-rows.ts";
import type { ShopsView } from "./shops-view.ts";

/** An oee node repeats its report every 10 s. */
const OEE_STALE_MS = 30_000;

interface ShopsConfig extends WidgetConfig {
  twin: string;
  /** Target of the plant's OEE, %. */
  oee: string;
  rows: string;
}

export default function (RED: NodeAPI): void {
  function ShopsWidget(this: Node, config: ShopsConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "shops";
    const plant = twinOf(RED, config.twin);
    const rows = shopRowsOf(config.rows);
    let report: OeeReport | undefined;
    let toldMs = 0;
    const view = (): ShopsView => {
      const { twins } = services().ladder().report();
      const oee = { report, isStale: performance.now() - toldMs > OEE_STALE_MS };
      const show = (row: ShopRow) => {
        const verdict = twins.find(({ address }) => address === row.twin);
        if (verdict === undefined) return [];
        return [shopOf(verdict, row, twins, services().twins.get(row.twin), oee)];
      };
      const shops =
        rows.length > 0
          ? rows
          : twins.filter(({ parent }) => parent === plant.address).map(({ address }) => ({ twin: address }));
      const [whole] = show({ twin: plant.address, label: plant.name, oee: config.oee ?? "" });
      return { ...(whole === undefined ? {} : { plant: whole }), shops: shops.flatMap(show) };
    };
    showWidget(RED, this, config, {
      view,
      take: ({ payload }) => {
        if (!isOeeReport(payload)) {
          throw new RungError({
            code: "not-a-report",
            where,
            what: `expected a report from an oee node, got ${describePayload(payload)}`,
            advice: "wire the oee node of the plant to it",
          });
        }
        if (payload.isClosed) return;
        report = payload;
        toldMs = performance.now();
      },
      status: () => {
        const { plant: whole, shops } = view();
        return `${whole?.held ?? 0} held · ${shops.length} ${shops.length === 1 ? "shop" : "shops"}`;
      },
    });
  }
  RED.nodes.registerType("ui-rung-shops", ShopsWidget);
}
