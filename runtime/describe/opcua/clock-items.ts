import type { ClientSession, DataValue } from "node-opcua";
import { type LinkClock, LiveClock, VirtualClock } from "../../core/clock.ts";
import type { TimeUs } from "../../core/time.ts";

/** Items that carry no property: the canary, and on a virtual link the plant's clock. */
export const CANARY = -1;
export const PLANT_TIME = -2;
export const PLANT_SPEED = -3;

/** Server_ServerStatus_CurrentTime (OPC 10000-6, annex A). */
export const CANARY_NODE = "i=2258";
export const PLANT_TIME_NODE = "ns=1;s=Plant.Time";
export const PLANT_SPEED_NODE = "ns=1;s=Plant.Speed";

/** The virtual plant's clock, read once before the queues are sized; nothing where the server has none. */
export async function readPlantClock(
  session: ClientSession,
): Promise<{ readonly timeUs: TimeUs; readonly speed: number } | undefined> {
  const [time, speed] = await session.read([{ nodeId: PLANT_TIME_NODE }, { nodeId: PLANT_SPEED_NODE }]);
  const at: unknown = time?.value?.value;
  const factor: unknown = speed?.value?.value;
  if (!(at instanceof Date) || typeof factor !== "number") return undefined;
  return { timeUs: at.getTime() * 1000, speed: factor };
}

/**
 * Sets a link's clock by what one of these items tells.
 * @param item CANARY, PLANT_TIME or PLANT_SPEED
 */
export function observeClock(clock: LinkClock, item: number, data: DataValue, receiveTimeUs: TimeUs): void {
  const value: unknown = data.value?.value;
  if (item === CANARY && clock instanceof LiveClock && value instanceof Date) {
    clock.observe(value.getTime() * 1000, receiveTimeUs);
  }
  if (!(clock instanceof VirtualClock)) return;
  if (item === PLANT_TIME && value instanceof Date) clock.observe(value.getTime() * 1000);
  if (item === PLANT_SPEED && typeof value === "number") clock.observe(clock.nowUs(), value);
}
