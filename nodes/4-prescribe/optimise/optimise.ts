import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { OptimiseSession } from "../../../runtime/prescribe/optimise-session.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;

type Numeric = number | string;

interface OptimiseConfig extends NodeDef {
  /** Plant seconds between two looks. */
  periodS: Numeric;
  e170LeastMin: Numeric;
  e170MostMin: Numeric;
  peakMostC: Numeric;
  /** Per thousand bodies. */
  underCurePerMille: Numeric;
  zoneLowC: Numeric;
  zoneHighC: Numeric;
  neighbourStepK: Numeric;
  maxStepK: Numeric;
}

export default function (RED: NodeAPI): void {
  function OptimiseConstructor(this: Node, config: OptimiseConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "optimise";
    const status = new StatusLine(this);
    let session: OptimiseSession | undefined;
    try {
      session = new OptimiseSession(services().compute(), this.id, Number(config.periodS), {
        e170LeastMin: Number(config.e170LeastMin),
        e170MostMin: Number(config.e170MostMin),
        peakMostC: Number(config.peakMostC),
        underCureShare: Number(config.underCurePerMille) / 1000,
        zoneLowC: Number(config.zoneLowC),
        zoneHighC: Number(config.zoneHighC),
        neighbourStepK: Number(config.neighbourStepK),
        maxStepK: Number(config.maxStepK),
      });
    } catch (fault) {
      status.show(messageOf(fault), "fault");
      this.error(messageOf(fault));
    }
    const show = (): void => {
      if (session === undefined) return;
      const { text, mark } = session.words();
      status.show(text, mark);
    };
    const evidence = () => session?.evidence() ?? [];
    const endEvidence = services().measuredBy(this.id, evidence);
    const timer = setInterval(show, STATUS_MS);
    this.on("input", (message, send, done) => {
      const look = async (): Promise<void> => {
        const input = frameOf(message, where);
        if (input === undefined) return;
        const { twin } = input;
        const recommendation = await session?.step(services().ovens.require(twin));
        if (recommendation !== undefined) send({ topic: twin, payload: recommendation } as never);
      };
      look()
        .then(() => done())
        .catch((fault: Error) => {
          for (const record of evidence()) services().evidence.put(record);
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      endEvidence();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-optimise", OptimiseConstructor);
}
