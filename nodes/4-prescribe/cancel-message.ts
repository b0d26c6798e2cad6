/** `{cancel: true}`, as the message itself or as its payload, ends what a node has under way. */
export function isCancel(message: object): boolean {
  const parts: unknown[] = [message, (message as { payload?: unknown }).payload];
  return parts.some(
    (part) => typeof part === "object" && part !== null && (part as { cancel?: unknown }).cancel === true,
  );
}
