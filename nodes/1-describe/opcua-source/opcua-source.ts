import type { Node, NodeAPI, NodeDef } from "node-red";
import type { OpcuaLink } from "../../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../../runtime/describe/opcua/opcua-source.ts";
import { services } from "../../../runtime/host/services.ts";
import {
  checkedBindings,
  epochs,
  linkOf,
  runSource,
  type ShownSource,
  type SourceConfig,
  twinAddress,
} from "../source-face.ts";
import { serveBindings } from "./binding-routes.ts";

interface OpcuaSourceConfig extends NodeDef, SourceConfig {
  name: string;
  link: string;
  publishingMs: number | string;
  samplingMs: number | string;
}

interface OpcuaSourceNode extends Node {
  source?: ShownSource;
}

export default function (RED: NodeAPI): void {
  function OpcuaSourceConstructor(this: OpcuaSourceNode, config: OpcuaSourceConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinAddress(RED, config.twin);
    const name = config.name || "opc ua source";
    this.source = runSource(this, config, twin, (listener) => {
      return new OpcuaSource({
        id: this.id,
        name,
        link: linkOf<OpcuaLink>(RED, config.link, name),
        bindings: checkedBindings(config, twin, name),
        publishingIntervalMs: Number(config.publishingMs || 200),
        samplingIntervalMs: Number(config.samplingMs || 0),
        clocks: services().clocks,
        epochs: epochs(),
        listener,
      });
    });
  }
  RED.nodes.registerType("rung-opcua-source", OpcuaSourceConstructor);
  serveBindings(RED);
  RED.httpAdmin.get("/rung/source/:id", RED.auth.needsPermission("rung.read"), (request, response) => {
    const { source } = (RED.nodes.getNode(String(request.params.id)) ?? {}) as OpcuaSourceNode;
    // A source just drawn is not deployed yet: nothing to tell is no error.
    response.json(source ? { counters: source.counters, ...source.summary() } : null);
  });
}
