import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../runtime/core/errors.ts";
import { personAtDashboard } from "../../runtime/host/people-online.ts";
import type { Person } from "../../runtime/host/sessions.ts";
import { StatusLine } from "../node-status.ts";
import { type FeedServer, feedOf } from "./feed/screen-feed.ts";
import { WidgetView } from "./feed/widget-view.ts";

interface DashboardGroup {
  getBase(): { readonly uiShared: FeedServer };
  register(node: Node, config: NodeDef, events: object): void;
}

export interface WidgetConfig extends NodeDef {
  group: string;
}

interface PageMessage {
  readonly action?: unknown;
  /** Set by Dashboard 2 on what a page sends. */
  readonly _client?: { readonly socketId?: string };
}

/** What a widget is: a view of plain data, and what to do with a message or with a click. */
export interface WidgetBehaviour {
  /** The view now. Called at most twice a second. */
  view(): object;
  /** A message came in by a wire. A throw becomes the node's error. */
  take?(msg: { topic?: unknown; payload?: unknown; error?: { readonly message?: string } }): void;
  /**
   * Somebody pressed something on the page, which emitted `widget-action` with `{ action }`. A throw becomes the node's
   * error.
   * @param by name of the person, from the host and not from the browser
   * @param person the same with the role; undefined: nobody is signed in
   * @returns the message to send on
   */
  act?(action: unknown, by: string, person: Person | undefined): object;
  /** Status of the node in the editor. */
  status?(): string;
  /** The view is made so often while a page shows it, ms. */
  readonly everyMs?: number;
  /** Something else whenever the view may differ: it is then made without waiting for that, twice a second at most. */
  news?(): unknown;
}

/**
 * Puts a widget on its dashboard page and keeps its view fresh: computed on the server, for the pages that show it, and
 * sent when it changed. A message that comes in by a wire is never passed to browsers as it is.
 */
export function showWidget(RED: NodeAPI, node: Node, config: WidgetConfig, behaviour: WidgetBehaviour): void {
  const status = new StatusLine(node);
  const group = RED.nodes.getNode(config.group) as unknown as DashboardGroup | null;
  if (group === null) {
    status.show("choose a dashboard group", "fault");
    node.error(
      new RungError({
        code: "no-group",
        where: config.name || node.id,
        what: "stands in no dashboard group",
        advice: "open the node and choose one",
      }).message,
    );
    return;
  }
  const view = new WidgetView(() => behaviour.view(), {
    ...behaviour,
    changed: () => {
      if (behaviour.status) status.show(behaviour.status());
    },
    problem: (error) => status.show(messageOf(error), "fault"),
  });
  const { act, take } = behaviour;
  const asked = async (msg: PageMessage) => {
    if (act === undefined || msg.action === undefined || msg._client === undefined) return msg;
    const person = personAtDashboard(msg._client.socketId);
    view.touch();
    return act(msg.action, person?.name ?? "somebody not signed in", person);
  };
  group.register(withoutInput(node), config, act === undefined ? {} : { onAction: true, beforeSend: asked });
  node.on("input", (msg, _send, done) => {
    try {
      take?.(msg);
      view.touch();
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  node.on("close", feedOf(group.getBase().uiShared).add(node.id, view));
  node.on("close", () => status.close());
}

/**
 * The node as the dashboard gets it. What comes by a wire is for the node alone: Dashboard 2 would store each message
 * and send it to all pages.
 */
function withoutInput(node: Node): Node {
  const on = (event: string, listener: () => void) => {
    if (event !== "input") node.on(event as "close", listener);
    return node;
  };
  return Object.create(node, { on: { value: on } }) as Node;
}
