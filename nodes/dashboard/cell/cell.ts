import type { Node, NodeAPI } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import type { LiveCellView } from "../../../runtime/model/cell/live/live-cell.ts";
import type { CellStudy } from "../../../runtime/prescribe/cell/finding.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { acceptFix } from "./accept-fix.ts";
import { AwaitedStudies } from "./awaited-study.ts";
import type { Acceptance, CellView, LivePoses, PartMark } from "./cell-view.ts";
import { SceneOnShelf } from "./scene-on-shelf.ts";
import { openShelf } from "./shelf.ts";

interface CellConfig extends WidgetConfig {
  /** The cell file whose geometry is drawn. */
  cell: string;
}

/** As often as a robot cell tells how its robots stand. */
const VIEW_MS = 1000;
const JSON_TYPE = "application/json";

/** @throws RungError `not-a-study` for a payload of another kind */
function studyOf(payload: unknown): CellStudy {
  const study = payload as CellStudy | undefined;
  if (study?.kind === "cell-study") return study;
  throw new RungError({
    code: "not-a-study",
    where: "msg.payload",
    what: `expected a study of a robot cell, got ${describePayload(payload)}`,
    advice: "wire a variant check, a reach study or a robot cell to this widget",
  });
}

function posesOf(
  { variant, timeUs, robots }: LiveCellView,
  { address, trouble }: SceneOnShelf,
  mark: PartMark | undefined,
): LivePoses {
  return {
    scene: address,
    trouble,
    variant: variant ?? "",
    atMs: Math.round(timeUs / 1000),
    robots: robots.map(({ robot, qRad, clearance }) => {
      const isMarked = robot === mark?.robot;
      const near = clearance === undefined ? "" : `${clearance.mm.toFixed(0)} mm from ${clearance.obstacle}`;
      return { robot, qRad, near: isMarked ? mark.words : near, isMarked };
    }),
  };
}

export default function (RED: NodeAPI): void {
  const shelf = openShelf(RED);

  function CellWidget(this: Node, config: CellConfig): void {
    RED.nodes.createNode(this, config);
    const studies = `${this.id}/study`;
    const scene = new SceneOnShelf(shelf, `${this.id}/scene`, config.cell);
    const liveScene = new SceneOnShelf(shelf, `${this.id}/live`, config.cell);
    const awaited = new AwaitedStudies(RED, this.id);
    let study: CellStudy | undefined;
    let address: string | null = null;
    let live: LiveCellView | undefined;
    let mark: PartMark | undefined;
    let accepted: readonly Acceptance[] = [];
    const tell = (words: string): void => this.error(words);

    const takeLive = (next: LiveCellView): void => {
      const isSame = live !== undefined && live.variant === next.variant;
      live = next;
      if (!isSame) void liveScene.read(next.variant ?? "", tell);
    };
    const take = (payload: unknown) => {
      if ((payload as LiveCellView | undefined)?.kind === "live-cell") {
        takeLive(payload as LiveCellView);
        return;
      }
      if ((payload as PartMark | undefined)?.kind === "part-mark") {
        const { robot, words } = payload as PartMark;
        mark = { kind: "part-mark", robot: String(robot ?? ""), words: String(words ?? "") };
        return;
      }
      const known = study;
      study = studyOf(payload);
      shelf.clear(studies);
      address = shelf.lay(studies, JSON_TYPE, Buffer.from(JSON.stringify(study)));
      accepted = [];
      const isSame = known?.variant === study.variant && known.modelVersion === study.modelVersion;
      if (!isSame) void scene.read(study.variant, tell);
    };
    const act = (action: unknown, by: string): object => {
      const payload = acceptFix(study, action, by, new Date().toISOString());
      const taken: Acceptance = { fix: payload.fix.id, by };
      accepted = [...accepted.filter(({ fix }) => fix !== taken.fix), taken];
      return { topic: "change-orders", payload };
    };
    const view = (): CellView => ({
      study: address,
      scene: scene.address,
      trouble: scene.trouble,
      accepted,
      live: live === undefined ? null : posesOf(live, liveScene, mark),
      awaited: study === undefined ? awaited.now() : [],
    });

    this.on("close", () => {
      awaited.close();
      scene.close();
      liveScene.close();
      shelf.clear(studies);
    });
    showWidget(RED, this, config, {
      everyMs: VIEW_MS,
      take: ({ payload }) => take(payload),
      act,
      view,
      status: () =>
        study === undefined ? "no study yet" : `${study.variant} · ${study.findings.length} findings`,
    });
  }
  RED.nodes.registerType("ui-rung-cell", CellWidget);
}
