import type { KernelPort, KernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { kernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";

/** What the form saves of a kernel; numbers may come as the text of their fields. */
export interface KernelForm {
  readonly name?: string;
  readonly source: string;
  /** `inputs` is how many wires a node takes, so the ports have a name of their own. */
  readonly inputPorts: readonly KernelPort[];
  readonly output: KernelSpec["output"];
  readonly constants: Readonly<Record<string, number>>;
  readonly steps: number | string;
  readonly loopMax: number | string;
  readonly seed: number | string;
  readonly backend: KernelSpec["backend"];
}

/** The kernel of a form, checked. @throws RungError naming every fault */
export function kernelOf(form: KernelForm): KernelSpec {
  return kernelSpec(uncheckedKernel(form), form.name || "kernel");
}

/** What is still being written, in the form of a kernel. */
export function uncheckedKernel(form: KernelForm): KernelSpec {
  const { source, inputPorts: inputs, output, constants, backend } = form;
  const numbers = { steps: Number(form.steps), loopMax: Number(form.loopMax), seed: Number(form.seed) };
  return { version: 1, name: form.name || "kernel", source, inputs, output, constants, ...numbers, backend };
}
