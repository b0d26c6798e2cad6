import type { Node, NodeAPI } from "node-red";
import { messageOf, RungError } from "../../runtime/core/errors.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { isOfTraining } from "../../runtime/core/training.ts";
import { type Binding, type BindingRow, readBindings } from "../../runtime/describe/binding-table.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { LinkState } from "../../runtime/describe/link-state.ts";
import type { SourceCounters, SourceListener } from "../../runtime/describe/source-signal.ts";
import { services } from "../../runtime/host/services.ts";
import { StatusLine } from "../node-status.ts";

/** Status and rate are shown this often, ms. */
const STATUS_MS = 1000;
/** A link that was not there so many times in a row is said in the log. */
const TOLD_AFTER = 10;

/** The part of a source engine that its node shows. */
export interface ShownSource {
  readonly source: string;
  readonly counters: SourceCounters;
  readonly linkState: LinkState;
  /** What its status says before it was ever connected. */
  readonly waitingText?: string;
  summary(): { tags: number; unbound?: number; perSecond: number; ageUs: number | undefined };
  start(): void;
  stop(): Promise<void>;
}

export interface SourceConfig {
  name: string;
  twin?: string;
  bindings?: BindingRow[] | string;
  /** `frames`, or `values`: one plain message per sample, for core nodes. */
  emit?: "frames" | "values";
}

/** The address of the twin that a node's paths stand below; empty where it names none. */
export function twinAddress(RED: NodeAPI, id: string | undefined): string {
  const twin = id ? (RED.nodes.getNode(id) as unknown as { address?: string } | null) : null;
  return twin?.address ?? "";
}

/**
 * The checked table of a source's form.
 * @throws RungError `training-twin` for a twin that people practise on: it has no link; or one naming every row that is wrong: a table with a mistake is not deployed
 */
export function checkedBindings(config: SourceConfig, twin: string, where: string): Binding[] {
  if (isOfTraining(twin)) {
    throw new RungError({
      code: "training-twin",
      where,
      what: `has a link, and ${twin} is a training twin, which has none`,
      advice: "choose the twin of the plant, or feed this one by a training node",
    });
  }
  const rows = typeof config.bindings === "string" ? JSON.parse(config.bindings || "[]") : config.bindings;
  const { bindings, problems } = readBindings((rows ?? []) as BindingRow[], twin);
  if (problems.length === 1) throw problems[0]!;
  if (problems.length > 1) {
    throw new RungError({
      code: "malformed-bindings",
      where,
      what: `${problems.length} rows are wrong: ${problems.map(messageOf).join("; ")}`,
      advice: "nothing is read until all rows are right",
    });
  }
  if (bindings.length === 0) {
    throw new RungError({
      code: "no-bindings",
      where,
      what: "no tag is bound",
      advice: "tick tags in the node's dialog, or load a table",
    });
  }
  return bindings;
}

/** The epochs of all sources of this process. */
export const epochs = (): EpochCounter =>
  services().once(
    "epochs",
    () => new EpochCounter(services().home),
    () => undefined,
  );

/**
 * Runs a source for its node: frames out, problems and gaps told, status once a second, all ended at close.
 * @param make gets what the source must tell
 */
export function runSource(
  node: Node,
  config: SourceConfig,
  twin: string,
  make: (listener: SourceListener) => ShownSource,
): ShownSource | undefined {
  const status = new StatusLine(node);
  const asValues = config.emit === "values";
  const listener: SourceListener = {
    frame: (frame) => (asValues ? sendValues(node, frame) : node.send({ topic: twin, payload: frame })),
    gap: (gap) => services().noteGap(gap),
    problem: (error) => node.warn(error.message),
  };
  let source: ShownSource | undefined;
  const { sourceCounters } = services();
  try {
    source = make(listener);
    sourceCounters.set(source.source, source.counters);
    source.start();
  } catch (thrown) {
    node.error(messageOf(thrown));
    status.show(shortened(messageOf(thrown)), "fault");
  }
  const running = source;
  const tellLink = linkTeller(node);
  const timer =
    running &&
    setInterval(() => {
      showSource(status, running);
      tellLink(running.linkState);
    }, STATUS_MS);
  if (running) showSource(status, running);
  node.on("close", (_removed: boolean, done: (error?: Error) => void) => {
    clearInterval(timer);
    status.close();
    if (running && sourceCounters.get(running.source) === running.counters)
      sourceCounters.delete(running.source);
    Promise.resolve(running?.stop()).then(
      () => done(),
      (thrown: unknown) => {
        node.error(messageOf(thrown));
        done();
      },
    );
  });
  return source;
}

/**
 * Says once in the log why a link is not there, for those who do not look at the canvas. A server that nobody trusts
 * is said at once, anything else only when it lasts: a plant may start after the host.
 */
function linkTeller(node: Node): (state: LinkState) => void {
  let told = "";
  let without = 0;
  return ({ phase, error }) => {
    without = phase === "connected" ? 0 : without + 1;
    if (phase === "connected") told = "";
    if (error === undefined || error.message === told) return;
    if (phase !== "waits-for-trust" && without < TOLD_AFTER) return;
    told = error.message;
    node.warn(told);
  };
}

function sendValues(node: Node, frame: Frame): void {
  for (const sample of frame) {
    node.send({
      topic: sample.address,
      payload: sample.other === undefined ? sample.value : sample.other,
      quality: sample.quality,
      timestamp: sample.sourceTimeUs / 1000,
    });
  }
}

function showSource(status: StatusLine, source: ShownSource): void {
  const { phase, error } = source.linkState;
  if (phase === "waits-for-trust") status.show("waits for trust: open this node", "attention");
  else if (phase === "connected") {
    const { tags, unbound = 0, perSecond, ageUs } = source.summary();
    const bound = unbound > 0 ? `${tags} of ${tags + unbound} tags` : `${tags.toLocaleString("en")} tags`;
    const parts = [bound, `${shortNumber(perSecond)}/s`];
    if (ageUs !== undefined) parts.push(`age ${shortAge(ageUs)}`);
    status.show(parts.join(" · "), unbound > 0 ? "attention" : "ok");
  } else if (phase === "retrying") status.show(retryText(error), "fault");
  else status.show(phase === "idle" ? (source.waitingText ?? "not connected") : "connecting");
}

const RETRY_TEXTS: Readonly<Record<string, string>> = {
  "not-reachable": "plant does not answer, trying again",
  "connection-lost": "connection lost, trying again",
  "login-refused": "login refused",
  "client-certificate-refused": "the server does not trust this link",
  "no-virtual-plant": "virtual plant is not running",
  "no-embedded-broker": "embedded broker is not running",
  "no-login": "no login in the keyring",
  "no-such-endpoint": "the server has no such security",
  "certificate-expired": "certificate out of date",
  "login-not-offered": "the server takes another kind of login",
  "password-in-clear": "the password would travel in clear",
  silent: "no message any more",
};

function retryText(error: RungError | undefined): string {
  return (error && RETRY_TEXTS[error.code]) ?? shortened(error?.message ?? "trying again");
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function shortNumber(value: number): string {
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)}k`;
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}

function shortAge(ageUs: number): string {
  const seconds = ageUs / 1e6;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** The link a source has chosen. @throws RungError `no-link` */
export function linkOf<Link>(RED: NodeAPI, id: string, name: string): Link {
  const link = (RED.nodes.getNode(id) as { link?: Link } | null)?.link;
  if (link !== undefined) return link;
  throw new RungError({
    code: "no-link",
    where: name,
    what: "has no link",
    advice: "choose one and deploy",
  });
}
