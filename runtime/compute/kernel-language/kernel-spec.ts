import { RungError } from "../../core/errors.ts";
import { checkFloat, checkNames, checkWhole, type Fault, isRecord, kindOf, show } from "./field-checks.ts";

/** Where the values of an input come from. */
export type KernelPortSource =
  | { readonly constant: number }
  /** A property of the message. */
  | { readonly message: string }
  /** The address of a twin's property. */
  | { readonly address: string }
  /** Uniform numbers in [low, high), drawn by Rung, the same on every backend. */
  | { readonly random: { readonly seed: number; readonly low: number; readonly high: number } }
  /** The kernel's own last result: the state of a time stepping. */
  | { readonly result: true };

/** One input of a kernel. */
export interface KernelPort {
  readonly name: string;
  readonly holds: "field" | "number";
  readonly unit: string;
  /** Cells: [] of a number, [nx], [nx, ny] or [nx, ny, nz] of a field, which the source reads as `a[z][y][x]`. */
  readonly shape: readonly number[];
  /** Lowest and highest value that makes sense, in the unit of the port. */
  readonly range?: readonly [number, number];
  readonly from: KernelPortSource;
}

export const KERNEL_BACKENDS = ["webgpu", "webasm", "cpu"] as const;
export type KernelBackend = (typeof KERNEL_BACKENDS)[number];

/** A kernel as it is saved: one function, its ports, and how it is to run. */
export interface KernelSpec {
  readonly version: 1;
  readonly name: string;
  /** One JavaScript function, run once for every cell of the output. */
  readonly source: string;
  /** In the order of the function's parameters. */
  readonly inputs: readonly KernelPort[];
  readonly output: {
    readonly name: string;
    readonly unit: string;
    readonly shape: readonly number[];
    readonly range?: readonly [number, number];
  };
  /** What the source reads as `this.constants.<name>`. */
  readonly constants: Readonly<Record<string, number>>;
  /** How often the kernel runs over the field; more than once only with an input from its own last result. */
  readonly steps: number;
  /** The most rounds that one loop of the source may take. */
  readonly loopMax: number;
  readonly seed: number;
  readonly backend: "auto" | KernelBackend;
}

/** The most cells of one field: beyond it a 32-bit float no longer counts whole numbers. */
export const LARGEST_FIELD = 2 ** 24;
export const LONGEST_SOURCE = 100_000;
const MOST_INPUTS = 7;
const MOST_STEPS = 1_000_000;
const MOST_ROUNDS = 1_000_000;
const MOST_CONSTANTS = 200;
const MOST_FAULTS = 50;

/** A name that the source may write: ASCII, so that it reads the same on every backend. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/**
 * A kernel as it was saved or sent, checked.
 * @param input what was read, of any kind
 * @param where the file or node, for the error
 * @throws RungError `kernel-spec` naming every fault, one a line
 */
export function kernelSpec(input: unknown, where: string): KernelSpec {
  const faults: string[] = [];
  if (!isRecord(input)) throw refusal(where, [`a kernel is an object, got ${kindOf(input)}`]);
  const fault = (at: string, what: string): void => {
    faults.push(`${at}: ${what}`);
  };
  const known = [
    "version",
    "name",
    "source",
    "inputs",
    "output",
    "constants",
    "steps",
    "loopMax",
    "seed",
    "backend",
  ];
  checkNames(input, known, "", fault);
  if (input.version !== 1) fault("version", `must be 1, got ${show(input.version)}`);
  if (typeof input.name !== "string" || input.name.trim() === "" || input.name.length > 200)
    fault("name", "must be a text of 1 to 200 characters");
  if (typeof input.source !== "string" || input.source.trim() === "")
    fault("source", "must be the text of one function");
  else if (input.source.length > LONGEST_SOURCE)
    fault("source", `is ${input.source.length} characters long, at most ${LONGEST_SOURCE} are read`);
  checkOutput(input.output, fault);
  checkInputs(input.inputs, input.output, fault);
  checkConstants(input.constants, fault);
  checkWhole(input.steps, 1, MOST_STEPS, "steps", fault);
  checkWhole(input.loopMax, 1, MOST_ROUNDS, "loopMax", fault);
  checkWhole(input.seed, 0, 2 ** 32 - 1, "seed", fault);
  if (!["auto", ...KERNEL_BACKENDS].includes(input.backend as string))
    fault("backend", `must be auto, webgpu, webasm or cpu, got ${show(input.backend)}`);
  if (
    faults.length === 0 &&
    (input.steps as number) > 1 &&
    !(input as unknown as KernelSpec).inputs.some(isState)
  )
    fault("steps", "more than one step needs an input that comes from the kernel's own last result");
  if (faults.length > 0) throw refusal(where, faults);
  return structuredClone(input) as unknown as KernelSpec;
}

export const isState = (port: KernelPort): boolean => "result" in port.from;

/** Cells of a shape; 1 of a number. */
export const cellsOf = (shape: readonly number[]): number => shape.reduce((cells, n) => cells * n, 1);

function checkInputs(inputs: unknown, output: unknown, fault: Fault): void {
  if (!Array.isArray(inputs)) {
    fault("inputs", `must be a list of ports, got ${kindOf(inputs)}`);
    return;
  }
  if (inputs.length > MOST_INPUTS)
    fault("inputs", `${inputs.length} ports, at most ${MOST_INPUTS} fit a device`);
  const names = new Set<unknown>();
  let states = 0;
  for (const [index, port] of inputs.slice(0, MOST_INPUTS).entries() as IterableIterator<[number, unknown]>) {
    if (!isRecord(port)) {
      fault(`inputs[${index}]`, `must be a port, got ${kindOf(port)}`);
      continue;
    }
    const at = typeof port.name === "string" && NAME.test(port.name) ? port.name : `inputs[${index}]`;
    checkInput(port, at, fault);
    if (names.has(port.name)) fault(at, "two inputs have this name");
    names.add(port.name);
    if (!isRecord(port.from) || !("result" in port.from)) continue;
    states += 1;
    if (states > 1) fault(at, "only one input can come from the kernel's own last result");
    if (isRecord(output)) checkState(port, output, at, fault);
  }
}

function checkInput(port: Record<string, unknown>, at: string, fault: Fault): void {
  checkNames(port, ["name", "holds", "unit", "shape", "range", "from"], `${at}.`, fault);
  checkPortName(port.name, at, fault);
  checkUnit(port.unit, at, fault);
  checkRange(port.range, at, fault);
  checkSource(port.from, at, fault);
  checkDraws(port, at, fault);
  if (port.holds === "field") checkShape(port.shape, at, fault);
  else if (port.holds !== "number") fault(`${at}.holds`, `must be field or number, got ${show(port.holds)}`);
  else if (!Array.isArray(port.shape) || port.shape.length > 0)
    fault(`${at}.shape`, "of a number must be []");
}

function checkState(
  port: Record<string, unknown>,
  output: Record<string, unknown>,
  at: string,
  fault: Fault,
): void {
  const { shape, unit } = output;
  if (JSON.stringify(port.shape) !== JSON.stringify(shape))
    fault(at, `comes from the output and must have its shape ${show(shape)}, has ${show(port.shape)}`);
  if (port.unit !== unit)
    fault(at, `comes from the output and must have its unit ${show(unit)}, has ${show(port.unit)}`);
}

function checkSource(from: unknown, at: string, fault: Fault): void {
  const kinds = ["constant", "message", "address", "random", "result"];
  if (!isRecord(from) || Object.keys(from).length !== 1 || !kinds.includes(Object.keys(from)[0]!)) {
    fault(`${at}.from`, `must be one of ${kinds.map((kind) => `{"${kind}": ...}`).join(", ")}`);
    return;
  }
  const place = `${at}.from`;
  if ("constant" in from) checkFloat(from.constant, `${place}.constant`, fault);
  for (const kind of ["message", "address"])
    if (kind in from && (typeof from[kind] !== "string" || from[kind] === ""))
      fault(`${place}.${kind}`, "must be a text that is not empty");
  if ("result" in from && from.result !== true)
    fault(`${place}.result`, `must be true, got ${show(from.result)}`);
  if ("random" in from) {
    const random = from.random;
    if (!isRecord(random)) fault(`${place}.random`, 'must be {"seed", "low", "high"}');
    else {
      checkNames(random, ["seed", "low", "high"], `${place}.random.`, fault);
      checkWhole(random.seed, 0, 2 ** 32 - 1, `${place}.random.seed`, fault);
      const low = checkFloat(random.low, `${place}.random.low`, fault);
      const high = checkFloat(random.high, `${place}.random.high`, fault);
      if (low && high && !((random.low as number) < (random.high as number)))
        fault(`${place}.random`, `low must be below high, got ${random.low} and ${random.high}`);
    }
  }
}

/** The bounds of loops and indices rest on the range, and drawn numbers are not looked at again. */
function checkDraws({ from, range }: Record<string, unknown>, at: string, fault: Fault): void {
  if (!isRecord(from) || !isRecord(from.random) || !Array.isArray(range)) return;
  const { low, high } = from.random as { low: number; high: number };
  const [lowest, highest] = range as [number, number];
  if (low < lowest || high > highest)
    fault(
      `${at}.from.random`,
      `gives ${show(low)} to ${show(high)}, the range of the port is ${show(range)}`,
    );
}

function checkOutput(output: unknown, fault: Fault): void {
  if (!isRecord(output)) {
    fault("output", `must be {"name", "unit", "shape"}, got ${kindOf(output)}`);
    return;
  }
  checkNames(output, ["name", "unit", "shape", "range"], "output.", fault);
  checkPortName(output.name, "output", fault);
  checkUnit(output.unit, "output", fault);
  checkShape(output.shape, "output", fault);
  checkRange(output.range, "output", fault);
}

function checkPortName(name: unknown, at: string, fault: Fault): void {
  if (typeof name !== "string" || !NAME.test(name))
    fault(`${at}.name`, `must be letters, digits and _, not beginning with a digit, got ${show(name)}`);
}

function checkShape(shape: unknown, at: string, fault: Fault): void {
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 1;
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > 3 || !shape.every(whole))
    fault(`${at}.shape`, `must be 1 to 3 whole numbers from 1 on, as [512, 256], got ${show(shape)}`);
  else if (cellsOf(shape) > LARGEST_FIELD)
    fault(`${at}.shape`, `${shape.join(" x ")} is ${cellsOf(shape)} cells, at most ${LARGEST_FIELD}`);
}

/** A text that may be empty: an undeclared unit fits only what takes any unit, which the wiring decides. */
function checkUnit(unit: unknown, at: string, fault: Fault): void {
  if (typeof unit !== "string" || unit.length > 40)
    fault(`${at}.unit`, "must be a text of at most 40 characters");
}

function checkRange(range: unknown, at: string, fault: Fault): void {
  if (range === undefined) return;
  const pair = Array.isArray(range) && range.length === 2 && range.every((end) => Number.isFinite(end));
  if (!pair || !(range[0] < range[1])) fault(`${at}.range`, `must be [lowest, highest], got ${show(range)}`);
}

function checkConstants(constants: unknown, fault: Fault): void {
  if (!isRecord(constants)) {
    fault("constants", `must be an object of numbers, got ${kindOf(constants)}`);
    return;
  }
  const entries = Object.entries(constants);
  if (entries.length > MOST_CONSTANTS) fault("constants", `${entries.length}, at most ${MOST_CONSTANTS}`);
  for (const [name, value] of entries) {
    if (!NAME.test(name)) fault(`constants.${name}`, "its name must be letters, digits and _");
    checkFloat(value, `constants.${name}`, fault);
  }
}

function refusal(where: string, faults: readonly string[]): RungError {
  return new RungError({
    code: "kernel-spec",
    where,
    what: faults.slice(0, MOST_FAULTS).join("\n  "),
    advice: "see docs/kernels.md",
  });
}
