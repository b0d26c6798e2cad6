import type { LayoutPart, PlantLayout } from "./plant-layout.ts";

/** Addresses of the twins of a flow that a state node keeps: a plant that only is the parent of others tells nothing. */
export function tellingTwins(nodes: Iterable<unknown>): string[] {
  const all = [...nodes].filter(
    (node): node is Record<string, unknown> => typeof node === "object" && node !== null,
  );
  const kept = new Set(all.filter(({ type }) => type === "rung-state").map(({ twin }) => twin));
  return all.flatMap(({ type, id, address }) =>
    type === "rung-twin" && kept.has(id) && typeof address === "string" ? [address] : [],
  );
}

/** Parts that have an address which none of these twins tells of. */
export function untoldParts({ parts }: PlantLayout, twins: readonly string[]): LayoutPart[] {
  const isTold = (address: string) => twins.some((twin) => `${address}/`.startsWith(`${twin}/`));
  return parts.filter(({ kind, address }) => kind !== "shop" && address !== "" && !isTold(address));
}
