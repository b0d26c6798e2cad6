import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Compute } from "../../../runtime/compute/compute.ts";

/** Debian's chromium ships a Vulkan driver that computes on the CPU. */
export const SOFTWARE_DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Compute whose GPU is that driver, where it is there; its children may also load modules of this folder. */
export function softwareGpuCompute(): Compute {
  const gpu = existsSync(SOFTWARE_DRIVER)
    ? {
        softwareGpu: true,
        gpuEnvironment: { VK_ICD_FILENAMES: SOFTWARE_DRIVER, LD_LIBRARY_PATH: "/usr/lib/chromium" },
      }
    : {};
  return new Compute({ cpuChildren: 1, readable: [fileURLToPath(new URL(".", import.meta.url))], ...gpu });
}
