/**
 * The stream of random numbers of one use, so that what changes at one block leaves the others alone: 32 bits of its name
 * (FNV-1a).
 */
export function streamOf(block: string, purpose: string): number {
  const name = `${block}/${purpose}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A seed for each replication, counted from 0: the finaliser of MurmurHash3, so that neighbours have nothing in common. */
export function replicationSeed(seed: number, replication: number): number {
  let h = (seed + Math.imul(replication + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
