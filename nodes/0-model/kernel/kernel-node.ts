import type { Node } from "node-red";
import type { KernelSession } from "../../../runtime/model/kernel/kernel-session.ts";

/** A deployed kernel node; without a session where its settings were refused. */
export interface KernelNode extends Node {
  session?: KernelSession;
}
