import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import type { Kernel } from "../../runtime/compute/kernel.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { needsFile } from "../needs.ts";

const KERNELS = new URL("./kernels/", import.meta.url);
const adapter: Kernel<undefined, { vendor: string; isFallback: boolean }> = {
  name: "adapter",
  module: new URL("adapter.ts", KERNELS).href,
  runsOn: "gpu",
};
/** The software Vulkan driver of Debian's chromium. */
const SOFTWARE_VULKAN = {
  VK_ICD_FILENAMES: "/usr/lib/chromium/vk_swiftshader_icd.json",
  LD_LIBRARY_PATH: "/usr/lib/chromium",
};

describe("the GPU child", () => {
  let compute: Compute;
  before(function () {
    needsFile(this, SOFTWARE_VULKAN.VK_ICD_FILENAMES);
    compute = new Compute({ readable: [KERNELS.pathname], gpuEnvironment: SOFTWARE_VULKAN, cpuChildren: 1 });
  });
  after(() => compute?.close());

  it("loads Dawn under Node's permission model and finds an adapter", async () => {
    assert.deepEqual(await compute.submit({ kernel: adapter, input: undefined }), {
      vendor: "google",
      isFallback: true,
    });
  });

  it("a CPU child may not load it", async () => {
    await assert.rejects(
      compute.submit({ kernel: { ...adapter, runsOn: "cpu" }, input: undefined }),
      (error: RungError) =>
        error.code === "kernel-failed" && /loading addons is disabled/.test(error.message),
    );
  });
});
