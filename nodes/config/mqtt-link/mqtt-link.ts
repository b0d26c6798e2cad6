import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { MqttLink } from "../../../runtime/describe/mqtt/mqtt-link.ts";
import { HostPresence } from "../../../runtime/describe/sparkplug/host-state.ts";
import { services } from "../../../runtime/host/services.ts";
import { type LoginConfig, linkIdOf, loginOf } from "../../link-login.ts";

interface MqttLinkConfig extends NodeDef, LoginConfig {
  url: string;
  reality: "live" | "virtual";
  protocolVersion: number | string;
  persistentSession: boolean;
  /** Sparkplug host id; empty: the link is no host application. */
  hostId?: string;
}

export interface MqttLinkNode
  extends Node<{ user: unknown; password: unknown; ca: unknown; certificate: unknown; key: unknown }> {
  link?: MqttLink;
}

export default function (RED: NodeAPI): void {
  function MqttLinkConstructor(this: MqttLinkNode, config: MqttLinkConfig): void {
    RED.nodes.createNode(this, config);
    const { ca, certificate, key } = this.credentials ?? {};
    try {
      this.link = new MqttLink({
        id: linkIdOf(this.id),
        name: config.name || config.url,
        url: config.url,
        reality: config.reality === "virtual" ? "virtual" : "live",
        protocolVersion: Number(config.protocolVersion) === 5 ? 5 : 4,
        persistentSession: config.persistentSession !== false,
        ...(config.hostId?.trim() ? { presence: new HostPresence(config.hostId.trim()) } : {}),
        home: services().home,
        login: loginOf(config, this.credentials),
        tls: { ...pem("ca", ca), ...pem("certificate", certificate), ...pem("key", key) },
      });
    } catch (thrown) {
      this.error(messageOf(thrown));
    }
  }
  RED.httpAdmin.get(
    "/rung/mqtt-link/:id/state",
    RED.auth.needsPermission("rung.read"),
    (request, response) => {
      const node = RED.nodes.getNode(request.params.id as string) as MqttLinkNode | null;
      if (node?.link === undefined)
        response.status(404).json({ error: "this link is not deployed yet, or its settings are wrong" });
      else response.json({ phase: node.link.state.phase, error: node.link.state.error?.toJSON() });
    },
  );
  RED.nodes.registerType("rung-mqtt-link", MqttLinkConstructor, {
    credentials: {
      user: { type: "text" },
      password: { type: "password" },
      ca: { type: "text" },
      certificate: { type: "text" },
      key: { type: "password" },
    },
  });
}

const pem = (name: string, text: unknown): Record<string, string> =>
  typeof text === "string" && text.trim() !== "" ? { [name]: text } : {};
