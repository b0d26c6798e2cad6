import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { LineFile } from "../../../runtime/core/line-file.ts";
import { isMaintenanceEvent } from "../../../runtime/core/maintenance-event.ts";
import { livesFile } from "../../../runtime/host/home.ts";
import { services } from "../../../runtime/host/services.ts";
import { type LifeInput, LifeIntake } from "../../../runtime/predict/life/life-intake.ts";
import { readLifeModel } from "../../../runtime/predict/life/life-model.ts";
import { readLifePaths } from "../../../runtime/predict/life/life-paths.ts";
import { LifeSession } from "../../../runtime/predict/life/life-session.ts";
import { lifeStatus } from "../../../runtime/predict/life/life-words.ts";
import { isMetLife, type MetLife } from "../../../runtime/predict/life/met-life.ts";
import { historianOf } from "../../config/historian/historian.ts";
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
  /** Which component of a maintenance plan it follows; empty: any of the asset. */
  component: string;
  /** Where the past of an asset is read from; empty: the process's own. */
  historian: string;
}

export default function (RED: NodeAPI): void {
  function LifeConstructor(this: Node, config: LifeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "remaining life";
    const status = new StatusLine(this);
    /** What the model's session takes in through its intake. */
    let life: { readonly session: LifeSession; readonly intake: LifeIntake } | undefined;
    let isClosed = false;
    /** What came while the model was read, in its order. */
    const waiting: LifeInput[] = [];
    let fault: unknown;
    const lives = new LineFile<MetLife>(livesFile(services().home), "lives-unwritable", isMetLife);

    const told = (thrown: unknown): void => this.error(messageOf(thrown));
    /** What cannot be written waits, and is tried again until it can. */
    const keep = (ended: readonly MetLife[]): void => {
      try {
        lives.append(ended);
      } catch (thrown) {
        if (ended.length > 0) told(thrown);
      }
    };
    const known = (): MetLife[] => {
      const { lines, broken } = lives.read();
      const what = broken === 1 ? "1 line says nothing" : `${broken} lines say nothing`;
      if (broken > 0) this.warn(`${lives.path}: ${what}; a renewal that stood there is not known`);
      return lines;
    };
    const fail = (thrown: unknown): void => {
      fault = thrown;
      waiting.length = 0;
      status.show(messageOf(thrown), "fault");
      told(thrown);
    };
    const open = async (): Promise<void> => {
      const paths = readLifePaths(config.paths ?? "", where);
      const text = await textOf(config.file?.trim() ?? "", where);
      const model = readLifeModel(jsonOf(text, config.file), config.file);
      if (isClosed) return;
      const component = config.component?.trim() ?? "";
      const session = new LifeSession({
        node: this.id,
        model,
        modelId: createHash("sha256").update(text).digest("hex"),
        cyclePath: config.cyclePath?.trim() ?? "",
        paths,
        ...(component !== "" && { component }),
        met: known(),
        onMet: (ended) => keep([ended]),
      });
      const intake = new LifeIntake({
        session,
        history: historianOf(RED, config.historian),
        onMessage: (payload) => this.send({ topic: payload.twin, payload }),
        onProblem: told,
      });
      life = { session, intake };
      status.show("waiting for a full cycle");
      for (const input of waiting.splice(0)) {
        try {
          intake.take(input);
        } catch (thrown) {
          told(thrown);
        }
      }
    };
    open().catch(fail);

    const timer = setInterval(() => {
      if (life !== undefined) status.show(lifeStatus(life.session.messages, life.intake.recalling));
      if (lives.isBehind) keep([]);
    }, STATUS_MS);
    const endEvidence = services().measuredBy(
      this.id,
      () => life?.session.evidence((twin) => services().twins.get(twin)?.nowUs()) ?? [],
    );
    this.on("input", (message, _send, done) => {
      try {
        if (fault !== undefined) throw fault;
        const { payload } = message;
        const input = isMaintenanceEvent(payload) ? payload : frameOf(message, where);
        if (input !== undefined) {
          if (life === undefined) waiting.push(input);
          else life.intake.take(input);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", (done: () => void) => {
      isClosed = true;
      life?.intake.close();
      clearInterval(timer);
      keep([]);
      status.close();
      endEvidence();
      done();
    });
  }
  RED.nodes.registerType("rung-life", LifeConstructor);
}

async function textOf(file: string, where: string): Promise<string> {
  if (file === "") {
    const advice = "train one with `rung life train` and write its file here";
    throw new RungError({ code: "no-model", where, what: "names no model", advice });
  }
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(cause), cause });
  }
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RungError({ code: "not-json", where: file, what: messageOf(cause), cause });
  }
}
