import type { Node, NodeAPI, NodeDef } from "node-red";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import {
  askHistory,
  type HistoryQuestion,
  type MeanKind,
  type QueryKind,
} from "../../../runtime/describe/historian/history-query.ts";
import { services } from "../../../runtime/host/services.ts";
import { historianOf } from "../../config/historian/historian.ts";
import type { TwinNode } from "../../config/twin/twin.ts";
import { StatusLine } from "../../node-status.ts";

interface QueryConfig extends NodeDef {
  historian: string;
  twin: string;
  kind: QueryKind;
  /** One path below the twin, or one address, per line. */
  paths: string;
  backS: number | string;
  intervals: number | string;
  mean?: MeanKind;
  /** Paths of asof and eventWindow. */
  base?: string;
  windowBy?: "passage" | "values";
  entry?: string;
  exit?: string;
  event?: string;
  begin?: string;
  end?: string;
}

type Asked = Partial<HistoryQuestion & { address: string }>;

export default function (RED: NodeAPI): void {
  function QueryConstructor(this: Node, config: QueryConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const historian = historianOf(RED, config.historian);
    const twin = (RED.nodes.getNode(config.twin) as TwinNode | null)?.address ?? "";
    const configured = linesOf(config.paths).map((path) => addressOf(path, twin));
    const windowConfigured = windowOf(config);
    this.on("input", (message, send, done) => {
      const asked = (typeof message.payload === "object" ? message.payload : {}) as Asked | null;
      const given = asked?.addresses ?? (asked?.address === undefined ? configured : [asked.address]);
      const question: HistoryQuestion = {
        kind: asked?.kind ?? config.kind,
        addresses: given.map((path) => addressOf(path, twin)),
        ...(asked?.fromUs === undefined ? {} : { fromUs: asked.fromUs }),
        ...(asked?.toUs === undefined ? {} : { toUs: asked.toUs }),
        backS: asked?.backS ?? (Number(config.backS) || 3600),
        n: asked?.n ?? (Number(config.intervals) || 100),
        mean: asked?.mean ?? (config.mean || "time"),
        ...withAddresses(
          { base: asked?.base ?? config.base, ...windowOf(asked ?? {}, windowConfigured) },
          twin,
        ),
      };
      const nowUs =
        services()
          .twins.ownerOf(question.addresses[0] ?? "")
          ?.nowUs() ?? wallTimeUs();
      askHistory(historian, question, nowUs).then(
        (answers) => {
          const payload = answers.length === 1 ? answers[0] : answers;
          status.show(`${answers.length} ${answers.length === 1 ? "answer" : "answers"}`);
          send({ ...message, topic: question.addresses[0], payload });
          done();
        },
        (error) => done(error as Error),
      );
    });
    this.on("close", (done: () => void) => {
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-query", QueryConstructor);
}

type Window = Pick<HistoryQuestion, "entry" | "exit" | "event" | "begin" | "end">;

/** The ends of an event window, of the one kind that is asked for, else of the other's. */
function windowOf(from: Window & { readonly windowBy?: string }, otherwise: Window = {}): Window {
  const { entry, exit, event, begin, end, windowBy } = from;
  if (windowBy !== "values" && entry && exit) return { entry, exit };
  if (windowBy !== "passage" && (event || begin)) return { event, begin, end };
  return otherwise;
}

/** What is given, its paths as addresses. */
function withAddresses(
  question: Window & { readonly base?: string },
  twin: string,
): Partial<HistoryQuestion> {
  const given = Object.entries(question).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(
    given.map(([key, value]) => [key, PATHS.has(key) ? addressOf(String(value), twin) : String(value)]),
  );
}

const PATHS: ReadonlySet<string> = new Set(["base", "entry", "exit", "event"]);

const linesOf = (text: string | undefined): string[] =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A path stands below the twin; one that begins with `/`, or with the twin's own address, is whole. */
function addressOf(path: string, twin: string): string {
  if (path.startsWith("/")) return path.slice(1);
  return twin === "" || path.startsWith(`${twin}/`) ? path : `${twin}/${path}`;
}
