import type { Node, NodeAPI } from "node-red";
import { isWithin } from "../../../runtime/core/address.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { readLayoutFile } from "../../../runtime/model/layout/layout-file.ts";
import type { PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";
import { tellingTwins, untoldParts } from "../../../runtime/model/layout/told-parts.ts";
import { SceneOnShelf } from "../cell/scene-on-shelf.ts";
import { openShelf } from "../cell/shelf.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { openPartRoute } from "./part-route.ts";
import { PartsNow } from "./parts-now.ts";
import type { LaidLayout, Plant3dView } from "./plant3d-view.ts";

interface Plant3dConfig extends WidgetConfig {
  /** All parts stand within it: who may see the twin's tab may see them. */
  twin: string;
  /** The layout file: JSON, YAML, glTF or GLB. */
  layout: string;
}

const ROUTE = "dashboard/rung-plant3d";

export default function (RED: NodeAPI): void {
  const shelf = openShelf(RED, ROUTE);
  const route = openPartRoute(RED);

  function Plant3dWidget(this: Node, config: Plant3dConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    let now: PartsNow | undefined;
    let address: string | null = null;
    let trouble = "";
    let abnormal = 0;
    let isClosed = false;
    const scenes: SceneOnShelf[] = [];
    const values = route.open((part) => now?.valuesOf(part));

    const read = async (): Promise<void> => {
      const { layout, glb } = await readLayoutFile(config.layout);
      refuseOutside(layout, twin.address, config.layout);
      for (const [i, { file }] of layout.cells.entries()) {
        const scene = new SceneOnShelf(shelf, `${this.id}/cell${i}`, file);
        scenes.push(scene);
        // A cell that cannot be read leaves its robots out, and the rest stands.
        await scene.read("", (words) => this.error(words));
      }
      if (isClosed) return;
      const laid: LaidLayout = {
        layout,
        scenes: scenes.map((scene) => scene.address),
        glb: glb === undefined ? null : shelf.lay(this.id, "model/gltf-binary", new Uint8Array(glb)),
      };
      address = shelf.lay(this.id, "application/json", Buffer.from(JSON.stringify(laid)));
      now = new PartsNow(layout, services().twins, () => services().alarms().book);
      const nodes: unknown[] = [];
      RED.nodes.eachNode((node) => nodes.push(node));
      const untold = untoldParts(layout, tellingTwins(nodes));
      if (untold.length > 0) {
        const [first] = untold;
        this.warn(
          `${config.layout}: no twin tells of ${untold.length} of ${layout.parts.length} parts, first ${first!.id} at ${first!.address}`,
        );
      }
    };
    read().catch((thrown) => {
      trouble = messageOf(thrown);
      this.error(trouble);
    });

    this.on("close", () => {
      isClosed = true;
      values.close();
      now?.close();
      for (const scene of scenes) scene.close();
      shelf.clear(this.id);
    });
    showWidget(RED, this, config, {
      view: (): Plant3dView => {
        const { parts, bodies } = now?.now() ?? { parts: [], bodies: [] };
        abnormal = parts.filter(({ alarm }) => alarm !== undefined).length;
        return { layout: address, trouble, values: values.address, parts, bodies };
      },
      status: () => {
        if (trouble !== "") return "no layout";
        const count = now?.layout.parts.length ?? 0;
        return `${count.toLocaleString("en")} parts · ${abnormal === 0 ? "nothing abnormal" : `${abnormal} abnormal`}`;
      },
    });
  }
  RED.nodes.registerType("ui-rung-plant3d", Plant3dWidget);
}

/**
 * Which people see a widget follows from the twins that its tab names: a layout must not bring in others.
 * @throws RungError `layout-outside`
 */
function refuseOutside({ parts }: PlantLayout, twin: string, where: string): void {
  const outside = parts.filter(({ address }) => address !== "" && !isWithin(address, twin));
  if (outside.length === 0) return;
  throw new RungError({
    code: "layout-outside",
    where,
    what: `${outside.length} of ${parts.length} parts are not of ${twin}, first ${outside[0]!.id} at ${outside[0]!.address}`,
    advice: "choose the twin of the whole plant in the widget, or take them out of the layout",
  });
}
