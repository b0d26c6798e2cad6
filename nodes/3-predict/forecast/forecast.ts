import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { modelsFolder } from "../../../runtime/host/home.ts";
import { services } from "../../../runtime/host/services.ts";
import {
  type ForecastFields,
  type ForecastForm,
  readForecastForm,
} from "../../../runtime/predict/forecast/forecast-form.ts";
import { ForecastSession } from "../../../runtime/predict/forecast/forecast-session.ts";
import { isAhead, readAhead } from "../../../runtime/predict/forecast/known-inputs.ts";
import { forecastWords } from "../../../runtime/predict/forecast/session-words.ts";
import { WaitingPlans } from "../../../runtime/predict/forecast/waiting-plans.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;

interface ForecastConfig extends NodeDef, ForecastFields {
  historian: string;
}

export default function (RED: NodeAPI): void {
  function ForecastConstructor(this: Node, config: ForecastConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "forecast";
    const status = new StatusLine(this);
    let session: ForecastSession | undefined;
    let twinOf = "";
    let form: ForecastForm | undefined;
    /** Plans that came before a frame said which twin they are of. */
    const early = new WaitingPlans();
    try {
      form = readForecastForm(config, where, modelsFolder(services().home));
      status.show("waiting for data");
    } catch (thrown) {
      status.show(messageOf(thrown), "fault");
      this.error(messageOf(thrown));
    }
    const show = (): void => {
      if (session === undefined) return;
      const { text, mark } = forecastWords(session);
      status.show(text, mark);
    };
    const endEvidence = services().measuredBy(this.id, () => {
      if (session === undefined) return [];
      return session.evidence(services().twins.get(twinOf)?.nowUs() ?? session.newestUs);
    });
    const timer = setInterval(show, STATUS_MS);
    const begun = (twin: string, asked: ForecastForm): ForecastSession => {
      twinOf = twin;
      return new ForecastSession({
        twin,
        node: this.id,
        ...asked,
        history: historianOf(RED, config.historian),
        plans: early,
        // A user's model answers later.
        onForecast: (told) => this.send({ topic: twin, payload: told }),
      });
    };
    this.on("input", (message, send, done) => {
      try {
        if (form !== undefined) {
          if (isAhead(message.payload)) {
            const plan = readAhead(message.payload, where);
            if (session === undefined) early.add(plan);
            else session.plan(plan);
            return done();
          }
          const input = frameOf(message, where);
          if (input === undefined) return done();
          const { twin, frame } = input;
          session ??= begun(twin, form);
          if (twin !== twinOf) {
            throw new RungError({
              code: "two-twins",
              where,
              what: `forecasts ${form.path} of ${twinOf}, and got a frame of ${twin}`,
              advice: "use one forecast node for each twin",
            });
          }
          const forecast = session.consume(frame);
          if (forecast !== undefined) send({ topic: twin, payload: forecast });
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      session?.close();
      status.close();
      endEvidence();
      done();
    });
  }
  RED.nodes.registerType("rung-forecast", ForecastConstructor);
}
