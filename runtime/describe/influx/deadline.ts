/**
 * What a piece of work gives, or an error when it takes too long or is no longer wanted. A client that never settles,
 * as `influx` does when the server is killed within an answer, would hold up a feed for ever.
 * @throws Error "timed out after <n> ms", the signal's reason
 */
export async function withDeadline<T>(work: Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T> {
  let ended: () => void = () => undefined;
  const end = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`timed out after ${timeoutMs} ms`)), timeoutMs);
    const abort = (): void => reject(signal?.reason ?? new Error("stopped"));
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    ended = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    ended();
  }
}
