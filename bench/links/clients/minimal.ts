/**
 * The least that a program on node-opcua can do: a subscription with the queues that lose nothing, and a handler of
 * whole publish responses that writes value and source time into two arrays. The events that node-opcua would raise
 * for every single value are unhooked.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  AttributeIds,
  ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
} from "node-opcua";
import { nodeIdOf, type OpenClient, PUBLISHING_MS, SURVIVE_MS } from "../load.ts";

const ITEMS_PER_CALL = 1000;

interface Change {
  readonly clientHandle: number;
  readonly value: DataValue;
}

export const open: OpenClient = async ({ endpoint, tags, periodMs, home }, tally) => {
  mkdirSync(join(home, "pki"), { recursive: true });
  const certificates = new OPCUACertificateManager({
    rootFolder: join(home, "pki"),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const client = OPCUAClient.create({
    clientCertificateManager: certificates,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    endpointMustExist: false,
  });
  await client.connect(endpoint);
  const session = await client.createSession();
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: PUBLISHING_MS,
    requestedLifetimeCount: 600,
    requestedMaxKeepAliveCount: 10,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
  });
  await new Promise<void>((resolve, reject) => {
    subscription.once("started", () => resolve());
    subscription.once("error", reject);
  });
  const value = new Float64Array(tags);
  const sourceTimeMs = new Float64Array(tags);
  const tagOfHandle: number[] = [];
  subscription.on("raw_notification", (message) => {
    for (const data of message.notificationData ?? []) {
      const changes = (data as { monitoredItems?: Change[] | null } | null)?.monitoredItems;
      if (!changes) continue;
      for (const { clientHandle, value: data } of changes) {
        const tag = tagOfHandle[clientHandle];
        if (tag === undefined) continue;
        const now = data.value.value as number;
        value[tag] = now;
        sourceTimeMs[tag] = data.sourceTimestamp!.getTime();
        tally.take(tag, now);
      }
    }
    tally.arrived();
  });
  let asked = 0;
  subscription.on("item_added", (item) => {
    tagOfHandle[item.monitoringParameters.clientHandle] = asked++;
  });
  const everySample = new DataChangeFilter({
    trigger: DataChangeTrigger.StatusValueTimestamp,
    deadbandType: DeadbandType.None,
  });
  for (let first = 0; first < tags; first += ITEMS_PER_CALL) {
    const many = Math.min(ITEMS_PER_CALL, tags - first);
    const group = await subscription.monitorItems(
      Array.from({ length: many }, (_, i) => ({
        nodeId: nodeIdOf(first + i),
        attributeId: AttributeIds.Value,
      })),
      {
        samplingInterval: 0,
        queueSize: Math.ceil(SURVIVE_MS / periodMs),
        discardOldest: true,
        filter: everySample,
      },
      TimestampsToReturn.Source,
    );
    for (const item of group.monitoredItems)
      (item as unknown as NodeJS.EventEmitter).removeAllListeners("changed");
  }
  return {};
};
