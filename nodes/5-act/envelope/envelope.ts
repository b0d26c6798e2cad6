import type { Node, NodeAPI, NodeDef } from "node-red";
import { armText } from "../../../runtime/act/actuator-client.ts";
import { checkRecommendation } from "../../../runtime/act/check-recommendation.ts";
import { envelopeHash } from "../../../runtime/act/envelope.ts";
import { type EnvelopeConfig, envelopeFromConfig } from "../../../runtime/act/envelope-config.ts";
import { readRecommendation } from "../../../runtime/act/read-recommendation.ts";
import { actuatorEvidence, nothingJudged } from "../../../runtime/act/row-five-evidence.ts";
import { messageOf } from "../../../runtime/core/errors.ts";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import { services } from "../../../runtime/host/services.ts";
import { StatusLine } from "../../node-status.ts";
import { type ActMessage, clientOf, twinAddressOf } from "../act-face.ts";

interface EnvelopeNodeConfig extends NodeDef, EnvelopeConfig {
  id: string;
  name: string;
  twin: string;
  actuator: string;
}

export default function (RED: NodeAPI): void {
  function EnvelopeConstructor(this: Node, config: EnvelopeNodeConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    try {
      start(RED, this, config, status);
    } catch (error) {
      status.show("not in force, see the message", "fault");
      this.error(messageOf(error));
      this.on("close", () => status.close());
    }
  }
  RED.nodes.registerType("rung-envelope", EnvelopeConstructor);
}

function start(RED: NodeAPI, node: Node, config: EnvelopeNodeConfig, status: StatusLine): void {
  const where = config.name || "envelope";
  const twin = twinAddressOf(RED, config.twin, where);
  const client = clientOf(RED, config.actuator, where);
  const envelope = envelopeFromConfig(config, twin);
  const hash = envelopeHash(envelope);
  const { evidence, twins } = services();
  const nowUs = () => twins.get(twin)?.nowUs() ?? wallTimeUs();
  let inside = 0;
  let refused = 0;

  const show = () => {
    const about = { twin, node: node.id, timeUs: nowUs() };
    for (const record of actuatorEvidence(client.status, client.problem, about)) evidence.put(record);
    // Until an outcome node says more: nobody has judged an action yet.
    const unjudged = nothingJudged(about);
    if (evidence.get(unjudged.id) === undefined) evidence.put(unjudged);
    const problem = client.wantProblem(envelope.id) ?? client.problem;
    const counts = `${inside} inside · ${refused} refused`;
    if (problem !== null && client.status === undefined) status.show(`${counts} · no actuator`, "attention");
    else if (problem !== null) status.show(problem, "fault");
    else status.show(`${counts} · ${armText(client.status, envelope.id)}`);
  };
  const endStatus = client.onStatus(show);
  client.want(envelope);
  show();

  node.on("input", (message: ActMessage, send, done) => {
    try {
      const check = checkRecommendation(readRecommendation(message.payload), envelope, hash, nowUs());
      message.rung = { ...message.rung, envelope: check };
      if (check.verdict === "inside") inside++;
      else refused++;
      show();
      send(check.verdict === "inside" ? [message, null] : [null, message]);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  node.on("close", () => {
    endStatus();
    client.unwant(envelope.id);
    evidence.retract(node.id);
    status.close();
  });
}
