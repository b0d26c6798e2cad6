/**
 * What Node is told when it runs the host. Its young memory would grow to 128 MB in each of its threads, of which the host
 * needs little: it has much that lives long and little that dies at once, and people watch its memory (decision 80).
 */
export const HOST_NODE_ARGUMENTS: readonly string[] = ["--max-semi-space-size=16"];
