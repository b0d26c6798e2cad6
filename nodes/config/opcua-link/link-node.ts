import type { Node } from "node-red";
import type { OpcuaLink } from "../../../runtime/describe/opcua/opcua-link.ts";

export interface OpcuaLinkNode extends Node<{ user: unknown; password: unknown }> {
  /** Missing where the configuration makes no sense; the reason has been told. */
  link?: OpcuaLink;
}
