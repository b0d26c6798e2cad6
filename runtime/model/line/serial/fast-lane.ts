import { runSerialLine } from "../../../compute/serial-line/serial-line-wasm.ts";
import { runDepartures } from "./departure-recursion.ts";
import { packLaws, packLine } from "./packed-line.ts";
import type { SerialLine } from "./serial-line.ts";
import type { SerialRun, SerialTotals } from "./serial-run.ts";

/**
 * Runs a serial line where it runs fastest, in WebAssembly; one with a law that is a list of values in JavaScript. Both
 * give the same bits.
 * @throws RungError `serial-line-not-built`
 */
export function runFastLane(line: SerialLine, run: SerialRun): SerialTotals {
  const laws = packLaws(line);
  return laws === undefined ? runDepartures(line, run) : runSerialLine({ ...packLine(line), laws }, run);
}
