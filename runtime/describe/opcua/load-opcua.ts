import { debuglog } from "node:util";
import type * as Opcua from "node-opcua";

let loading: Promise<typeof Opcua> | undefined;

/**
 * node-opcua, loaded at the first connection: it takes a second and 100 MB that a flow without OPC UA does not need.
 * What it prints is shown with `NODE_DEBUG=rung-opcua`; failures reach their caller as errors either way.
 */
export function loadOpcua(): Promise<typeof Opcua> {
  loading ??= import("node-opcua").then((opcua) => {
    const note = debuglog("rung-opcua");
    const print = (...parts: unknown[]) => note(parts.map(String).join(" "));
    opcua.setWarningLogger(print);
    opcua.setErrorLogger(print);
    return opcua;
  });
  return loading;
}
