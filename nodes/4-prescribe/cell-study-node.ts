import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../runtime/core/errors.ts";
import { services } from "../../runtime/host/services.ts";
import type { LiveCellView } from "../../runtime/model/cell/live/live-cell.ts";
import type { LiveReady } from "../../runtime/model/cell/live/live-message.ts";
import type { CellStudy } from "../../runtime/prescribe/cell/finding.ts";
import { type LastStudy, studyEvidence } from "../../runtime/prescribe/cell/study-evidence.ts";
import {
  type StudyOrder,
  studyInBackground,
  studyRequest,
} from "../../runtime/prescribe/cell/study-order.ts";
import { StatusLine } from "../node-status.ts";
import { isCancel } from "./cancel-message.ts";
import { LatestRun } from "./latest-run.ts";

/** What the forms of both studies ask for. */
export interface CellStudyConfig extends NodeDef {
  /** Id of the cell's twin; empty where it has none. */
  twin: string;
  /** The cell file. */
  cell: string;
  variant: string;
  seed: number | string;
}

/** Where the two studies differ. */
export interface CellStudyFace {
  readonly order: Pick<StudyOrder, "study" | "fixes" | "placement" | "rebalance">;
  /** What leaves by each output. */
  outputs(study: CellStudy): readonly unknown[];
}

/**
 * Makes a node study its cell with every message; a new message, `{cancel: true}` or a deploy ends the one under way. What
 * the live cell says starts none: it tells the time on its link, at which a study then is evidence of its twin.
 */
export function studyNode(RED: NodeAPI, node: Node, config: CellStudyConfig, face: CellStudyFace): void {
  const where = config.name || face.order.study;
  const status = new StatusLine(node);
  const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
  const run = new LatestRun(status);
  let last: LastStudy | undefined;
  /** On the link's clock; undefined where no live cell is wired in. */
  let liveUs: number | undefined;
  const endEvidence = services().measuredBy(node.id, () =>
    twin === "" || liveUs === undefined ? [] : [studyEvidence(face.order.study, last, twin, node.id, liveUs)],
  );

  const study = async (payload: unknown): Promise<CellStudy | undefined> => {
    if (!config.cell) {
      throw new RungError({ code: "cell-study", where, what: "has no cell file", advice: "open the node" });
    }
    const order: StudyOrder = {
      ...face.order,
      file: config.cell,
      ...(config.variant ? { variant: config.variant } : {}),
      seed: Number(config.seed),
      ...studyRequest(payload, where),
      computedAt: new Date().toISOString(),
    };
    const startedMs = performance.now();
    const answer = await run.answer("study …", (signal) =>
      studyInBackground(order, {
        signal,
        onProgress: (done, of) => {
          if (!signal.aborted) status.show(`study · ${Math.floor((100 * done) / of)} %`);
        },
      }),
    );
    if (answer === undefined) return undefined;
    if (liveUs !== undefined) last = { study: answer, timeUs: liveUs };
    const all = answer.findings.length;
    const open = answer.findings.filter(({ fix }) => fix === undefined).length;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    status.show(
      `${answer.variant} · ${all} finding${all === 1 ? "" : "s"}, ${open} without a fix · ${seconds} s`,
      all === 0 ? undefined : "attention",
    );
    return answer;
  };

  node.on("input", (message, send, done) => {
    if (isCancel(message)) {
      run.cancel();
      return done();
    }
    const live = liveOf(message.payload);
    if (live !== undefined) {
      if (live.kind === "live-cell") liveUs = live.timeUs;
      return done();
    }
    study(message.payload)
      .then((answer) => {
        if (answer !== undefined)
          send(face.outputs(answer).map((payload) => ({ ...message, topic: twin || answer.cell, payload })));
        done();
      })
      .catch((fault: Error) => {
        status.show(messageOf(fault), "fault");
        done(fault);
      });
  });
  node.on("close", (done: () => void) => {
    run.cancel();
    endEvidence();
    status.close();
    done();
  });
}

/** A live cell's view, or what it says of itself before the first. */
function liveOf(payload: unknown): LiveCellView | LiveReady | undefined {
  if (typeof payload !== "object" || payload === null || !("kind" in payload)) return undefined;
  const { kind } = payload;
  return kind === "live-cell" || kind === "live-cell-ready"
    ? (payload as LiveCellView | LiveReady)
    : undefined;
}
