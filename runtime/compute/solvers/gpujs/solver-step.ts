import { type KernelPort, type KernelSpec, kernelSpec } from "../../kernel-language/kernel-spec.ts";

/** A solver's step in the language of engineers' kernels, with its values: gpu.js runs it on webgpu, webasm and cpu. */
export interface SolverStep {
  readonly spec: KernelSpec;
  readonly inputs: Readonly<Record<string, Float32Array | number>>;
}

export interface StepPort {
  readonly name: string;
  /** Cells, x first; [] of a number. */
  readonly shape: readonly number[];
  readonly values: Float32Array | number;
  /** Whether a step begins with the result of the one before: the values are those of the first. */
  readonly isState?: boolean;
}

/**
 * @param loopMax the most rounds of any loop of the source
 * @throws RungError `kernel-spec` where a field has more cells than a float counts
 */
export function solverStep(
  name: string,
  source: string,
  ports: readonly StepPort[],
  output: readonly number[],
  steps: number,
  loopMax = 1,
): SolverStep {
  const inputs = ports.map(
    ({ name: port, shape, isState }): KernelPort => ({
      name: port,
      holds: shape.length === 0 ? "number" : "field",
      unit: "",
      shape,
      from: isState ? { result: true } : { message: port },
    }),
  );
  const spec = kernelSpec(
    {
      version: 1,
      name,
      source,
      inputs,
      output: { name: "result", unit: "", shape: output },
      constants: {},
      steps,
      loopMax,
      seed: 1,
      backend: "auto",
    },
    name,
  );
  return { spec, inputs: Object.fromEntries(ports.map((port) => [port.name, port.values])) };
}
