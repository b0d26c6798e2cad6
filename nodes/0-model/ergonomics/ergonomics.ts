import { readFile } from "node:fs/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { type LicensedTable, readLicensedTable } from "../../../runtime/model/ergonomics/licensed-table.ts";
import { concern, type ErgonomicResult, rate, resultWords } from "../../../runtime/model/ergonomics/rate.ts";
import { StatusLine } from "../../node-status.ts";
import { serveRating } from "./rate-route.ts";

interface ErgonomicsConfig extends NodeDef {
  /** Id of the twin it is the model of; empty for a model alone. */
  twin: string;
  /** niosh, rula, reba or load. */
  method: string;
  /** What is rated, as JSON text: a lift, a posture, or the work of a shift. */
  assessment: string;
  /** Path of the plant's licensed table; empty without one. */
  table: string;
}

export default function (RED: NodeAPI): void {
  serveRating(RED);

  function ErgonomicsConstructor(this: Node, config: ErgonomicsConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "ergonomics";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    let table: LicensedTable | undefined;

    const rated = async (payload: unknown): Promise<ErgonomicResult> => {
      if (config.table.trim() !== "") table ??= await readTable(config.table);
      const method = methodOf(payload) ?? config.method;
      const value = overlaid(parse(config.assessment, where), payload);
      const result = rate(value, where, { method, ...(table === undefined ? {} : { table }) });
      status.show(...statusWords(result));
      return result;
    };

    const tell = (fault: unknown): void => status.show(messageOf(fault).split("\n")[0]!, "fault");
    if (isGiven(config.assessment))
      rated(undefined).catch((fault: unknown) => {
        tell(fault);
        this.error(messageOf(fault));
      });
    else status.show("waits for what to rate");

    this.on("input", (message, send, done) => {
      rated(message.payload)
        .then((payload) => {
          send({ ...message, topic: twin || where, payload } as never);
          done();
        })
        .catch((fault: Error) => {
          tell(fault);
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-ergonomics", ErgonomicsConstructor);
}

async function readTable(path: string): Promise<LicensedTable> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (fault) {
    throw new RungError({
      code: "file-unreadable",
      where: path,
      what: messageOf(fault),
      advice: "correct the table's path",
      cause: fault,
    });
  }
  return readLicensedTable(text, path);
}

const isGiven = (assessment: string): boolean => !/^\s*(\{\s*\})?\s*$/.test(assessment);

function parse(text: string, where: string): unknown {
  if (!isGiven(text)) return {};
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new RungError({
      code: "not-json",
      where,
      what: `the assessment is no JSON: ${messageOf(fault)}`,
      advice: "compare examples/posture.ergo.json",
      cause: fault,
    });
  }
}

/** The form's assessment with the fields of a message's payload laid over it; any other payload leaves it as it is. */
function overlaid(assessment: unknown, payload: unknown): unknown {
  return isObject(payload) && isObject(assessment) ? { ...assessment, ...payload } : assessment;
}

/** A message may ask for another method: the same angles by RULA and by REBA. */
function methodOf(payload: unknown): string | undefined {
  const method = isObject(payload) ? payload.method : undefined;
  return typeof method === "string" ? method : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "RULA 7: investigate and change at once", marked where a person should look. */
function statusWords(result: ErgonomicResult): [text: string, mark?: "attention"] {
  const found = concern(result);
  return found === undefined
    ? [resultWords(result)]
    : [result.kind === "load" ? found : resultWords(result), "attention"];
}
