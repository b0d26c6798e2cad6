import { readFileSync } from "node:fs";
import { type Block, compile } from "./machine.ts";

/** The Structured Text that docs/plc gives away, as it stands there. */
export const plcText = (name: string): string =>
  readFileSync(new URL(`../../../docs/plc/${name}.st`, import.meta.url), "utf8");

/** Compiles texts one after another and gives one of their blocks. */
export function blockOf(name: string, ...texts: readonly string[]): Block {
  const block = compile(...texts).get(name.toUpperCase());
  if (block === undefined) throw new RangeError(`${name} stands in none of the texts`);
  return block;
}
