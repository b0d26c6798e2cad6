import { createRequire } from "node:module";
import { gpuDevice } from "../../../runtime/compute/gpujs/gpu-device.ts";

export type GpuMishap = "refused command" | "device lost";

/** Does to the device of this process what a driver may do to it. */
export async function run(mishap: GpuMishap): Promise<void> {
  const device = await gpuDevice(true);
  if (typeof device === "string") throw new Error(device);
  if (mishap === "device lost") {
    device.destroy();
    return;
  }
  const { WebGPUContext } = createRequire(import.meta.url)("gpu.js/src/backend/web-gpu/context");
  const { device: raw } = await WebGPUContext.acquire();
  const STORAGE = 0x80;
  const buffer = raw.createBuffer({ size: 16, usage: STORAGE });
  // Refused, since the buffer is no target of a copy; gpu.js would write it to the console only.
  raw.queue.writeBuffer(buffer, 0, new Float32Array(4));
  await device.settled();
}
