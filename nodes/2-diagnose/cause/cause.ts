import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { causeRequest } from "../../../runtime/diagnose/cause/cause-request.ts";
import { CauseSession } from "../../../runtime/diagnose/cause/cause-session.ts";
import { causeWords } from "../../../runtime/diagnose/cause/cause-status.ts";
import { orderChange } from "../../../runtime/diagnose/cause/order-change.ts";
import { readFeeds } from "../../../runtime/diagnose/cause/plant-structure.ts";
import { services } from "../../../runtime/host/services.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;

interface CauseConfig extends NodeDef {
  /** Paths below the twin, by comma, with `*`; empty for all cyclic measurements. */
  properties: string;
  /** `zone1 > zone2 > zone3`; empty for the order of numbered places. */
  feeds: string;
}

export default function (RED: NodeAPI): void {
  function CauseConstructor(this: Node, config: CauseConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "cause";
    const status = new StatusLine(this);
    const sessions = new Map<string, CauseSession>();
    let make: ((twin: string) => CauseSession) | undefined;
    try {
      const feeds = readFeeds(config.feeds ?? "", where);
      make = (twin) =>
        new CauseSession({
          twin,
          pattern: config.properties ?? "",
          feeds,
          cases: services().cases(),
          lastValue: (address) => services().twins.get(twin)?.last(address)?.value,
          onCause: (cause) => {
            this.send({ topic: twin, payload: cause });
            show();
          },
          onFault: (fault) => this.error(fault.message),
        });
      status.show("waiting for data");
    } catch (thrown) {
      status.show(messageOf(thrown), "fault");
      this.error(messageOf(thrown));
    }
    const sessionOf = (twin: string): CauseSession | undefined => {
      let session = sessions.get(twin);
      if (session === undefined && make !== undefined) {
        session = make(twin);
        sessions.set(twin, session);
      }
      return session;
    };
    const show = (): void => {
      const words = [...sessions.values()].map(causeWords);
      const shown = words.find(({ mark }) => mark !== undefined) ?? words[0];
      if (shown !== undefined) status.show(shown.text, shown.mark);
    };
    const timer = setInterval(show, STATUS_MS);

    /** A message that names no twin is for the one there is. */
    const asked = (message: { payload?: unknown; topic?: unknown }): void => {
      const request = causeRequest(message.payload, where);
      const topic = typeof message.topic === "string" ? message.topic : "";
      const only = sessions.size === 1 ? [...sessions.keys()][0]! : topic;
      const twin = sessions.has(topic) ? topic : only;
      if (request.kind === "finding") sessionOf(request.finding.twin)?.take(request.finding);
      else if (request.kind === "confirm") sessionOf(twin)?.confirm(request.id, request.cause, request.by);
      else {
        const change = request.kind === "change" ? request.change : orderChange(request.event, twin);
        if (change !== undefined) for (const session of sessions.values()) session.noteChange(change);
      }
    };

    this.on("input", (message, _send, done) => {
      try {
        if (Frame.is(message.payload)) {
          const input = frameOf(message, where);
          if (input !== undefined) sessionOf(input.twin)?.consume(input.frame);
        } else if (make !== undefined) asked(message);
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      for (const session of sessions.values()) session.close();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-cause", CauseConstructor);
}
