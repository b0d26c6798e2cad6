import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import type { Frame } from "../../../runtime/core/frame.ts";
import { describeEvidence } from "../../../runtime/describe/describe-evidence.ts";
import { stateWords } from "../../../runtime/describe/state-words.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";
import type { TwinNode } from "../../config/twin/twin.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;

interface StateConfig extends NodeDef {
  twin: string;
  /** `values`: plain messages per change on the second output as well. */
  emit: "frames" | "values";
}

export default function (RED: NodeAPI): void {
  function StateConstructor(this: Node, config: StateConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const state = (RED.nodes.getNode(config.twin) as TwinNode | null)?.state;
    const wantsValues = config.emit === "values";
    const show = (): void => {
      const words = state && stateWords(state);
      status.show(words?.text ?? "no twin is chosen", words?.mark ?? "fault");
    };
    const endEvidence = services().measuredBy(this.id, () =>
      state === undefined ? [] : describeEvidence(state, state.nowUs(), this.id, sourcesOnPath(state)),
    );
    const timer = setInterval(show, STATUS_MS);
    show();
    let isMissingTold = false;
    this.on("input", (message, send, done) => {
      try {
        if (state === undefined) {
          // Once: sources send many frames a second, and the status goes on saying it.
          if (isMissingTold) return done();
          isMissingTold = true;
          throw new RungError({
            code: "no-twin",
            where: config.name || "state",
            what: "has no twin, or the twin's configuration is wrong",
            advice: "open the node and choose one",
          });
        }
        const accepted = state.accept(message.payload);
        if (accepted.length > 0) {
          const frame = { ...message, topic: state.address, payload: accepted };
          // The declared type knows no list of messages for one output, which Node-RED takes.
          const isOfNow = wantsValues && !accepted.historical;
          const outputs = isOfNow ? [frame, valueMessages(accepted)] : [frame];
          send(outputs as NodeMessage[]);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      status.close();
      endEvidence();
      done();
    });
  }
  RED.nodes.registerType("rung-state", StateConstructor);
}

/**
 * Of the sources that samples came from, those that are wired to this state. A source's name ends with the id of its
 * node; where that is on no canvas, as of a recording or in a subflow, the wires say nothing against it.
 */
function sourcesOnPath({ address, sources }: TwinState): ReadonlySet<string> {
  const ladder = services().ladder();
  const names = sources.map(({ name }) => name);
  return new Set(names.filter((name) => !ladder.isOffPath(address, name.slice(name.lastIndexOf(":") + 1))));
}

/** One plain message per sample, for core nodes. */
function valueMessages(frame: Frame): NodeMessage[] {
  return Array.from(frame, (sample) => ({
    topic: sample.address,
    payload: sample.other === undefined ? sample.value : sample.other,
    quality: sample.quality,
    timestamp: sample.sourceTimeUs / 1000,
  }));
}
