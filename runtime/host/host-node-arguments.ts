/**
 * What Node is told when it runs the host. Its young memory grew to 134 MB under load, of which 15 were in use, and on a
 * graph that looks like a leak (decision 80).
 */
export const HOST_NODE_ARGUMENTS: readonly string[] = ["--max-semi-space-size=16"];
