import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import { storeOf } from "../../config/historian/historian.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 5000;

interface HistoryConfig extends NodeDef {
  historian: string;
}

export default function (RED: NodeAPI): void {
  function HistoryConstructor(this: Node, config: HistoryConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const store = storeOf(RED, config.historian);
    const opening = store.open();
    opening.then(
      ({ report }) => {
        for (const { source, rows } of report.losses) {
          this.warn(`${rows} samples of ${source} are damaged on disk; the gap ledger has their time`);
        }
        for (const problem of report.problems) this.warn(problem);
      },
      (thrown: unknown) => this.error(messageOf(thrown)),
    );
    let told = "";
    const tellTrouble = (trouble: RungError | undefined): void => {
      const text = trouble?.message ?? "";
      if (text === told) return;
      if (text === "") this.log("stores again");
      else this.warn(`samples wait: ${text}`);
      told = text;
    };
    let refused: RungError | undefined;
    const tellRefusal = (refusal: RungError | undefined): void => {
      if (refusal !== undefined && refusal !== refused) this.warn(refusal.message);
      refused = refusal;
    };
    let isOpen = true;
    const show = async (): Promise<void> => {
      try {
        const synchroniser = await opening;
        tellTrouble(synchroniser.trouble);
        tellRefusal(store.refusal(synchroniser));
        const { text, mark } = await store.words(synchroniser);
        if (isOpen) status.show(text, mark);
      } catch (thrown) {
        if (isOpen) status.show(messageOf(thrown).slice(0, 60), "fault");
      }
    };
    const timer = setInterval(() => void show(), STATUS_MS);
    void show();
    this.on("input", (message, _send, done) => {
      if (!Frame.is(message.payload)) {
        done(
          new RungError({
            code: "not-a-frame",
            where: config.name || "history",
            what: `expected a frame from a state node, got ${describePayload(message.payload)}`,
            advice: "wire a state node before it",
          }),
        );
        return;
      }
      const frame = message.payload;
      opening
        .then((synchroniser) => synchroniser.accept(frame))
        .then(
          () => done(),
          (error) => done(error as Error),
        );
    });
    this.on("close", (done: () => void) => {
      isOpen = false;
      clearInterval(timer);
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-history", HistoryConstructor);
}
