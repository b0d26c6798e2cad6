import { readFile } from "node:fs/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { readLineModel } from "../../../runtime/model/line/line-file.ts";
import { simulateInChildren } from "../../../runtime/model/line/line-kernel.ts";
import type { LineModel } from "../../../runtime/model/line/line-model.ts";
import { type LineOrder, type LineQuestion, lineQuestion } from "../../../runtime/predict/line/line-order.ts";
import { linePaths } from "../../../runtime/predict/line/line-paths.ts";
import { LineSession } from "../../../runtime/predict/line/line-session.ts";
import { lineWords } from "../../../runtime/predict/line/line-words.ts";
import { shiftWhatIf } from "../../../runtime/predict/line/shift-what-if.ts";
import { simulatedLine } from "../../../runtime/predict/line/simulated-line.ts";
import { isCancel } from "../../4-prescribe/cancel-message.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

interface LineConfig extends NodeDef {
  /** Id of the line's twin; empty for a model alone. */
  twin: string;
  /** The model file, and the model itself where there is none. */
  file: string;
  model: string;
  /** Where the twin tells how the line stands, as JSON text. */
  paths: string;
  lengthH: number | string;
  /** Empty: found by the run itself. */
  warmUpH: number | string;
  replications: number | string;
  seed: number | string;
  /** Planned time between two forecasts, and how far ahead they are scored, min. */
  stepMin: number | string;
  horizonMin: number | string;
}

/** Between two messages of the line as it runs. */
const SEND_MS = 2000;
/** A study of a line may take so long. */
const DEADLINE_MS = 600_000;

export default function (RED: NodeAPI): void {
  function LineConstructor(this: Node, config: LineConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "line";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    const form: LineOrder = {
      lengthH: Number(config.lengthH),
      ...(config.warmUpH === "" || config.warmUpH === undefined ? {} : { warmUpH: Number(config.warmUpH) }),
      replications: Number(config.replications),
      seed: Number(config.seed),
    };
    const stop = new AbortController();
    let running: AbortController | undefined;
    let session: LineSession | undefined;
    let sentMs = Number.NEGATIVE_INFINITY;
    status.show("ready");

    const fail = (fault: unknown): void => {
      status.show(messageOf(fault), "fault");
      this.error(messageOf(fault));
    };
    const read = async (): Promise<LineModel> => {
      if (!config.file) return readLineModel(config.model ?? "", where);
      let text: string;
      try {
        text = await readFile(config.file, "utf8");
      } catch (cause) {
        throw new RungError({ code: "file-unreadable", where: config.file, what: messageOf(cause), cause });
      }
      return readLineModel(text, config.file);
    };
    /** Read by the first message; a fault is told by every message until the node is mended. */
    let reading: Promise<LineModel> | undefined;
    const modelOf = (): Promise<LineModel> => {
      reading ??= read();
      return reading;
    };

    const sessionOf = (model: LineModel): LineSession =>
      new LineSession({
        twin,
        node: this.id,
        model,
        paths: linePaths(JSON.parse(config.paths || "{}"), where),
        stepS: 60 * Number(config.stepMin),
        horizonS: 60 * Number(config.horizonMin),
        replications: form.replications,
        seed: form.seed,
        submit: (request) => services().compute().submit(request),
        onFault: fail,
      });

    const follow = async (frame: Frame, ofTwin: string): Promise<void> => {
      if (twin === "" || ofTwin !== twin) {
        throw new RungError({
          code: "other-twin",
          where,
          what: `is the model of ${twin === "" ? "no twin" : twin} and got a frame of ${ofTwin}`,
          advice: "choose the twin of the state that is wired to it",
        });
      }
      const model = await modelOf();
      if (stop.signal.aborted) return;
      session ??= sessionOf(model);
      session.consume(frame);
      const nowMs = performance.now();
      if (nowMs - sentMs < SEND_MS) return;
      sentMs = nowMs;
      if (running === undefined) status.show(...lineWords(session));
      const payload = session.message();
      if (payload !== undefined) this.send([{ topic: twin, payload }, null]);
    };

    const whatIf = async ({ order, model, edits }: LineQuestion, cancel: AbortController) => {
      const now = session?.now;
      if (now === undefined) {
        throw new RungError({
          code: "line-not-seen",
          where,
          what: `does not know where the line stands: ${session?.missing.join(", ") ?? "no frame came"}`,
          advice: "wire the state of its twin to it",
        });
      }
      return await shiftWhatIf({
        twin,
        now,
        model: await modelOf(),
        edited: model,
        edits: edits ?? {},
        replications: order.replications,
        seed: order.seed,
        submit: (request) =>
          services()
            .compute()
            .submit({ ...request, signal: cancel.signal }),
      });
    };

    const simulate = async ({ order, model, edits }: LineQuestion, cancel: AbortController) => {
      const { lengthH, warmUpH, replications, seed } = order;
      const run = {
        lengthS: 3600 * lengthH,
        ...(warmUpH === undefined ? {} : { warmUpS: 3600 * warmUpH }),
        replications,
        seed,
      };
      const result = await simulateInChildren(services().compute(), model, run, {
        deadlineMs: DEADLINE_MS,
        signal: cancel.signal,
        onProgress: (done, of) => {
          if (running === cancel) status.show(`replication ${done} of ${of}`);
        },
      });
      const { mean, low, high } = result.throughputPerHour;
      status.show(`${mean.toFixed(1)} parts/h (${low.toFixed(1)} to ${high.toFixed(1)})`);
      const atUs = session?.now?.timeUs ?? Date.now() * 1000;
      return {
        result: { kind: "line-result", twin, edits, ...result },
        line: simulatedLine(model, result, twin, atUs),
      };
    };

    const answer = async (message: { readonly payload?: unknown }): Promise<readonly (object | null)[]> => {
      const question = lineQuestion(message.payload, form, await modelOf(), where);
      running?.abort();
      const cancel = new AbortController();
      running = cancel;
      status.show("simulates …");
      try {
        if (question.fromNow) {
          const payload = await whatIf(question, cancel);
          status.show(`${payload.difference.mean.toFixed(1)} parts by the end of the shift`);
          return [null, { ...message, topic: twin, payload }];
        }
        const { result, line } = await simulate(question, cancel);
        const topic = twin || line.name;
        // A screen that shows the plant is not to show a simulation in its place.
        const drawn = session === undefined ? { ...message, topic, payload: line } : null;
        return [drawn, { ...message, topic, payload: result }];
      } catch (fault) {
        if (!cancel.signal.aborted) throw fault;
        if (running === cancel) status.show("cancelled");
        return [];
      } finally {
        if (running === cancel) running = undefined;
      }
    };

    const endEvidence = services().measuredBy(this.id, () => {
      if (session === undefined) return [];
      return session.evidence(services().twins.get(twin)?.nowUs() ?? session.now?.timeUs ?? 0);
    });

    /** The fault of the last frame, told once: frames come several times a second. */
    let told = "";
    this.on("input", (message, send, done) => {
      const take = async (): Promise<void> => {
        if (isCancel(message)) return running?.abort();
        if (!Frame.is(message.payload)) {
          const outputs = await answer(message);
          if (outputs.length > 0) send(outputs as never);
          return;
        }
        const input = frameOf(message, where);
        if (input === undefined) return;
        try {
          await follow(input.frame, input.twin);
          told = "";
        } catch (fault) {
          if (messageOf(fault) === told) return;
          told = messageOf(fault);
          throw fault;
        }
      };
      take()
        .then(() => done())
        .catch((fault: Error) => {
          status.show(messageOf(fault), "fault");
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      stop.abort();
      running?.abort();
      session?.close();
      endEvidence();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-line", LineConstructor);
}
