/** Decodes a structure that node-opcua left as bytes; undefined where its type is not known (yet). */
export interface StructureReader {
  decode(opaque: OpaqueStructure): UaStructure | undefined;
}

/** A structure as it stood in the message: the id of its encoding and its body (OPC 10000-6, 5.2.2.15). */
export interface OpaqueStructure {
  readonly nodeId: { toString(): string; readonly namespace: number };
  readonly buffer: Buffer;
}

/** A structure whose type is not known, kept as it came. */
export interface UnknownStructure {
  readonly typeId: string;
  readonly bytes: Buffer;
}

/** What node-opcua makes of a structure whose type it knows. */
export interface UaStructure {
  readonly schema: { readonly name: string };
  applyOnAllFields<Data>(visit: (owner: object, field: UaField, data: Data) => void, data: Data): void;
}

export interface UaField {
  readonly name: string;
  readonly originalName?: string;
  readonly fieldType: string;
  readonly isArray?: boolean;
  /** Built-in type of a type that is derived from one. */
  readonly basicDataType?: number;
  readonly schema?: { readonly subType?: string };
}

/** True for a structure that was decoded, and for one that was left as bytes. */
export function isStructure(thing: object): thing is UaStructure | OpaqueStructure {
  return isOpaque(thing) || typeof (thing as Partial<UaStructure>).applyOnAllFields === "function";
}

export const isOpaque = (thing: object): thing is OpaqueStructure => {
  const { nodeId, buffer } = thing as Partial<OpaqueStructure>;
  return nodeId !== undefined && Buffer.isBuffer(buffer);
};
