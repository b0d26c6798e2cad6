import { join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { readActions } from "../../../runtime/diagnose/action-table.ts";
import { AlarmShelf } from "../../../runtime/diagnose/alarm-shelf.ts";
import { calibrationFile } from "../../../runtime/diagnose/calibration-file.ts";
import { readDetectMethod } from "../../../runtime/diagnose/detect-method.ts";
import { detectorOptions } from "../../../runtime/diagnose/detector-options.ts";
import { DetectorSession } from "../../../runtime/diagnose/detector-session.ts";
import type { Finding } from "../../../runtime/diagnose/finding.ts";
import { sessionWords } from "../../../runtime/diagnose/session-words.ts";
import { readShelving } from "../../../runtime/diagnose/shelving-message.ts";
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
  /** `auto`, `single` or `together`; saved before there was a choice: none. */
  method?: string;
  /** Paths whose alarms are shelved, and until when (ISO 8601, on the link's clock). */
  shelved?: string;
  shelvedUntil?: string;
}

export default function (RED: NodeAPI): void {
  function DetectConstructor(this: Node, config: DetectConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "detect";
    const status = new StatusLine(this);
    const sessions = new Map<string, DetectorSession>();
    const shelves = new Map<string, AlarmShelf>();
    let make: ((twin: string) => DetectorSession) | undefined;
    try {
      const actions = readActions(config.actions, where);
      const options = { falseAlarmBudget: Number(config.budget || 5) / 100 };
      detectorOptions(options);
      const method = readDetectMethod(config.method, where);
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
    const nowUs = (twin: string): number =>
      services().twins.get(twin)?.nowUs() ?? sessions.get(twin)?.newestUs ?? 0;
    const shelfOf = (twin: string): AlarmShelf => {
      let shelf = shelves.get(twin);
      if (shelf === undefined) {
        shelf = new AlarmShelf(twin, this.id);
        shelves.set(twin, shelf);
      }
      return shelf;
    };
    const tell = (twin: string, findings: readonly Finding[]): void => {
      for (const finding of findings) this.send({ topic: twin, payload: finding });
    };
    /** What the form shelves begins with the first frame of a twin, where its end still lies ahead on that clock. */
    const shelveByForm = (twin: string): void => {
      const pattern = config.shelved ?? "";
      const untilUs = Date.parse(config.shelvedUntil ?? "") * 1000;
      const fromUs = nowUs(twin);
      if (pattern.trim() === "" || untilUs <= fromUs) return;
      shelfOf(twin).shelve({ pattern, fromUs, untilUs });
    };
    const shelveByMessage = (payload: unknown, topic: unknown): boolean => {
      const twin = typeof topic === "string" && topic !== "" ? topic : undefined;
      const twins = twin === undefined ? [...sessions.keys()] : [twin];
      const now = twins[0] === undefined ? 0 : nowUs(twins[0]);
      const message = readShelving(payload, now, where);
      if (message === undefined) return false;
      for (const each of twins) {
        if (message.kind === "unshelve") tell(each, shelfOf(each).unshelve(message.pattern, nowUs(each)));
        else {
          const fromUs = nowUs(each);
          shelfOf(each).shelve({ ...message, fromUs, untilUs: fromUs + (message.untilUs - message.fromUs) });
        }
      }
      return true;
    };
    const show = (): void => {
      for (const [twin, shelf] of shelves) tell(twin, shelf.due(nowUs(twin)));
      // Of several twins the one that asks for attention is shown.
      const words = [...sessions].map(([twin, session]) => sessionWords(session, nowUs(twin)));
      const shown = words.find(({ mark }) => mark !== undefined) ?? words[0];
      const shelved = [...shelves.values()].reduce((sum, { inForce }) => sum + inForce.length, 0);
      const rest = shelved === 0 ? "" : ` · ${shelved} shelved`;
      if (shown !== undefined) status.show(`${shown.text}${rest}`, shown.mark);
    };
    const endEvidence = services().measuredBy(this.id, () =>
      [...sessions].flatMap(([twin, session]) => session.evidence(nowUs(twin))),
    );
    const timer = setInterval(show, STATUS_MS);
    this.on("input", (message, send, done) => {
      try {
        if (message.payload === "calibrate") for (const session of sessions.values()) session.recalibrate();
        else if (make !== undefined && !shelveByMessage(message.payload, message.topic)) {
          const input = frameOf(message, where);
          if (input === undefined) return done();
          const { twin, frame } = input;
          let session = sessions.get(twin);
          if (session === undefined) {
            session = make(twin);
            sessions.set(twin, session);
            session.consume(frame);
            shelveByForm(twin);
            return done();
          }
          for (const finding of session.consume(frame)) {
            const passed = shelfOf(twin).pass(finding);
            if (passed !== undefined) send({ topic: twin, payload: passed });
          }
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
