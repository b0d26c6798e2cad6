import type { KernelPort, KernelSpec } from "../../compute/kernel-language/kernel-spec.ts";
import { RungError } from "../../core/errors.ts";
import { isBad } from "../../core/quality.ts";
import { converter } from "../../core/unit.ts";
import { type PortValue, portValue, shapeInWords } from "./port-values.ts";

/** The newest value of a twin's property. */
export interface NewestValue {
  /** NaN where the value is in `other`. */
  readonly value: number;
  readonly other?: unknown;
  readonly unit?: string;
  readonly quality: number;
  readonly stale: boolean;
}

/** Where a run finds what its ports ask for. */
export interface InputSources {
  /** A property of the message, `payload.film`; undefined where it has none. */
  readonly message: (path: string) => unknown;
  /** What the kernel before it says of the message's payload: then units are converted and shapes compared. */
  readonly upstream?: { readonly unit?: string; readonly shape?: readonly number[] };
  readonly newest: (address: string) => NewestValue | undefined;
  /** The kernel's own last result; undefined before the first. */
  readonly last: PortValue | undefined;
}

export interface GatheredInputs {
  readonly inputs: Record<string, PortValue>;
  /** Addresses whose value is older than it should be; it was used all the same. */
  readonly stale: readonly string[];
}

/**
 * The values of the ports of one run that do not bring them along, as constants and random numbers do.
 *
 * Before the first result a port of the kernel's own last result holds the low end of its range, or 0.
 * @throws RungError `port-value`, `no-port-value`, `bad-quality`, `unit-mismatch`
 */
export async function gatherInputs(
  spec: Pick<KernelSpec, "inputs">,
  sources: InputSources,
  where: string,
): Promise<GatheredInputs> {
  const stale: string[] = [];
  // All are read now; only the conversion of large fields goes on in later turns of the event loop.
  const values = spec.inputs.map(async (port): Promise<readonly [string, PortValue] | undefined> => {
    if ("address" in port.from) {
      const newest = sources.newest(port.from.address);
      if (newest?.stale) stale.push(port.from.address);
      return [port.name, await fromTwin(port, port.from.address, newest, where)];
    }
    if ("message" in port.from) {
      return [port.name, await fromMessage(port, port.from.message, sources, where)];
    }
    return "result" in port.from ? [port.name, sources.last ?? port.range?.[0] ?? 0] : undefined;
  });
  const inputs = Object.fromEntries((await Promise.all(values)).filter((entry) => entry !== undefined));
  return { inputs, stale };
}

/**
 * Refuses ports that take a property told in a unit of another dimension.
 * @param unitOf the unit a property is declared in; undefined where nothing declares the property
 * @throws RungError `unit-mismatch` naming the port
 */
export function checkUnits(
  spec: Pick<KernelSpec, "inputs">,
  unitOf: (address: string) => string | undefined,
  where: string,
): void {
  for (const port of spec.inputs) {
    if (!("address" in port.from)) continue;
    const unit = unitOf(port.from.address);
    if (unit !== undefined) toPortUnit(unit, port, `${where}, port ${port.name} from ${port.from.address}`);
  }
}

async function fromMessage(
  port: KernelPort,
  path: string,
  sources: InputSources,
  where: string,
): Promise<PortValue> {
  const given = sources.message(path);
  if (given === undefined || given === null) {
    throw new RungError({
      code: "no-port-value",
      where: `${where}, port ${port.name}`,
      what: `the message has no ${path}`,
      advice: "send it, or let the port come from elsewhere",
    });
  }
  const upstream = path === "payload" ? sources.upstream : undefined;
  if (upstream?.shape !== undefined && typeof given !== "number") {
    if (upstream.shape.join() !== port.shape.join()) {
      throw new RungError({
        code: "port-value",
        where: `${where}, port ${port.name}`,
        what: `the kernel before it sends ${shapeInWords(upstream.shape)}, expected ${shapeInWords(port.shape)}`,
        advice: "give both the same shape",
      });
    }
  }
  const place = `${where}, port ${port.name}`;
  return portValue(
    port,
    given,
    where,
    upstream?.unit === undefined ? undefined : toPortUnit(upstream.unit, port, place),
  );
}

async function fromTwin(
  port: KernelPort,
  address: string,
  newest: NewestValue | undefined,
  where: string,
): Promise<PortValue> {
  const place = `${where}, port ${port.name}`;
  if (newest === undefined) {
    throw new RungError({
      code: "no-port-value",
      where: place,
      what: `no value of ${address} has come yet`,
      advice: "wire its source to a state node, or correct the address",
    });
  }
  if (isBad(newest.quality)) {
    throw new RungError({
      code: "bad-quality",
      where: place,
      what: `the newest value of ${address} is bad (status 0x${newest.quality.toString(16)})`,
      advice: "a kernel computes with no bad value; look at its source",
    });
  }
  return portValue(port, newest.other ?? newest.value, where, toPortUnit(newest.unit, port, place));
}

/** What declares no unit fits only a port without one. */
function toPortUnit(unit: string | undefined, port: KernelPort, place: string): (value: number) => number {
  const same = (value: number): number => value;
  if (port.unit === "") return same;
  if (unit !== undefined && unit !== "") return converter(unit, port.unit, place);
  throw new RungError({
    code: "unit-mismatch",
    where: place,
    what: `a value without a unit cannot be told in ${port.unit}`,
    advice: "declare the property's unit in its source, or leave the port's unit empty",
  });
}
