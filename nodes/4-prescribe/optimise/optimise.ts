import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import type { OvenSituation } from "../../../runtime/predict/oven-situation.ts";
import { OptimiseSession } from "../../../runtime/prescribe/optimise-session.ts";
import {
  type SetpointStudy,
  type StudyOptions,
  studyOptions,
  studySetpoints,
} from "../../../runtime/prescribe/setpoint-study.ts";
import { isSibling, situationOf } from "../../../runtime/prescribe/sibling.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";
import { isCancel } from "../cancel-message.ts";

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

interface StudyMessage {
  /** How a sibling in the payload is studied: `{study: "pareto"}`. */
  readonly study?: object;
}

export default function (RED: NodeAPI): void {
  function OptimiseConstructor(this: Node, config: OptimiseConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "optimise";
    const status = new StatusLine(this);
    const limits = {
      e170LeastMin: Number(config.e170LeastMin),
      e170MostMin: Number(config.e170MostMin),
      peakMostC: Number(config.peakMostC),
      underCureShare: Number(config.underCurePerMille) / 1000,
      zoneLowC: Number(config.zoneLowC),
      zoneHighC: Number(config.zoneHighC),
      neighbourStepK: Number(config.neighbourStepK),
      maxStepK: Number(config.maxStepK),
    };
    let session: OptimiseSession | undefined;
    try {
      session = new OptimiseSession(services().compute(), this.id, Number(config.periodS), limits);
    } catch (fault) {
      status.show(messageOf(fault), "fault");
      this.error(messageOf(fault));
    }
    /** The twin whose frames come by. */
    let followed = "";
    /** A study under way: a message, or the next deploy, ends it. */
    let studying: AbortController | undefined;
    const study = async (
      situation: OvenSituation,
      options: StudyOptions,
    ): Promise<SetpointStudy | undefined> => {
      studying?.abort();
      const cancel = new AbortController();
      studying = cancel;
      status.show("study …");
      try {
        return await studySetpoints(services().compute(), situation, limits, {
          ...options,
          signal: cancel.signal,
          onProgress: (done, of) => {
            if (studying === cancel) status.show(`study · ${done} of ${of}`);
          },
        });
      } catch (fault) {
        if (cancel.signal.aborted) return undefined;
        throw fault;
      } finally {
        if (studying === cancel) studying = undefined;
      }
    };
    const show = (): void => {
      if (session === undefined || studying !== undefined) return;
      const { text, mark } = session.words();
      status.show(text, mark);
    };
    const evidence = () => session?.evidence() ?? [];
    const endEvidence = services().measuredBy(this.id, evidence);
    const timer = setInterval(show, STATUS_MS);
    let isClosed = false;
    this.on("input", (message, send, done) => {
      const look = async (): Promise<void> => {
        if (isCancel(message)) return studying?.abort();
        const { payload } = message;
        const asked = isSibling(payload)
          ? studyOptions({ study: "robust", ...(message as StudyMessage).study }, where)
          : studyOptions(payload, where);
        if (asked !== undefined) {
          const situation = isSibling(payload)
            ? situationOf(payload, where)
            : services()
                .ovens.require(message.topic || followed)
                .situation();
          const answer = await study(situation, asked);
          if (answer !== undefined)
            send([null, { ...message, topic: answer.twin, payload: answer }] as never);
          return;
        }
        const input = frameOf(message, where);
        if (input === undefined) return;
        const { twin } = input;
        followed = twin;
        const recommendation = await session?.step(services().ovens.require(twin));
        if (recommendation !== undefined) send({ topic: twin, payload: recommendation } as never);
      };
      look()
        .then(() => done())
        .catch((fault: Error) => {
          // What a deploy ended speaks for nobody, and must not open again what the host has closed.
          if (isClosed) return done();
          for (const record of evidence()) services().evidence.put(record);
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      isClosed = true;
      studying?.abort();
      clearInterval(timer);
      endEvidence();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-optimise", OptimiseConstructor);
}
