import { messageOf, RungError } from "../../core/errors.ts";

/** The GPU of this process as gpu.js finds it: by `navigator.gpu`. */
export interface GpuDevice {
  /** What the adapter calls itself: "NVIDIA H100", "SwiftShader driver 5.0.0". */
  readonly adapter: string;
  /** Waits until the device has done what was submitted. */
  settled(): Promise<void>;
  /** @throws RungError `gpu-error`, `gpu-device-lost` where something went wrong since the last call */
  check(): void;
  /** Ends the device; the next one is acquired anew. */
  destroy(): void;
}

/** Of WebGPU what is used here. */
interface Adapter {
  readonly info: {
    vendor: string;
    architecture: string;
    description: string;
    device: string;
    isFallbackAdapter?: boolean;
  };
  readonly limits: object;
  requestDevice(descriptor?: object): Promise<Device>;
}
interface Device {
  readonly queue: { onSubmittedWorkDone(): Promise<void> };
  readonly lost: Promise<{ reason: string; message: string }>;
  addEventListener(name: "uncapturederror", listener: (event: { error: { message: string } }) => void): void;
  destroy(): void;
}
interface Gpu {
  requestAdapter(options?: object): Promise<Adapter | null>;
}

let gpu: Gpu | undefined;
let device: Device | undefined;
let trouble: RungError | undefined;

/**
 * The GPU, made known to gpu.js at first use.
 * @param softwareGpu whether an adapter that computes on the CPU counts
 * @returns the reason in words where there is none
 */
export async function gpuDevice(softwareGpu: boolean): Promise<GpuDevice | string> {
  try {
    gpu ??= await exposeGpu();
  } catch (fault) {
    return `WebGPU does not load: ${messageOf(fault).split("\n")[0]}`;
  }
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return "no GPU";
  const { info } = adapter;
  const software =
    info.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe/i.test(`${info.architecture} ${info.description}`);
  if (software && !softwareGpu) return "only a software GPU";
  return {
    adapter: info.description || info.device || `${info.vendor} ${info.architecture}`,
    settled: async () => device?.queue.onSubmittedWorkDone(),
    check: () => {
      if (trouble === undefined) return;
      const told = trouble;
      trouble = undefined;
      throw told;
    },
    destroy: () => device?.destroy(),
  };
}

/**
 * Puts WebGPU where gpu.js looks. gpu.js sends what goes wrong at run time to the console only, so the device is
 * listened to here. The object of `create` stays referenced: Dawn ends the process once it is collected.
 */
async function exposeGpu(): Promise<Gpu> {
  const { create, globals } = (await import("webgpu")) as unknown as {
    create(options: string[]): Gpu;
    globals: object;
  };
  Object.assign(globalThis, globals);
  const real = create([]);
  const watched: Gpu = {
    requestAdapter: async (options) => {
      const adapter = await real.requestAdapter(options);
      if (adapter === null) return null;
      return {
        info: adapter.info,
        limits: adapter.limits,
        requestDevice: async (descriptor) => {
          const acquired = await adapter.requestDevice(descriptor);
          watch(acquired);
          return acquired;
        },
      };
    },
  };
  Object.defineProperty(globalThis.navigator, "gpu", { value: watched, configurable: true });
  return watched;
}

function watch(acquired: Device): void {
  device = acquired;
  trouble = undefined;
  acquired.addEventListener("uncapturederror", ({ error }) => {
    trouble ??= failure("gpu-error", `the GPU refused a command: ${error.message.split("\n")[0]}`);
  });
  void acquired.lost.then(({ reason, message }) => {
    if (device !== acquired) return;
    device = undefined;
    trouble ??= failure("gpu-device-lost", `the GPU was lost (${message.split("\n")[0] || reason})`);
  });
}

const failure = (code: string, what: string): RungError =>
  new RungError({ code, where: "gpu", what, advice: "run it again; choose webasm or cpu if it repeats" });
