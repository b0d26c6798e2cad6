import { join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { readActions } from "../../../runtime/diagnose/action-table.ts";
import { calibrationFile } from "../../../runtime/diagnose/calibration-file.ts";
import { readDetectMethod } from "../../../runtime/diagnose/detect-method.ts";
import { detectorOptions } from "../../../runtime/diagnose/detector-options.ts";
import { DetectorSession } from "../../../runtime/diagnose/detector-session.ts";
import { sessionWords } from "../../../runtime/diagnose/session-words.ts";
import { services } from "../../../runtime/host/services.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;

interface DetectConfig extends NodeDef {
  /** Paths below the twin, by comma, with `*`; empty for all cyclic measurements. */
  properties: string;
  /** Hours of history taken as normal, and rows needed where there are fewer. */
  hours: number | string;
  rows: number | string;
  /** Percent of windows that may hold a false alarm. */
  budget: number | string;
  historian: string;
  actions: unknown;
  /** `auto`, `single`, `together`, `pca` or `knn`; saved before there was a choice: none. */
  method?: string;
  /** pca: percent of the variance that the components explain, and whether normal follows the plant. */
  explained?: number | string;
  adapt?: boolean;
  /** knn: nearest normal patterns that the distance is the mean of, and rows in a pattern. */
  neighbours?: number | string;
  width?: number | string;
  /** Of flows saved while this node shelved alarms itself. */
  shelved?: string;
}

export default function (RED: NodeAPI): void {
  function DetectConstructor(this: Node, config: DetectConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "detect";
    const status = new StatusLine(this);
    const sessions = new Map<string, DetectorSession>();
    let make: ((twin: string) => DetectorSession) | undefined;
    try {
      const actions = readActions(config.actions, where);
      const options = { falseAlarmBudget: Number(config.budget || 5) / 100 };
      detectorOptions(options);
      const method = readDetectMethod(config, where);
      make = (twin) =>
        new DetectorSession({
          twin,
          node: this.id,
          pattern: config.properties ?? "",
          actions,
          options,
          method,
          hours: Number(config.hours) || 8,
          rows: Number(config.rows) || 2000,
          history: historianOf(RED, config.historian),
          lastValue: (address) => services().twins.get(twin)?.last(address)?.value,
          store: calibrationFile(join(services().home, "detect"), this.id, twin),
        });
      status.show("waiting for data");
    } catch (thrown) {
      status.show(messageOf(thrown), "fault");
      this.error(messageOf(thrown));
    }
    if (config.shelved)
      this.warn(
        `shelves ${config.shelved} no more: shelve its alarm on the alarm list, with a reason and a name`,
      );
    const nowUs = (twin: string): number =>
      services().twins.get(twin)?.nowUs() ?? sessions.get(twin)?.newestUs ?? 0;
    const show = (): void => {
      // Of several twins the one that asks for attention is shown.
      const words = [...sessions].map(([twin, session]) => sessionWords(session, nowUs(twin)));
      const shown = words.find(({ mark }) => mark !== undefined) ?? words[0];
      if (shown !== undefined) status.show(shown.text, shown.mark);
    };
    const endEvidence = services().measuredBy(this.id, () =>
      [...sessions].flatMap(([twin, session]) => session.evidence(nowUs(twin))),
    );
    const timer = setInterval(show, STATUS_MS);
    this.on("input", (message, send, done) => {
      try {
        if (message.payload === "calibrate") for (const session of sessions.values()) session.recalibrate();
        else if (make !== undefined) {
          const input = frameOf(message, where);
          if (input === undefined) return done();
          const { twin, frame } = input;
          let session = sessions.get(twin);
          if (session === undefined) {
            session = make(twin);
            sessions.set(twin, session);
          }
          for (const finding of session.consume(frame)) send({ topic: twin, payload: finding });
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      for (const session of sessions.values()) session.close();
      status.close();
      endEvidence();
      done();
    });
  }
  RED.nodes.registerType("rung-detect", DetectConstructor);
}
