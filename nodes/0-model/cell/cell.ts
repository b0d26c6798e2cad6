import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { LiveCell, type LiveCellView, type LiveRobot } from "../../../runtime/model/cell/live/live-cell.ts";
import { liveEvidence } from "../../../runtime/model/cell/live/live-evidence.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

interface CellNodeConfig extends NodeDef {
  /** Id of the twin it is the model of; empty for a model alone. */
  twin: string;
  /** The cell file. */
  cell: string;
  /** The variant that is built now; empty: the first of the file. */
  variant: string;
  tcpLimitMm: number | string;
  cycleLimitPercent: number | string;
}

/** Between two messages: a view changes with every frame. */
const SEND_MS = 1000;

export default function (RED: NodeAPI): void {
  function CellConstructor(this: Node, config: CellNodeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "robot cell";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    const limits = { tcpMm: Number(config.tcpLimitMm), cyclePercent: Number(config.cycleLimitPercent) };
    let live: LiveCell | undefined;
    let isClosed = false;
    let sentMs = Number.NEGATIVE_INFINITY;
    /** The fault of the last frame, told once: frames come several times a second. */
    let told = "";

    const show = (view: LiveCellView): void => {
      status.show(...viewWords(view));
      const nowMs = performance.now();
      if (nowMs - sentMs < SEND_MS) return;
      sentMs = nowMs;
      this.send({ topic: twin || view.cell, payload: view });
    };
    const fail = (fault: unknown): void => {
      status.show(messageOf(fault), "fault");
      this.error(messageOf(fault));
    };
    status.show("waits for the first message");
    const start = async (): Promise<void> => {
      status.show("reads the cell …");
      try {
        const started = await LiveCell.start({
          file: config.cell,
          ...(config.variant && { variant: config.variant }),
        });
        if (isClosed) return await started.close();
        live = started;
        live.onView = show;
        live.onFault = fail;
        const { robots, variant } = started.ready;
        status.show(`${robots.length} robots${variant === undefined ? "" : ` · ${variant}`}`);
      } catch (fault) {
        if (!isClosed) fail(fault);
      }
    };
    /** Begun by the first message, so that a deploy does not wait for meshes. */
    let starting: Promise<void> | undefined;
    const endEvidence = services().measuredBy(this.id, () =>
      live?.view === undefined || twin === "" ? [] : liveEvidence(live.view, twin, this.id, limits),
    );

    this.on("input", (message, send, done) => {
      const take = async (): Promise<void> => {
        starting ??= start();
        await starting;
        if (live === undefined) return;
        if (!Frame.is(message.payload)) {
          send({ ...message, topic: twin || live.ready.cell, payload: live.view ?? live.ready } as never);
          return;
        }
        const input = frameOf(message, where);
        if (input === undefined) return;
        if (twin !== "" && input.twin !== twin) {
          throw new RungError({
            code: "other-twin",
            where,
            what: `is the model of ${twin} and got a frame of ${input.twin}`,
            advice: "wire the state of its own twin into it, or choose the other twin",
          });
        }
        live.accept(input.frame, input.twin);
      };
      take()
        .then(() => done())
        .catch((fault: Error) => {
          status.show(messageOf(fault), "fault");
          const isRepeated = fault.message === told;
          told = fault.message;
          done(isRepeated ? undefined : fault);
        });
    });
    this.on("close", (done: () => void) => {
      isClosed = true;
      endEvidence();
      status.close();
      void Promise.resolve(starting)
        .then(() => live?.close())
        .then(() => done());
    });
  }
  RED.nodes.registerType("rung-cell", CellConstructor);
}

/** "nearest R3 gun 29 mm from body · tools within 0.1 mm", or the robot that is nearer than it should be. */
function viewWords({ robots }: LiveCellView): [text: string, mark?: "attention"] {
  const near = robots
    .filter((robot) => robot.clearance !== undefined)
    .sort((a, b) => a.clearance!.mm - b.clearance!.mm)[0];
  const drifts = robots.flatMap(({ tcpDriftMm }) => tcpDriftMm ?? []);
  const tools = drifts.length === 0 ? [] : [`tools within ${Math.max(...drifts).toFixed(1)} mm`];
  if (near === undefined) return [["nothing near", ...tools].join(" · ")];
  const text = [`nearest ${nearWords(near)}`, ...tools].join(" · ");
  return near.clearance!.mm < near.clearance!.limitMm ? [text, "attention"] : [text];
}

function nearWords({ robot, clearance }: LiveRobot): string {
  const { mm, body, obstacle } = clearance!;
  return mm === 0
    ? `${robot} ${body} touches ${obstacle}`
    : `${robot} ${body} ${mm.toFixed(0)} mm from ${obstacle}`;
}
