import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import type { OvenSession } from "../../../runtime/predict/oven-session.ts";
import { BaselineScore } from "../../../runtime/prescribe/baseline-score.ts";
import { type CureWindow, cureWindow } from "../../../runtime/prescribe/cure-window.ts";
import { type ScenarioEdit, scenarioEdit, whatIf } from "../../../runtime/prescribe/oven-whatif.ts";
import type { ScenarioResult } from "../../../runtime/prescribe/recommendation.ts";
import { isSibling, situationOf } from "../../../runtime/prescribe/sibling.ts";
import { StatusLine } from "../../node-status.ts";
import { isCancel } from "../cancel-message.ts";

interface WhatIfConfig extends NodeDef {
  /** Id of the oven's twin. */
  twin: string;
  /** The scenario as JSON text. */
  scenario: string;
  /** What both sides are judged by. A node saved before they were asked for has the defaults. */
  e170LeastMin?: number | string;
  e170MostMin?: number | string;
  peakMostC?: number | string;
  runs: number | string;
  seed: number | string;
  scoreBaseline: boolean;
}

interface WhatIfMessage {
  readonly payload?: unknown;
  /** What is asked of a sibling in the payload. */
  readonly scenario?: unknown;
}

/** @throws RungError `cure-window` that names the field */
function limitsOf(config: WhatIfConfig, where: string): CureWindow {
  const asked: Partial<Record<keyof CureWindow, number>> = {};
  for (const key of ["e170LeastMin", "e170MostMin", "peakMostC"] as const) {
    const value = config[key];
    if (value !== undefined && value !== "") asked[key] = Number(value);
  }
  return cureWindow(asked, where);
}

/** While the estimate still waits for its first values there is nothing to foretell, and nothing wrong. */
function foretellWhenTracking(score: BaselineScore): void {
  try {
    score.foretell();
  } catch (fault) {
    if (!(fault instanceof RungError && fault.code === "not-tracking")) throw fault;
  }
}

export default function (RED: NodeAPI): void {
  function WhatIfConstructor(this: Node, config: WhatIfConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "what-if";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    let score: BaselineScore | undefined;
    /** What the score listens to: an estimate that was deployed by itself follows the oven by another one. */
    let scored: OvenSession | undefined;
    let ofForm: { readonly edit: ScenarioEdit; readonly window: CureWindow } | undefined;
    try {
      const edit = scenarioEdit(config.scenario ? JSON.parse(config.scenario) : {}, where);
      ofForm = { edit, window: limitsOf(config, where) };
      status.show("ready");
    } catch (fault) {
      status.show("the form is wrong, see the message", "fault");
      this.error(messageOf(fault));
    }
    const endEvidence = services().measuredBy(this.id, () => score?.evidence(this.id) ?? []);

    /** Those under way: a message, or the next deploy, ends them. */
    const running = new Set<AbortController>();

    const compare = async (message: WhatIfMessage): Promise<ScenarioResult | undefined> => {
      if (ofForm === undefined) {
        throw new RungError({
          code: "scenario",
          where,
          what: "has no valid scenario or limits",
          advice: "open the node",
        });
      }
      const { payload, scenario } = message;
      const { ovens } = services();
      const situation = isSibling(payload) ? situationOf(payload, where) : ovens.require(twin).situation();
      const asked = isSibling(payload) ? scenario : payload;
      const isEdit = typeof asked === "object" && asked !== null;
      const edit = { ...ofForm.edit, ...scenarioEdit(isEdit ? asked : {}, where) };
      const startedMs = performance.now();
      const runs = Number(config.runs);
      const cancel = new AbortController();
      running.add(cancel);
      status.show("runs …");
      try {
        const result = await whatIf(services().compute(), situation, edit, {
          runs,
          seed: Number(config.seed),
          window: ofForm.window,
          model: ovens.model(situation.twin),
          signal: cancel.signal,
          onProgress: (done, of) => {
            if (running.has(cancel))
              status.show(`${Math.floor((100 * done) / of)} % of ${of.toLocaleString("en")} runs`);
          },
        });
        const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
        status.show(`${runs.toLocaleString("en")} runs in ${seconds} s`);
        return result;
      } catch (fault) {
        if (!cancel.signal.aborted) throw fault;
        status.show("cancelled");
        return undefined;
      } finally {
        running.delete(cancel);
      }
    };

    const cancelAll = (): void => {
      for (const cancel of running) cancel.abort();
    };

    this.on("input", (message, send, done) => {
      const answer = async (): Promise<void> => {
        if (isCancel(message)) return cancelAll();
        if (!Frame.is(message.payload)) {
          const result = await compare(message);
          if (result !== undefined) send({ ...message, topic: result.twin, payload: result } as never);
          return;
        }
        if (!config.scoreBaseline || message.payload.historical) return;
        const session = services().ovens.require(twin);
        // What history is learnt from has left long ago.
        if (session.learningHistory) return;
        if (session !== scored) {
          score?.close();
          score = new BaselineScore(session.tracker);
          scored = session;
        }
        if (score !== undefined) foretellWhenTracking(score);
      };
      answer()
        .then(() => done())
        .catch((fault: Error) => {
          status.show(messageOf(fault), "fault");
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      cancelAll();
      score?.close();
      endEvidence();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-whatif", WhatIfConstructor);
}
