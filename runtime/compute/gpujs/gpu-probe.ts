import { gpuDevice } from "./gpu-device.ts";

export interface GpuQuestion {
  /** Whether an adapter that computes on the CPU counts. */
  readonly softwareGpu: boolean;
}

/** Looks for a GPU inside the GPU child. @returns why there is none; undefined where there is one */
export async function run({ softwareGpu }: GpuQuestion): Promise<string | undefined> {
  const gpu = await gpuDevice(softwareGpu);
  return typeof gpu === "string" ? gpu : undefined;
}
