import type { Node, NodeAPI, NodeDef } from "node-red";
import { canonicalHash } from "../../../runtime/core/canonical-json.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import type { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { CureFrames } from "../../../runtime/predict/cure-frames.ts";
import { OvenSession } from "../../../runtime/predict/oven-session.ts";
import { rideWords } from "../../../runtime/predict/ride-words.ts";
import { epochs } from "../../1-describe/source-face.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;
/** Where a flow was saved before the node had them. */
const E170_MOST_MIN = 55;
const PEAK_MOST_C = 205;

interface EstimateConfig extends NodeDef {
  historian: string;
  /** Plant hours of stored normal operation to learn from; 0 learns live. */
  hours: number | string;
  /** What a body's cure must keep beside the model's criterion: E170 at most, min, and metal at most, °C. */
  e170MostMin: number | string;
  peakMostC: number | string;
}

/** Whether its model is the one in force: an oven node may have been deployed by itself with other figures. */
function isStillModelled({ tracker }: OvenSession): boolean {
  const model = services().ovens.model(tracker.twin);
  if (model === undefined || model === tracker.config) return true;
  return canonicalHash(model) === canonicalHash(tracker.config);
}

/** Now at the plant. A first frame may hold nothing but values that last changed long ago, so the link's clock counts too. */
function plantNowUs(frame: Frame): number {
  let newest = services().clocks.get(frame.source)?.nowUs() ?? 0;
  for (let row = 0; row < frame.length; row++) newest = Math.max(newest, frame.sourceTimeUsAt(row));
  return newest;
}

export default function (RED: NodeAPI): void {
  function EstimateConstructor(this: Node, config: EstimateConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "estimate";
    const status = new StatusLine(this);
    let session: OvenSession | undefined;
    let twinOf = "";
    let told: string | undefined;
    status.show("waiting for frames");
    const show = (): void => {
      if (session === undefined) return;
      const { text, mark } = session.words();
      status.show(text, mark);
      if (session.problem !== undefined && session.problem !== told) {
        told = session.problem;
        this.warn(`${where}: learns live, its history could not be read: ${told}`);
      }
    };
    const endEvidence = services().measuredBy(this.id, () => session?.evidence() ?? []);
    const timer = setInterval(show, STATUS_MS);

    const start = (twin: string, { reality }: Frame, nowUs: number): OvenSession => {
      const model = services().ovens.model(twin);
      if (model === undefined) {
        throw new RungError({
          code: "no-oven-model",
          where,
          what: `${twin} has no oven model`,
          advice: "add an oven node and choose this twin in it",
        });
      }
      const hours = Number(config.hours || 0);
      const history =
        hours > 0
          ? { store: historianOf(RED, config.historian), fromUs: nowUs - hours * 3600e6, toUs: nowUs }
          : undefined;
      const made = new OvenSession(model, twin, this.id, history);
      const limits = {
        e170LeastMin: model.cure.criterionMin,
        e170MostMin: Number(config.e170MostMin || E170_MOST_MIN),
        peakMostC: Number(config.peakMostC || PEAK_MOST_C),
      };
      const source = `estimate:${this.id}`;
      const frames = new CureFrames({ source, epoch: epochs().next(source), reality, twin, config: model });
      const topic = twin;
      made.onExit(limits, (exit, cure) => {
        const frame = frames.frameOf(cure, Date.now() * 1000);
        const payload = { kind: "tracked-exit", twin, ...exit, cure };
        this.send([
          { topic, payload },
          { topic, payload: frame },
        ] as never);
      });
      made.onFinding((finding) => this.send([null, null, { topic, payload: finding }] as never));
      made.onRide((outcome) => this.warn(`${where}: ${rideWords(outcome, model)}`));
      services().ovens.setSession(twin, made);
      return made;
    };

    this.on("input", (message, _send, done) => {
      try {
        const input = frameOf(message, where);
        if (input === undefined) return done();
        const { twin, frame } = input;
        if (frame.length > 0) {
          if (session !== undefined && twin === twinOf && !isStillModelled(session)) session = undefined;
          session ??= start(twin, frame, plantNowUs(frame));
          if (twinOf === "") twinOf = twin;
          if (twin !== twinOf) {
            throw new RungError({
              code: "two-twins",
              where,
              what: `follows ${twinOf}, and got a frame of ${twin}`,
              advice: "use one estimate node for each oven",
            });
          }
          session.accept(frame);
        }
        done();
      } catch (fault) {
        status.show("not following, see the message", "fault");
        done(fault as Error);
      }
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      if (session !== undefined) services().ovens.deleteSession(twinOf, session);
      endEvidence();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-estimate", EstimateConstructor);
}
