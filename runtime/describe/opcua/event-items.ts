import type { ClientMonitoredItemBase, ClientSession, ClientSubscription, Variant } from "node-opcua";
import { messageOf, RungError } from "../../core/errors.ts";
import { OVERFLOW_BITS } from "../../core/quality.ts";
import { PLAIN } from "./built-in-type.ts";
import { type EventSample, eventFilter, eventSample } from "./event-fields.ts";
import { loadOpcua } from "./load-opcua.ts";
import type { ItemNotification } from "./source-order.ts";
import type { StructureReader } from "./structure-value.ts";

/** Events that a server keeps while the link is away: a flood of alarms after a power cut is a few hundred. */
const EVENT_QUEUE = 1000;
/** ms before a refresh is asked for again while the server is busy with another one. */
const REFRESH_RETRY_MS = 1000;
const MOST_REFRESH_RETRIES = 10;

/** Event types that tell about the subscription and not about the plant (OPC 10000-9, 5.11; OPC 10000-4, 7.22.3). */
const REFRESH_START = "ns=0;i=2787";
const REFRESH_END = "ns=0;i=2788";
const REFRESH_REQUIRED = "ns=0;i=2789";
const QUEUE_OVERFLOW = "ns=0;i=3035";

/** A refresh is called on the type, not on a condition (OPC 10000-9, 5.5.7). */
const CONDITION_TYPE = "i=2782";
const CONDITION_REFRESH = "i=3875";

export interface EventBinding {
  readonly tag: number;
  /** A notifier: an object with EventNotifier set. */
  readonly nodeId: string;
  readonly minSeverity: number;
}

/** One event of a notification list. */
export interface EventNotification {
  readonly clientHandle: number;
  readonly eventFields: readonly Variant[] | null;
}

interface Item {
  /** While the server answers a refresh, the time it began, ms since 1970. */
  refreshMs: number | undefined;
  /** The server's queue overflowed before the next event. */
  isOverflowed: boolean;
}

/**
 * Events and alarms of a subscription (OPC 10000-9): one monitored item per notifier, and a ConditionRefresh
 * (5.5.7) whenever the channel is new or was broken, so that alarms that were raised before are known.
 */
export class EventItems {
  readonly #where: string;
  readonly #problem: (error: RungError) => void;
  readonly #structures: StructureReader;
  #items = new Map<number, Item>();
  #subscription: ClientSubscription | undefined;
  #session: ClientSession | undefined;
  #isRefusalTold = false;

  constructor(where: string, structures: StructureReader, problem: (error: RungError) => void) {
    this.#where = where;
    this.#structures = structures;
    this.#problem = problem;
  }

  /**
   * Adds the items to a subscription and asks how the conditions stand.
   * @param added is told the client handle of each before its first event
   * @returns the tags the server refused, with its status
   */
  async monitor(
    session: ClientSession,
    subscription: ClientSubscription,
    bindings: readonly EventBinding[],
    added: (clientHandle: number, tag: number) => void,
  ): Promise<{ readonly tag: number; readonly status: string }[]> {
    this.#items = new Map();
    this.#session = session;
    this.#subscription = subscription;
    const refused: { tag: number; status: string }[] = [];
    const opcua = await loadOpcua();
    for (const { tag, nodeId, minSeverity } of bindings) {
      const register = (item: ClientMonitoredItemBase): void => {
        const handle = item.monitoringParameters.clientHandle;
        this.#items.set(handle, { refreshMs: undefined, isOverflowed: false });
        added(handle, tag);
      };
      subscription.once("item_added", register);
      try {
        const item = await subscription.monitor(
          { nodeId, attributeId: opcua.AttributeIds.EventNotifier },
          {
            samplingInterval: 0,
            queueSize: EVENT_QUEUE,
            discardOldest: true,
            filter: await eventFilter(minSeverity),
          },
          opcua.TimestampsToReturn.Neither,
        );
        const status = (item as unknown as { statusCode: { isGood(): boolean; name: string } }).statusCode;
        if (!status.isGood()) refused.push({ tag, status: status.name });
      } catch (thrown) {
        refused.push({ tag, status: messageOf(thrown).split("\n")[0]! });
      } finally {
        subscription.removeListener("item_added", register);
      }
    }
    if (bindings.length > refused.length) void this.refresh();
    return refused;
  }

  /** Asks the server to tell all conditions that still matter. One that cannot is said so once, and let be. */
  async refresh(): Promise<void> {
    const session = this.#session;
    const subscription = this.#subscription;
    if (session === undefined || subscription === undefined || this.#items.size === 0) return;
    for (let attempt = 0; attempt <= MOST_REFRESH_RETRIES; attempt++) {
      if (this.#subscription !== subscription || !subscription.hasSession) return;
      let status: string;
      try {
        status = await conditionRefresh(session, subscription.subscriptionId);
      } catch (thrown) {
        status = messageOf(thrown).split("\n")[0]!;
      }
      if (status === "Good" || this.#subscription !== subscription) return;
      if (status !== "BadRefreshInProgress" || attempt === MOST_REFRESH_RETRIES) {
        if (this.#isRefusalTold) return;
        this.#isRefusalTold = true;
        this.#problem(
          new RungError({
            code: "no-condition-refresh",
            where: this.#where,
            what: `the server does not tell which alarms are active now: ${status}`,
            advice: "only alarms that change from now on are seen; let this login call ConditionRefresh",
          }),
        );
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, REFRESH_RETRY_MS).unref());
    }
  }

  /**
   * One event as a notification like those of values, its time that of the event; undefined for one that tells about
   * the subscription only.
   */
  notification({ clientHandle, eventFields }: EventNotification): ItemNotification | undefined {
    const item = this.#items.get(clientHandle);
    if (item === undefined) return undefined;
    const event = eventSample(eventFields ?? [], this.#structures);
    switch (event.eventType) {
      case REFRESH_START:
        item.refreshMs = serverMs(event);
        return undefined;
      case REFRESH_END:
        item.refreshMs = undefined;
        return undefined;
      case REFRESH_REQUIRED:
        void this.refresh();
        return undefined;
      case QUEUE_OVERFLOW:
        item.isOverflowed = true;
        return undefined;
    }
    const quality = item.isOverflowed ? OVERFLOW_BITS : 0;
    item.isOverflowed = false;
    const value = isRefresh(item, event) ? { ...event, refresh: true } : event;
    return {
      clientHandle,
      value: {
        statusCode: { value: quality },
        sourceTimestamp: event.time ?? null,
        sourcePicoseconds: 0,
        value: { dataType: PLAIN, arrayType: 0, value },
      } as never,
    };
  }
}

/** @returns the name of the status that the server answers with */
async function conditionRefresh(session: ClientSession, subscriptionId: number): Promise<string> {
  const { DataType, Variant } = await loadOpcua();
  const inputArguments = [new Variant({ dataType: DataType.UInt32, value: subscriptionId })];
  const result = await session.call({
    objectId: CONDITION_TYPE,
    methodId: CONDITION_REFRESH,
    inputArguments,
  });
  return result.statusCode.name;
}

/** The server's own time of an event; `Time` may be that of a device with another clock. */
const serverMs = ({ receiveTime, time }: EventSample): number => (receiveTime ?? time)?.getTime() ?? 0;

/**
 * Between the start and the end of a refresh a server may also tell what happens just then (OPC 10000-9, 4.5): that is
 * younger than the start.
 */
const isRefresh = ({ refreshMs }: Item, event: EventSample): boolean =>
  refreshMs !== undefined && event.conditionId !== undefined && serverMs(event) <= refreshMs;
