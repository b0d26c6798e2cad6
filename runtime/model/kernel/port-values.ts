import { setImmediate as turn } from "node:timers/promises";
import { cellsOf, type KernelPort } from "../../compute/kernel-language/kernel-spec.ts";
import { RungError } from "../../core/errors.ts";
import { Frame } from "../../core/frame.ts";
import { isWaveform } from "../../core/waveform.ts";

/** What a kernel takes for one port: a field with cell (x, y, z) at `(z * ny + y) * nx + x`, or one number for all cells. */
export type PortValue = number | Float32Array;

/** Cells converted in one turn of the event loop: a few milliseconds. */
export const CELLS_AT_ONCE = 2 ** 17;

type Numbers = { readonly length: number; readonly [index: number]: unknown };

/** `512 × 256`, as a person reads a shape. */
export const shapeInWords = (shape: readonly number[]): string =>
  shape.length === 0 ? "one number" : shape.join(" × ");

/**
 * A value as the port takes it. A field takes one number for all cells, numbers in one row (cell (x, y, z) at
 * `(z * ny + y) * nx + x`), rows within rows (`a[z][y][x]`), a waveform, or an OPC UA matrix `{dimensions, values}`.
 * @param toPort tells a number in the port's unit
 *
 * A large field is converted in parts, between which the event loop goes on: what is given must not change meanwhile.
 * @throws RungError `port-value` naming the port and the first cell that is wrong
 */
export async function portValue(
  port: KernelPort,
  given: unknown,
  where: string,
  toPort: (value: number) => number = (value) => value,
): Promise<PortValue> {
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "port-value", where: `${where}, port ${port.name}`, what, advice });
  };
  const number = (value: unknown, cell?: number): number => {
    const told = typeof value === "boolean" ? Number(value) : value;
    if (typeof told === "number" && Number.isFinite(told)) return toPort(told);
    const place = cell === undefined ? "got" : `cell ${cell} is`;
    return refuse(`${place} ${inWords(value)}, and not a number`, "send numbers only");
  };
  if (port.holds === "number") return number(given);
  if (typeof given === "number" || typeof given === "boolean") return number(given);
  const cells = cellsOf(port.shape);
  const field = new Float32Array(cells);
  const wants = `expected ${shapeInWords(port.shape)}`;
  let at = 0;
  /** Sizes from the outermost to x, as the source indexes them. */
  const sizes = [...port.shape].reverse();
  const take = async (values: Numbers, depth: number): Promise<void> => {
    const size = sizes[depth]!;
    if (values.length !== size) refuse(`${wants}, got ${values.length} where ${size} belong`, SHAPES);
    for (let i = 0; i < size; i++) {
      const value = values[i];
      if (depth === sizes.length - 1) {
        field[at] = number(value, at++);
        if (at % CELLS_AT_ONCE === 0) await turn();
      } else if (isRow(value)) await take(value, depth + 1);
      else refuse(`${wants}, got ${inWords(value)} where a row belongs`, SHAPES);
    }
  };
  const flat = flatOf(given, port, refuse);
  if (!isRow(flat)) return refuse(`${wants}, got ${inWords(given)}`, SHAPES);
  if (isRow(flat[0]) && sizes.length > 1) await take(flat, 0);
  else {
    if (flat.length !== cells) refuse(`${wants} = ${cells} cells, got ${flat.length}`, SHAPES);
    for (let i = 0; i < cells; i++) {
      field[i] = number(flat[i], i);
      if ((i + 1) % CELLS_AT_ONCE === 0) await turn();
    }
  }
  return field;
}

const SHAPES = "send one number for all cells, all cells in one row, or rows as the kernel reads them";

/** The numbers of a waveform or of a matrix; anything else as it is. */
function flatOf(given: unknown, port: KernelPort, refuse: (what: string, advice: string) => never): unknown {
  if (isWaveform(given)) return given.samples;
  if (given === null || typeof given !== "object" || !("dimensions" in given)) return given;
  const { dimensions, values } = given as { dimensions: unknown; values?: unknown };
  // OPC UA tells the outermost dimension first (OPC 10000-3, 8.6), a port x first.
  if (!isRow(dimensions) || Array.from(dimensions).reverse().join() !== port.shape.join())
    refuse(`expected ${shapeInWords(port.shape)}, got a matrix of ${String(dimensions)}`, SHAPES);
  return values;
}

function isRow(value: unknown): value is Numbers {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function inWords(value: unknown): string {
  if (typeof value === "string") return `the text "${value.slice(0, 40)}"`;
  if (value === undefined || value === null) return "nothing";
  if (Frame.is(value)) return "a frame (let the port come from an address of its twin)";
  if (typeof value === "object") return isRow(value) ? "a row" : "an object";
  return String(value);
}
