/** Loads Dawn and says which adapter it finds. */
export async function run(): Promise<{ vendor: string; isFallback: boolean } | undefined> {
  const { create } = (await import("webgpu")) as unknown as { create(options: string[]): GPU };
  const gpu = create([]);
  // Dawn dies when this object is collected.
  Object.assign(globalThis, { heldGpu: gpu });
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return undefined;
  return { vendor: adapter.info.vendor, isFallback: adapter.info.isFallbackAdapter };
}
