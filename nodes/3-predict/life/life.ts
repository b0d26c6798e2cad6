import { readFile } from "node:fs/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import type { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { readLifeModel } from "../../../runtime/predict/life/life-model.ts";
import { readLifePaths } from "../../../runtime/predict/life/life-paths.ts";
import { LifeSession } from "../../../runtime/predict/life/life-session.ts";
import { lifeStatus } from "../../../runtime/predict/life/life-words.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

const STATUS_MS = 1000;

interface LifeConfig extends NodeDef {
  /** The model that `rung life train` wrote. */
  file: string;
  /** Path of the counter of use below the twin. */
  cyclePath: string;
  /** Paths of signals that are not called as in the model, as JSON text. */
  paths: string;
}

export default function (RED: NodeAPI): void {
  function LifeConstructor(this: Node, config: LifeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "remaining life";
    const status = new StatusLine(this);
    let session: LifeSession | undefined;
    let isClosed = false;
    /** Frames that came while the model was read, in their order. */
    const waiting: { readonly twin: string; readonly frame: Frame }[] = [];
    let fault: unknown;

    const take = (twin: string, frame: Frame): void => {
      const payload = session!.consume(twin, frame);
      if (payload !== undefined) this.send({ topic: twin, payload });
    };
    const fail = (thrown: unknown): void => {
      fault = thrown;
      waiting.length = 0;
      status.show(messageOf(thrown), "fault");
      this.error(messageOf(thrown));
    };
    const open = async (): Promise<void> => {
      const paths = readLifePaths(config.paths ?? "", where);
      const model = readLifeModel(await jsonOf(config.file?.trim() ?? "", where), config.file);
      if (isClosed) return;
      session = new LifeSession({ node: this.id, model, cyclePath: config.cyclePath?.trim() ?? "", paths });
      status.show("waiting for a full cycle");
      for (const { twin, frame } of waiting.splice(0)) take(twin, frame);
    };
    open().catch(fail);

    const timer = setInterval(() => {
      if (session !== undefined) status.show(lifeStatus(session.messages));
    }, STATUS_MS);
    const endEvidence = services().measuredBy(
      this.id,
      () => session?.evidence((twin) => services().twins.get(twin)?.nowUs()) ?? [],
    );
    this.on("input", (message, _send, done) => {
      try {
        if (fault !== undefined) throw fault;
        const input = frameOf(message, where);
        if (input !== undefined) {
          if (session === undefined) waiting.push(input);
          else take(input.twin, input.frame);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", (done: () => void) => {
      isClosed = true;
      clearInterval(timer);
      status.close();
      endEvidence();
      done();
    });
  }
  RED.nodes.registerType("rung-life", LifeConstructor);
}

async function jsonOf(file: string, where: string): Promise<unknown> {
  if (file === "") {
    const advice = "train one with `rung life train` and write its file here";
    throw new RungError({ code: "no-model", where, what: "names no model", advice });
  }
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(cause), cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RungError({ code: "not-json", where: file, what: messageOf(cause), cause });
  }
}
