import type { Node, NodeAPI, NodeDef } from "node-red";
import { OutcomeBook, type WaitingAction, WINDOW } from "../../../runtime/act/outcome.ts";
import type { ProposalResult } from "../../../runtime/act/proposal.ts";
import { outcomeEvidence } from "../../../runtime/act/row-five-evidence.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import { services } from "../../../runtime/host/services.ts";
import type { StatusLine } from "../../node-status.ts";
import { type ActMessage, actNode, twinAddressOf } from "../act-face.ts";

interface OutcomeConfig extends NodeDef {
  name: string;
  twin: string;
}

/** What is kept over a restart: verdicts, and actions that still wait for theirs. */
const KEPT = "judged";
const KEPT_OPEN = "open";

export default function (RED: NodeAPI): void {
  RED.nodes.registerType("rung-outcome", actNode(RED, start));
}

function start(RED: NodeAPI, node: Node, config: OutcomeConfig, status: StatusLine): void {
  const where = config.name || "outcome";
  const twin = twinAddressOf(RED, config.twin, where);
  const { evidence, twins } = services();
  const kept: unknown = node.context().get(KEPT);
  const open: unknown = node.context().get(KEPT_OPEN);
  const book = new OutcomeBook(
    Array.isArray(kept) ? kept.map(Boolean) : [],
    Array.isArray(open) ? (open as WaitingAction[]) : [],
  );
  const file = services().outcomes();

  const show = () => {
    const { judged, waiting } = book;
    const timeUs = twins.get(twin)?.nowUs() ?? wallTimeUs();
    evidence.put(outcomeEvidence(judged, { twin, node: node.id, timeUs }));
    const inside = judged.filter(Boolean).length;
    const open = waiting === 0 ? "" : ` · ${waiting} waiting`;
    const full = judged.length < WINDOW ? ` · collecting ${judged.length} of ${WINDOW}` : "";
    status.show(
      judged.length === 0
        ? `no action judged yet${open}`
        : `${inside} of ${judged.length} inside${full}${open}`,
    );
  };

  const keep = () => {
    node.context().set(KEPT, [...book.judged]);
    node.context().set(KEPT_OPEN, [...book.open]);
  };

  node.on("input", (message: ActMessage, send, done) => {
    try {
      const { payload } = message;
      if (Frame.is(payload)) {
        const outcomes = payload.historical ? [] : book.measuredFrame(payload);
        const givenUp = book.takeGivenUp();
        if (outcomes.length + givenUp.length > 0) {
          keep();
          for (const outcome of outcomes) send({ topic: twin, payload: outcome } as ActMessage);
          show();
          file.append([...outcomes, ...givenUp]);
        }
      } else if ((payload as ProposalResult | undefined)?.kind === "proposal-result") {
        const recommendation = message.rung?.recommendation;
        if (recommendation === undefined) {
          throw new RungError({
            code: "no-recommendation",
            where,
            what: "got a result without its recommendation",
            advice: "wire it to the actuate node itself",
          });
        }
        book.acted(recommendation, payload as ProposalResult);
        file.append(book.takeGivenUp());
        keep();
        show();
      } else {
        throw new RungError({
          code: "wrong-payload",
          where,
          what: `expected a result from an actuate node or a frame from a state node, got ${payload === null ? "null" : typeof payload}`,
        });
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  node.on("close", () => {
    evidence.retract(node.id);
    status.close();
  });
  show();
}
