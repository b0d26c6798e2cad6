import {
  type AddressSpace,
  DataType,
  type Namespace,
  type UAObject,
  type UAVariable,
  VariantArrayType,
  type VariantOptions,
} from "node-opcua";
import { engineeringUnit } from "./engineering-unit.ts";

/** Type of a tag to its data type on the wire. */
export const TAG_DATA_TYPES = {
  double: DataType.Double,
  int32: DataType.Int32,
  boolean: DataType.Boolean,
  string: DataType.String,
} as const;

/** Read-only variables by dotted identifiers in the server's own namespace, with the folders they stand in. */
export class NodeTree {
  readonly #namespace: Namespace;
  readonly #folders = new Map<string, UAObject>();

  constructor(addressSpace: AddressSpace) {
    this.#namespace = addressSpace.getOwnNamespace();
  }

  /**
   * @param nodeId `Line1.ST07.Body`
   * @param more.unit as written; none where empty. @param more.codes names of the codes from 0 on
   */
  variable(
    nodeId: string,
    dataType: DataType,
    label: string,
    more: { readonly unit?: string; readonly codes?: readonly string[] | undefined } = {},
  ): UAVariable {
    const cut = nodeId.lastIndexOf(".");
    const variable = this.#namespace.addVariable({
      componentOf: this.#folder(nodeId.slice(0, cut)),
      nodeId: `s=${nodeId}`,
      browseName: nodeId.slice(cut + 1),
      displayName: label,
      dataType,
      minimumSamplingInterval: 0,
      accessLevel: "CurrentRead",
      userAccessLevel: "CurrentRead",
    });
    if (more.unit) {
      const value = { dataType: DataType.ExtensionObject, value: engineeringUnit(more.unit) };
      this.#property(variable, nodeId, "EngineeringUnits", "EUInformation", value);
    }
    if (more.codes !== undefined) {
      const value = more.codes.map((text) => ({ text }));
      this.#property(variable, nodeId, "EnumStrings", "LocalizedText", {
        dataType: DataType.LocalizedText,
        arrayType: VariantArrayType.Array,
        value,
      });
    }
    return variable;
  }

  #property(of: UAVariable, nodeId: string, name: string, dataType: string, value: VariantOptions): void {
    this.#namespace.addVariable({
      propertyOf: of,
      typeDefinition: "PropertyType",
      nodeId: `s=${nodeId}.${name}`,
      browseName: { name, namespaceIndex: 0 },
      dataType,
      accessLevel: "CurrentRead",
      ...(value.arrayType === undefined ? {} : { valueRank: 1 }),
      value,
    });
  }

  /** The object of a dotted path, made on the way. */
  #folder(path: string): UAObject {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf(".");
    const made = this.#namespace.addObject({
      nodeId: `s=${path}`,
      browseName: path.slice(cut + 1),
      ...(cut < 0
        ? { organizedBy: this.#namespace.addressSpace.rootFolder.objects }
        : { componentOf: this.#folder(path.slice(0, cut)) }),
    });
    this.#folders.set(path, made);
    return made;
  }
}
