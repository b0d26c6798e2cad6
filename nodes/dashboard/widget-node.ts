import { isDeepStrictEqual } from "node:util";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../runtime/core/errors.ts";
import { personAtDashboard } from "../../runtime/host/people-online.ts";
import type { Person } from "../../runtime/host/sessions.ts";
import { StatusLine } from "../node-status.ts";

/** Operators' screens change at most twice a second. */
const REFRESH_MS = 500;
/** An unchanged view is sent again after this time, since a widget without news for 2 s is marked STALE. */
const REPEAT_MS = 1_000;

/** The part of Dashboard 2's base node that a widget needs. */
interface DashboardBase {
  emit(event: string, msg: object, node: Node): void;
  stores: { data: { save(base: DashboardBase, node: Node, msg: object): void } };
}

interface DashboardGroup {
  getBase(): DashboardBase;
  register(node: Node, config: NodeDef, events: object): void;
}

export interface WidgetConfig extends NodeDef {
  group: string;
}

interface TakenMessage {
  readonly topic?: unknown;
  readonly payload?: unknown;
  /** Set by a catch node. */
  readonly error?: { readonly message?: string };
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
  /** The view is made and sent at most so often, ms, and without a change five times less often. */
  readonly everyMs?: number;
}

/**
 * Puts a widget on its dashboard page and keeps its view fresh: computed on the server, sent when it changed.
 * A message that comes in by a wire is never passed to browsers as it is.
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
  const base = group.getBase();
  const { everyMs = REFRESH_MS } = behaviour;
  const repeatMs = behaviour.everyMs === undefined ? REPEAT_MS : 5 * behaviour.everyMs;
  let shown: object | undefined;
  let sentMs = 0;
  const current = () => ({ payload: behaviour.view() });
  group.register(node, config, {
    ...(behaviour.act === undefined ? {} : { onAction: true }),
    beforeSend: async (msg: TakenMessage) => {
      // Dashboard 2 asks here for both: what came by a wire, and what a page sent.
      if (behaviour.act !== undefined && msg.action !== undefined && msg._client !== undefined) {
        const person = personAtDashboard(msg._client.socketId);
        return behaviour.act(msg.action, person?.name ?? "somebody not signed in", person);
      }
      behaviour.take?.(msg);
      return current();
    },
    onInput: (msg: object) => base.stores.data.save(base, node, msg),
  });
  const refresh = () => {
    try {
      const msg = current();
      const nowMs = performance.now();
      if (isDeepStrictEqual(msg.payload, shown) && nowMs - sentMs < repeatMs) return;
      shown = msg.payload;
      sentMs = nowMs;
      base.stores.data.save(base, node, msg);
      base.emit(`msg-input:${node.id}`, msg, node);
      if (behaviour.status) status.show(behaviour.status());
    } catch (error) {
      status.show(messageOf(error), "fault");
    }
  };
  const timer = setInterval(refresh, everyMs);
  node.on("close", () => {
    clearInterval(timer);
    status.close();
  });
}
