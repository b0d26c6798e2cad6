import type { NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import type { SecurityMode, SecurityPolicy } from "../../../runtime/describe/opcua/link-options.ts";
import { OpcuaLink } from "../../../runtime/describe/opcua/opcua-link.ts";
import { readUserCertificate } from "../../../runtime/describe/opcua/user-certificate.ts";
import { services } from "../../../runtime/host/services.ts";
import { type LoginConfig, linkIdOf, loginOf } from "../../link-login.ts";
import { serveDialog } from "./dialog-routes.ts";
import type { OpcuaLinkNode } from "./link-node.ts";

interface OpcuaLinkConfig extends NodeDef {
  endpoint: string;
  reality: "live" | "virtual";
  securityMode: SecurityMode;
  securityPolicy: SecurityPolicy;
  /** An engineer's tick: this link may go without security to another machine. */
  allowNoSecurity?: boolean;
  login?: LoginConfig["login"] | "certificate";
  keyring?: string;
  /** Folder in RUNG_HOME/pki/user-certificates. */
  userCertificate?: string;
  surviveS: number | string;
}

export default function (RED: NodeAPI): void {
  function OpcuaLinkConstructor(this: OpcuaLinkNode, config: OpcuaLinkConfig): void {
    RED.nodes.createNode(this, config);
    const { home } = services();
    const login = config.login ?? "anonymous";
    try {
      this.link = new OpcuaLink({
        id: linkIdOf(this.id),
        name: config.name || config.endpoint,
        endpoint: config.endpoint,
        reality: config.reality === "virtual" ? "virtual" : "live",
        securityMode: config.securityMode,
        securityPolicy: config.securityPolicy,
        surviveMs: Number(config.surviveS || 30) * 1000,
        allowNoSecurity: config.allowNoSecurity === true,
        home,
        login:
          login === "certificate"
            ? () => readUserCertificate(home, config.userCertificate ?? "")
            : loginOf({ ...config, login }, this.credentials),
      });
    } catch (thrown) {
      this.error(messageOf(thrown));
    }
  }
  RED.nodes.registerType("rung-opcua-link", OpcuaLinkConstructor, {
    credentials: { user: { type: "text" }, password: { type: "password" } },
  });
  serveDialog(RED);
}
