import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Compute } from "../compute/compute.ts";
import { type KernelResult, runKernel } from "../compute/gpujs/run-kernel.ts";
import { KERNEL_BACKENDS, type KernelSpec } from "../compute/kernel-language/kernel-spec.ts";
import { lintKernel } from "../compute/kernel-language/lint-kernel.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { fieldFromCsv, fieldToCsv } from "./field-csv.ts";
import { readKernelFile } from "./kernel-file.ts";
import { readArguments } from "./read-arguments.ts";

const DEADLINE_S = 600;

export const summary = "check a GPU kernel, or run it on files";
export const usage = `rung kernel lint <kernel.json|kernel.js> [--json]
rung kernel run <kernel.json|kernel.js> [--input <name>=<number or csv>...] [--backend auto|webgpu|webasm|cpu]
            [--seed <n>] [--steps <n>] [--deadline <s>] [--out <csv>] [--json]

lint tells every error and warning of the source as file:line:column. The source stands in the JSON file, or in a .js
file of the same name beside it.

run checks the kernel and runs it on the backend that computes it fastest, or on the one asked for; some cells are
computed a second time on the CPU.

  --input <name>=<...>  a number (for all cells of a field), or a CSV file with a line for each row; repeat it
  --backend <name>      instead of the kernel's own
  --seed <n>            of the random inputs, instead of the kernel's own
  --steps <n>           how often it runs over the field, instead of the kernel's own
  --deadline <s>        longest time (default ${DEADLINE_S})
  --out <csv>           where the result goes; without it --json holds its values
  --json                print the remarks or the result as JSON

The language, the file and a kernel to start from: docs/kernels.md, examples/flash-off.kernel.json
Exit: 0 done, 1 lint found errors, 2 a fault of the input or of the run.`;

/** @param args what follows `rung kernel` @returns the exit status */
export async function run(args: string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const [verb, ...rest] = args;
    if (verb === "lint") return lint(rest);
    if (verb === "run") return await runOnFiles(rest);
    throw fault(`expected lint or run, got ${verb ?? "nothing"}`);
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung kernel", what, advice: "see rung kernel --help" });

function lint(args: readonly string[]): number {
  const { values, positionals } = readArguments(
    () => parseArgs({ args: [...args], options: { json: { type: "boolean" } }, allowPositionals: true }),
    fault,
  );
  const { spec, sourcePlace } = readKernelFile(onlyFile(positionals));
  const remarks = lintKernel(spec.source, spec);
  if (values.json) process.stdout.write(`${JSON.stringify({ file: sourcePlace, remarks })}\n`);
  else
    for (const remark of remarks)
      process.stdout.write(
        `${sourcePlace}:${remark.line}:${remark.column + 1}: ${remark.severity}: ${remark.message} (${remark.code})\n`,
      );
  return remarks.some((remark) => remark.severity === "error") ? 1 : 0;
}

function onlyFile(positionals: readonly string[]): string {
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0)
    throw fault(`expected one kernel file, got ${positionals.length}`);
  return file;
}

async function runOnFiles(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        options: {
          input: { type: "string", multiple: true, default: [] },
          backend: { type: "string" },
          seed: { type: "string" },
          steps: { type: "string" },
          deadline: { type: "string", default: String(DEADLINE_S) },
          out: { type: "string" },
          json: { type: "boolean", default: false },
        },
        allowPositionals: true,
      }),
    fault,
  );
  const { spec: read } = readKernelFile(onlyFile(positionals));
  const spec: KernelSpec = {
    ...read,
    backend: backendOf(values.backend) ?? read.backend,
    seed: wholeOf("seed", values.seed, 0) ?? read.seed,
    steps: wholeOf("steps", values.steps, 1) ?? read.steps,
  };
  if (spec.steps > 1 && !spec.inputs.some((port) => "result" in port.from))
    throw fault("--steps needs an input that comes from the kernel's own last result");
  const inputs = Object.fromEntries(values.input.map((pair) => inputOf(pair, spec)));
  const compute = new Compute();
  try {
    const deadlineMs = 1000 * wholeOf("deadline", values.deadline, 1)!;
    const result = await runKernel(compute, spec, inputs, { deadlineMs });
    if (values.out !== undefined) writeField(values.out, result);
    process.stdout.write(values.json ? asJson(spec, result, values.out) : asText(spec, result, values.out));
    return 0;
  } finally {
    await compute.close();
  }
}

function backendOf(text: string | undefined): KernelSpec["backend"] | undefined {
  const all = ["auto", ...KERNEL_BACKENDS] as const;
  const found = all.find((backend) => backend === text);
  if (text !== undefined && found === undefined)
    throw fault(`--backend must be ${all.join(", ")}, got ${text}`);
  return found;
}

function wholeOf(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value >= 2 ** 32)
    throw fault(`--${name} must be a whole number from ${least} on, got ${text}`);
  return value;
}

function inputOf(pair: string, spec: KernelSpec): [string, Float32Array | number] {
  const at = pair.indexOf("=");
  if (at < 1) throw fault(`--input must be <name>=<number or file>, got ${pair}`);
  const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
  const value = Number(text);
  if (text.trim() !== "" && !Number.isNaN(value)) return [name, value];
  const port = spec.inputs.find((input) => input.name === name);
  if (port === undefined)
    throw fault(
      `--input ${name}: there are ${spec.inputs.map((input) => input.name).join(", ") || "no inputs"}`,
    );
  if (port.holds === "number") throw fault(`--input ${name} must be a number, got ${text}`);
  return [name, fieldFromCsv(readText(text), port.shape, text)];
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(thrown), cause: thrown });
  }
}

function writeField(file: string, { values, shape }: KernelResult): void {
  try {
    writeFileSync(file, fieldToCsv(values, shape));
  } catch (thrown) {
    throw new RungError({ code: "file-unwritable", where: file, what: messageOf(thrown), cause: thrown });
  }
}

interface Figures {
  readonly least: number;
  readonly mean: number;
  readonly greatest: number;
}

function figures(values: Float32Array): Figures {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    sum += value;
  }
  return { least, mean: sum / values.length, greatest };
}

function asJson(spec: KernelSpec, result: KernelResult, out: string | undefined): string {
  const { values, ...rest } = result;
  const kept = out === undefined ? { values: Array.from(values) } : { out };
  const about = { name: spec.name, output: spec.output.name, unit: spec.output.unit };
  return `${JSON.stringify({ ...about, ...rest, ...figures(values), ...kept })}\n`;
}

function asText(spec: KernelSpec, result: KernelResult, out: string | undefined): string {
  const { least, mean, greatest } = figures(result.values);
  const digits = (value: number): string => String(Number(value.toPrecision(6)));
  const { cells, largestDifference } = result.crossCheck;
  const times = Object.entries(result.stepMs).map(([backend, ms]) => `${backend} ${digits(ms)}`);
  return `${[
    `${spec.name}: ${spec.output.name} ${result.shape.join(" x ")} in ${spec.output.unit || "no unit"}, ${spec.steps} ${spec.steps === 1 ? "step" : "steps"}, ${result.status}`,
    `least ${digits(least)}, mean ${digits(mean)}, greatest ${digits(greatest)}`,
    `${Math.round(result.elapsedMs)} ms in all; ms a step: ${times.join(", ")}`,
    `${cells} cells computed again on the CPU: largest difference ${largestDifference.toExponential(1)} of the range`,
    ...(out === undefined ? [] : [`written to ${out}`]),
  ].join("\n")}\n`;
}
