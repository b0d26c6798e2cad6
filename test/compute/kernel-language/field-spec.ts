import {
  type KernelPort,
  type KernelSpec,
  kernelSpec,
} from "../../../runtime/compute/kernel-language/kernel-spec.ts";

export const field = (
  name: string,
  shape: readonly number[],
  from: KernelPort["from"] = { message: name },
): KernelPort => ({
  name,
  holds: "field",
  unit: "1",
  shape,
  from,
});

export const number = (name: string, range?: readonly [number, number]): KernelPort => ({
  name,
  holds: "number",
  unit: "1",
  shape: [],
  ...(range === undefined ? {} : { range }),
  from: { message: name },
});

/** A kernel of a test: what is not said is plain. */
export function specOf(
  source: string,
  inputs: readonly KernelPort[],
  shape: readonly number[],
  rest: Partial<KernelSpec> = {},
): KernelSpec {
  const output = { name: "out", unit: "1", shape };
  const plain = { version: 1, name: "test", constants: {}, steps: 1, loopMax: 1000, seed: 1, backend: "cpu" };
  return kernelSpec({ ...plain, source, inputs, output, ...rest }, "test");
}
