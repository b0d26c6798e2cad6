import type { Node, NodeAPI } from "node-red";
import { isWithin } from "../../../runtime/core/address.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { twinOf } from "../look/twin-of.ts";
import { askedStretch } from "../trend/trend-route.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { CurveShelf } from "./curve-shelf.ts";
import { type DetailSource, propertyDetail, stationDetail } from "./detail-of.ts";
import { askedAddress, DetailRoute } from "./detail-route.ts";
import type { DetailPlace } from "./detail-view.ts";

const TIDY_MS = 10_000;
/** More open alarms than this no page of a station lists. */
const MOST_ALARMS = 500;

interface DetailConfig extends WidgetConfig {
  twin: string;
  historian?: string;
}

export default function (RED: NodeAPI): void {
  const route = new DetailRoute(RED);

  function DetailWidget(this: Node, config: DetailConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    const history = () => (config.historian ? historianOf(RED, config.historian) : services().historian());
    const stateOf = (address: string) => services().twins.ownerOf(address);
    const shelf = new CurveShelf(history, stateOf);
    const source: DetailSource = {
      stateOf,
      verdicts: () => services().ladder().report().twins,
      alarms: () => services().alarms().book.open(MOST_ALARMS),
      evidence: (of) => services().evidence.of(of),
    };
    const within = (address: string): string => {
      if (isWithin(address, twin.address)) return address;
      throw new RungError({
        code: "outside",
        where: address,
        what: `is not within ${twin.address}, of which this page tells`,
        advice: "choose a wider twin in the widget, or open the page of the other one",
      });
    };
    const place = route.open({
      detail: (query) => {
        const { address, isProperty } = askedAddress(query);
        return (isProperty ? propertyDetail : stationDetail)(within(address), source);
      },
      curve: (property, query) => {
        const address = within(property);
        if (query.from !== undefined) return shelf.stretch(address, askedStretch(query));
        return shelf.whole(address, `${place.address}/curve/${encodeURIComponent(address)}`);
      },
    });
    const timer = setInterval(() => shelf.tidy(performance.now()), TIDY_MS);
    this.on("close", () => {
      clearInterval(timer);
      place.close();
      shelf.close();
    });
    showWidget(RED, this, config, {
      view: (): DetailPlace => ({ address: place.address, twin: twin.address }),
    });
  }
  RED.nodes.registerType("ui-rung-detail", DetailWidget);
}
