import { fileURLToPath } from "node:url";
import {
  AccessLevelFlag,
  DataType,
  MessageSecurityMode,
  type Namespace,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  type UAMethod,
  type UAVariable,
  Variant,
  VariantArrayType,
  type VariantOptions,
} from "node-opcua";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import { bindings, Recorder } from "./opcua-recorder.ts";
import { newFolder } from "./opcua-test-server.ts";

/** A server in this process with a value of every type, a structure, an enum, methods and an alarm. */
export interface RichServer {
  readonly endpoint: string;
  readonly server: OPCUAServer;
  readonly namespace: Namespace;
  add(name: string, dataType: DataType | string, value: VariantOptions): UAVariable;
  set(variable: UAVariable, value: VariantOptions, status?: StatusCode, at?: Date): void;
  stop(): Promise<void>;
}

/** Namespace of the types in opcua-test-types.xml. */
const TYPES = "urn:rung:test-types";

export async function startRichServer(): Promise<RichServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: newFolder("rich-server-pki"),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    nodeset_filename: [nodesets.standard, fileURLToPath(new URL("opcua-test-types.xml", import.meta.url))],
    port: 0,
    host: "127.0.0.1",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    serverInfo: { applicationUri: "urn:rung:rich-server", productUri: "test" },
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    allowAnonymous: true,
    serverCapabilities: { minSupportedSampleRate: 0 },
  });
  await server.initialize();
  const space = server.engine.addressSpace!;
  space.installAlarmsAndConditionsService();
  const namespace = space.getOwnNamespace();
  const root = namespace.addObject({
    browseName: "Rich",
    nodeId: "s=Rich",
    organizedBy: space.rootFolder.objects,
    eventNotifier: 1,
    notifierOf: space.rootFolder.objects.server,
  });
  await server.start();
  const set: RichServer["set"] = (variable, value, status = StatusCodes.Good, at = new Date()) =>
    variable.setValueFromSource(new Variant({ arrayType: VariantArrayType.Scalar, ...value }), status, at);
  return {
    endpoint: server.getEndpointUrl().replace(/\/\/[^:]+:/, "//127.0.0.1:"),
    server,
    namespace,
    set,
    add(name, dataType, value) {
      const rank =
        value.arrayType === VariantArrayType.Matrix
          ? value.dimensions!.length
          : value.arrayType === VariantArrayType.Array
            ? 1
            : -1;
      const variable = namespace.addVariable({
        componentOf: root,
        eventSourceOf: root,
        browseName: name,
        nodeId: `s=${name}`,
        dataType: dataType as never,
        valueRank: rank,
        ...(value.dimensions ? { arrayDimensions: value.dimensions } : {}),
        accessLevel: AccessLevelFlag.CurrentRead,
      });
      set(variable, value);
      return variable;
    },
    stop: () => server.shutdown(0),
  };
}

/** A structure of one of the types in opcua-test-types.xml. */
export function structureOf({ server }: RichServer, type: string, value: object): VariantOptions {
  const space = server.engine.addressSpace!;
  const dataType = space.findDataType(type, space.getNamespaceIndex(TYPES))!;
  return {
    dataType: DataType.ExtensionObject,
    value: space.constructExtensionObject(dataType, value as never),
  };
}

/** A method on the Rich object that answers with `answer(inputs)`. */
export function addMethod(
  namespace: Namespace,
  name: string,
  inputs: readonly (readonly [name: string, type: DataType])[],
  outputs: readonly (readonly [name: string, type: DataType])[],
  answer: (inputs: readonly unknown[]) => readonly unknown[] | StatusCode,
): UAMethod {
  const object = namespace.findNode("s=Rich") as never as Parameters<Namespace["addMethod"]>[0];
  const argument = ([argumentName, dataType]: readonly [string, DataType]) => ({
    name: argumentName,
    dataType,
    description: argumentName,
  });
  const method = namespace.addMethod(object, {
    browseName: name,
    nodeId: `s=${name}`,
    inputArguments: inputs.map(argument),
    outputArguments: outputs.map(argument),
  });
  method.bindMethod(async (given: readonly Variant[], _context: unknown) => {
    const result = answer(given.map((variant) => variant.value));
    if (!Array.isArray(result)) return { statusCode: result as StatusCode };
    return {
      statusCode: StatusCodes.Good,
      outputArguments: result.map(
        (value, i) => new Variant({ dataType: outputs[i]![1], arrayType: VariantArrayType.Scalar, value }),
      ),
    };
  });
  return method;
}

/** A source that reads rows of it, on a link and with a home of its own. */
export function startRichSource(
  rich: RichServer,
  rows: readonly BindingRow[],
): { readonly link: OpcuaLink; readonly recorder: Recorder; readonly source: OpcuaSource } {
  const home = newFolder("home");
  const link = new OpcuaLink({
    id: "link1",
    name: "rich link",
    endpoint: rich.endpoint,
    reality: "live",
    home,
    securityMode: "None",
    securityPolicy: "None",
  });
  const recorder = new Recorder();
  const source = new OpcuaSource({
    id: "source1",
    name: "rich source",
    link,
    bindings: bindings(rows),
    clocks: new ClockRegistry(),
    epochs: new EpochCounter(home),
    listener: recorder,
    publishingIntervalMs: 50,
  });
  source.start();
  return { link, recorder, source };
}
