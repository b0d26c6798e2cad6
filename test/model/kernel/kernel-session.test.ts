import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import type { ComputeRequest } from "../../../runtime/compute/compute-options.ts";
import { kernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { previewKernel } from "../../../runtime/model/kernel/kernel-preview.ts";
import { KernelSession } from "../../../runtime/model/kernel/kernel-session.ts";

const SPEC = kernelSpec(
  {
    version: 1,
    name: "same",
    source: "function same(one) { return one; }",
    inputs: [{ name: "one", holds: "number", unit: "1", shape: [], from: { constant: 1 } }],
    output: { name: "out", unit: "1", shape: [2] },
    constants: {},
    steps: 1,
    loopMax: 1,
    seed: 1,
    backend: "cpu",
  },
  "test",
);

describe("kernels that a flow or a person waits for", () => {
  const priorities: (number | undefined)[] = [];
  /** Notes what is asked and answers as every backend would. */
  const compute = {
    submit: async ({ priority, input }: ComputeRequest<{ backend: string }, unknown>) => {
      priorities.push(priority);
      const values = Float32Array.of(1, 1);
      return { values, shape: [2], backend: input.backend, status: input.backend, stepMs: {} };
    },
  } as unknown as Compute;

  it("go before sweeps and studies", async () => {
    const options = { spec: SPEC, compute, newest: () => undefined, where: "test", deadlineMs: 1000 };
    await new KernelSession(options).run({ message: () => undefined });
    await previewKernel(compute, SPEC, {}, { deadlineMs: 1000 });
    // The run of the node, that of the preview, and one on each of three backends.
    assert.deepEqual(priorities, [1, 1, 1, 1, 1]);
  });
});
