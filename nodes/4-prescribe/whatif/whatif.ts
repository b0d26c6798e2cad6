import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { BaselineScore } from "../../../runtime/prescribe/baseline-score.ts";
import { type ScenarioEdit, scenarioEdit, whatIf } from "../../../runtime/prescribe/oven-whatif.ts";
import { StatusLine } from "../../node-status.ts";

interface WhatIfConfig extends NodeDef {
  /** Id of the oven's twin. */
  twin: string;
  /** The scenario as JSON text. */
  scenario: string;
  runs: number | string;
  seed: number | string;
  scoreBaseline: boolean;
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
    let ofForm: ScenarioEdit | undefined;
    try {
      ofForm = scenarioEdit(config.scenario ? JSON.parse(config.scenario) : {}, where);
      status.show("ready");
    } catch (fault) {
      status.show("the scenario is wrong, see the message", "fault");
      this.error(messageOf(fault));
    }
    const endEvidence = services().measuredBy(this.id, () => score?.evidence(this.id) ?? []);

    const compare = async (payload: unknown): Promise<object> => {
      if (ofForm === undefined) {
        throw new RungError({
          code: "scenario",
          where,
          what: "has no valid scenario",
          advice: "open the node",
        });
      }
      const edit = { ...ofForm, ...scenarioEdit(typeof payload === "object" ? (payload ?? {}) : {}, where) };
      const startedMs = performance.now();
      status.show("runs …");
      const result = await whatIf(
        services().compute(),
        services().ovens.require(twin).tracker.situation(),
        edit,
        {
          runs: Number(config.runs),
          seed: Number(config.seed),
        },
      );
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      status.show(`${result.runs.toLocaleString("en")} runs in ${seconds} s`);
      return result;
    };

    this.on("input", (message, send, done) => {
      const answer = async (): Promise<void> => {
        if (!Frame.is(message.payload)) {
          send({ ...message, topic: twin, payload: await compare(message.payload) } as never);
          return;
        }
        if (!config.scoreBaseline || message.payload.historical) return;
        score ??= new BaselineScore(services().ovens.require(twin).tracker);
        foretellWhenTracking(score);
      };
      answer()
        .then(() => done())
        .catch((fault: Error) => {
          status.show(messageOf(fault), "fault");
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      score?.close();
      endEvidence();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-whatif", WhatIfConstructor);
}
