/**
 * A solver's step as one function for gpu.js, which runs it on webgpu, webasm and cpu alike. Some take more arguments than
 * a kernel node has ports.
 */
export interface GpujsKernel {
  /** The function; it gives the value of one element of its output, `this.thread.x`. */
  readonly source: string;
  /** Its arguments in order: a field is a flat array of f32. WebGPU grants 8 buffers: 7 fields and the output. */
  readonly arguments: readonly { readonly name: string; readonly holds: "field" | "number" }[];
  /** Most rounds of any of its loops at this size. */
  readonly loopMax: number;
}

/** Arguments by their names, numbers marked by a `#` in front: `["t", "#fourier"]`. */
export function argumentsOf(names: readonly string[]): GpujsKernel["arguments"] {
  return names.map((name) =>
    name.startsWith("#") ? { name: name.slice(1), holds: "number" } : { name, holds: "field" },
  );
}
