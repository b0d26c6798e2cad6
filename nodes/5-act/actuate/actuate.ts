import type { Node, NodeAPI, NodeDef } from "node-red";
import { armText } from "../../../runtime/act/actuator-client.ts";
import type { ProposalResult } from "../../../runtime/act/proposal.ts";
import { proposalsOf } from "../../../runtime/act/proposals-of.ts";
import { readRecommendation } from "../../../runtime/act/read-recommendation.ts";
import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import type { StatusLine } from "../../node-status.ts";
import { type ActMessage, actNode, clientOf } from "../act-face.ts";

interface ActuateConfig extends NodeDef {
  name: string;
  actuator: string;
}

export default function (RED: NodeAPI): void {
  RED.nodes.registerType("rung-actuate", actNode(RED, start));
}

function start(RED: NodeAPI, node: Node, config: ActuateConfig, status: StatusLine): void {
  const client = clientOf(RED, config.actuator, config.name || "actuate");
  /** Proposals a person has yet to approve, by id. */
  const waiting = new Map<string, { message: ActMessage; recommendation: Recommendation }>();
  let writes = 0;
  let failed = 0;
  let envelopeId: string | undefined;

  const show = () => {
    const counts = failed === 0 ? `writes ${writes}` : `writes ${writes} · failed ${failed}`;
    const fault = failed > 0 || client.problem !== null;
    status.show(`${counts} · ${armText(client.status, envelopeId)}`, fault ? "attention" : undefined);
  };
  const tell = (result: ProposalResult, message: ActMessage, recommendation: Recommendation) => {
    if (result.state === "verified") writes++;
    if (result.state === "failed") failed++;
    const rung = { ...message.rung, recommendation };
    node.send({ _msgid: message._msgid, topic: recommendation.twin, payload: result, rung } as ActMessage);
  };
  const endStatus = client.onStatus(show);
  const endResults = client.onResult((result) => {
    const one = waiting.get(result.id);
    if (one === undefined || result.state === "awaiting-approval") return;
    waiting.delete(result.id);
    tell(result, one.message, one.recommendation);
  });

  node.on("input", async (message: ActMessage, _send, done) => {
    try {
      const recommendation = readRecommendation(message.payload);
      envelopeId = message.rung?.envelope?.id ?? envelopeId;
      const proposals = proposalsOf(recommendation, message.rung?.envelope?.negligible);
      for (const result of proposals.length === 0 ? [] : await client.submit(proposals)) {
        if (result.state === "awaiting-approval") waiting.set(result.id, { message, recommendation });
        tell(result, message, recommendation);
      }
      show();
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  node.on("close", () => {
    endStatus();
    endResults();
    waiting.clear();
    status.close();
  });
  show();
}
