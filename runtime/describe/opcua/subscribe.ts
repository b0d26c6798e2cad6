import type { ClientMonitoredItemBase, ClientSession, ClientSubscription } from "node-opcua";
import {
  CANARY,
  CANARY_NODE,
  PLANT_SPEED,
  PLANT_SPEED_NODE,
  PLANT_TIME,
  PLANT_TIME_NODE,
} from "./clock-items.ts";
import { loadOpcua } from "./load-opcua.ts";

/** ms between two samples of the canary. */
const CANARY_PERIOD_MS = 1000;
/** Items in one CreateMonitoredItems request where the server names no lower limit. */
const ITEMS_PER_CALL = 1000;
/** Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall (OPC 10000-5, 6.3.11); 0 = no limit. */
const ITEM_LIMIT_NODE = "i=11714";
/** Samples a queue holds at least: a few changes of a setpoint within an outage. */
const SHORTEST_QUEUE = 20;
/** Memory of the server per item, in samples. */
const LONGEST_QUEUE = 10_000;

export interface MonitoredTag {
  readonly nodeId: string;
  /** Index into the dictionary, or one of the clock's items. */
  readonly tag: number;
  /** Plant time; 0 = on change. */
  readonly periodMs: number;
}

export interface SubscribeOptions {
  readonly publishingIntervalMs: number;
  readonly samplingIntervalMs: number;
  readonly surviveMs: number;
  readonly virtual: boolean;
  /** Plant seconds per wall second. */
  readonly speed: number;
  /** Before the first item, so that no notification is missed. */
  created(subscription: ClientSubscription): void;
  added(clientHandle: number, tag: number): void;
}

/** What came of a subscription. */
export interface Subscribed {
  /** Tags without an item, with the server's status. */
  readonly refused: readonly { readonly tag: number; readonly status: string }[];
  /** Cyclic tags whose queue is shorter than the outage to survive needs, and the outage it does survive. */
  readonly shortened: readonly { readonly tag: number; readonly surviveMs: number }[];
  /** How long the server keeps the subscription when nobody asks for its samples, ms. */
  readonly lifetimeMs: number;
}

/** The outage that a queue of this size loses nothing in, ms; see queueSize. */
export function survivedMs(
  queue: number,
  periodMs: number,
  speed: number,
  publishingIntervalMs: number,
): number {
  return Math.max(0, ((queue - 1) * periodMs) / Math.max(speed, Number.MIN_VALUE) - 2 * publishingIntervalMs);
}

/** Samples the server must hold per item so that an outage of `surviveMs` loses none. */
export function queueSize(
  periodMs: number,
  surviveMs: number,
  speed: number,
  publishingIntervalMs: number,
): number {
  if (periodMs === 0) return SHORTEST_QUEUE;
  const wallPeriodMs = periodMs / Math.max(speed, Number.MIN_VALUE);
  const samples = Math.ceil((surviveMs + 2 * publishingIntervalMs) / wallPeriodMs) + 1;
  return Math.min(LONGEST_QUEUE, Math.max(SHORTEST_QUEUE, samples));
}

/**
 * Makes a subscription with one item per tag, a canary, and on a virtual link the plant's clock.
 *
 * Cyclic items report every new source time (trigger StatusValueTimestamp, OPC 10000-4, 7.22.2), because a value
 * that stays the same is a sample too; a server that cannot is asked again without. Its listeners get whole
 * publish responses by `raw_notification`; the per-item events that node-opcua would raise for each value are
 * unhooked.
 * @returns what the server did not give as it was asked
 */
export async function subscribe(
  session: ClientSession,
  tags: readonly MonitoredTag[],
  options: SubscribeOptions,
): Promise<Subscribed> {
  const opcua = await loadOpcua();
  const interval = options.publishingIntervalMs;
  const subscription = opcua.ClientSubscription.create(session, {
    requestedPublishingInterval: interval,
    // The subscription outlives the outage, and the server says within a second that it lives.
    requestedLifetimeCount: Math.max(60, Math.ceil((2 * options.surviveMs) / interval)),
    requestedMaxKeepAliveCount: Math.max(3, Math.ceil(1000 / interval)),
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
  });
  options.created(subscription);
  await new Promise<void>((resolve, reject) => {
    subscription.once("started", () => resolve());
    subscription.once("error", reject);
  });

  const awaited: number[] = [];
  subscription.on("item_added", (item: ClientMonitoredItemBase) => {
    const tag = awaited.shift();
    if (tag !== undefined) options.added(item.monitoringParameters.clientHandle, tag);
  });
  const refused: { tag: number; status: string }[] = [];
  const shortened: { tag: number; surviveMs: number }[] = [];
  const readable = tags.filter(({ nodeId, tag }) => {
    try {
      opcua.resolveNodeId(nodeId);
      return true;
    } catch {
      // It throws for text that is no node id at all; the server is not asked.
      refused.push({ tag, status: "BadNodeIdInvalid" });
      return false;
    }
  });
  const everySample = new opcua.DataChangeFilter({
    trigger: opcua.DataChangeTrigger.StatusValueTimestamp,
    deadbandType: opcua.DeadbandType.None,
  });

  const monitor = async (
    batch: readonly MonitoredTag[],
    parameters: { queue: number; ms: number; filter: boolean },
  ) => {
    awaited.push(...batch.map(({ tag }) => tag));
    const group = await subscription.monitorItems(
      batch.map(({ nodeId }) => ({ nodeId, attributeId: opcua.AttributeIds.Value })),
      {
        samplingInterval: parameters.ms,
        queueSize: parameters.queue,
        discardOldest: true,
        ...(parameters.filter ? { filter: everySample } : {}),
      },
      // The server's own time would cost as much to decode as the source's, for every value.
      opcua.TimestampsToReturn.Source,
    );
    const again: MonitoredTag[] = [];
    for (const [i, item] of group.monitoredItems.entries()) {
      (item as unknown as NodeJS.EventEmitter).removeAllListeners("changed");
      const status = item.statusCode;
      const { tag, periodMs } = batch[i]!;
      if (status.isGood()) {
        const queued = item.monitoringParameters.queueSize;
        const surviveMs = survivedMs(queued, periodMs, options.speed, interval);
        if (tag >= 0 && periodMs > 0 && surviveMs < options.surviveMs) shortened.push({ tag, surviveMs });
        continue;
      }
      if (parameters.filter && /Filter/.test(status.name)) again.push(batch[i]!);
      else refused.push({ tag: batch[i]!.tag, status: status.name });
    }
    return again;
  };

  const canaries: MonitoredTag[] = [{ nodeId: CANARY_NODE, tag: CANARY, periodMs: CANARY_PERIOD_MS }];
  await monitor(canaries, { queue: 2, ms: CANARY_PERIOD_MS, filter: false });
  if (options.virtual) {
    const clock = [
      { nodeId: PLANT_TIME_NODE, tag: PLANT_TIME, periodMs: 0 },
      { nodeId: PLANT_SPEED_NODE, tag: PLANT_SPEED, periodMs: 0 },
    ];
    await monitor(clock, { queue: 1, ms: 0, filter: false });
  }
  const limit: unknown = (await session.read({ nodeId: ITEM_LIMIT_NODE })).value?.value;
  const perCall = typeof limit === "number" && limit > 0 ? Math.min(limit, ITEMS_PER_CALL) : ITEMS_PER_CALL;
  for (const [periodMs, alike] of Map.groupBy(readable, (tag) => tag.periodMs)) {
    const queue = queueSize(periodMs, options.surviveMs, options.speed, interval);
    const parameters = { queue, ms: options.samplingIntervalMs };
    for (let i = 0; i < alike.length; i += perCall) {
      const batch = alike.slice(i, i + perCall);
      const again = await monitor(batch, { ...parameters, filter: periodMs > 0 });
      if (again.length > 0) await monitor(again, { ...parameters, filter: false });
    }
  }
  return { refused, shortened, lifetimeMs: subscription.lifetimeCount * subscription.publishingInterval };
}
