import type { DataValue, Variant } from "node-opcua";
import { BUILT_IN, PLAIN, TYPE_OF_FIELD } from "./built-in-type.ts";
import type { Matrix } from "./matrix.ts";
import {
  isOpaque,
  isStructure,
  type OpaqueStructure,
  type StructureReader,
  type UaField,
  type UaStructure,
  type UnknownStructure,
} from "./structure-value.ts";

const SCALAR = 0;
const MATRIX = 2;

/**
 * The value of a variant as plain data, of every built-in type:
 *
 * - numbers, booleans (0, 1), status codes and enums as a number; 64-bit integers too where exact, else as bigint
 * - text of strings, localized texts, GUIDs, XML, node ids (`ns=2;s=A`) and qualified names (`2:A`)
 * - dates as Date, byte strings as Buffer
 * - arrays of numbers as typed arrays, of 64-bit integers as BigInt64Array or BigUint64Array, of booleans as
 *   Uint8Array, of all else as lists; matrices as `Matrix`
 * - structures as plain objects under the plant's own names; one whose type is not known as `{typeId, bytes}`
 *
 * @param structures decodes what node-opcua left as bytes
 */
export function plainValue(variant: Variant, structures?: StructureReader): unknown {
  const { dataType, value, arrayType } = variant;
  if (arrayType === SCALAR) return plainScalar(dataType, value, structures);
  if (value === null || value === undefined) return null;
  const values = plainList(dataType, value, structures);
  if (arrayType !== MATRIX) return values;
  return { dimensions: [...(variant.dimensions ?? [])], values } satisfies Matrix;
}

/** @param dataType built-in type of `value`, as node-opcua decodes it */
export function plainScalar(dataType: number, value: unknown, structures?: StructureReader): unknown {
  if (dataType === BUILT_IN.boolean) return value ? 1 : 0;
  if (typeof value === "number" || typeof value === "string") return value;
  if (value === null || value === undefined) return null;
  switch (dataType) {
    case PLAIN:
      return value;
    case BUILT_IN.int64:
      return exact(signed(value as Wide));
    case BUILT_IN.uInt64:
      return exact(wide(value as Wide));
    case BUILT_IN.statusCode:
      return (value as { value: number }).value >>> 0;
    case BUILT_IN.nodeId:
    case BUILT_IN.expandedNodeId:
      return String(value);
    case BUILT_IN.qualifiedName: {
      const { namespaceIndex, name } = value as { namespaceIndex: number; name: string | null };
      return namespaceIndex > 0 ? `${namespaceIndex}:${name ?? ""}` : (name ?? "");
    }
    case BUILT_IN.localizedText:
      return (value as { text: string | null }).text ?? "";
    case BUILT_IN.byteString:
      // The message that brought it must not live as long as the sample.
      return Buffer.from(value as Buffer);
    case BUILT_IN.variant:
      return plainValue(value as Variant, structures);
    case BUILT_IN.dataValue: {
      const inner = value as DataValue;
      return {
        value: inner.value ? plainValue(inner.value, structures) : null,
        quality: inner.statusCode.value >>> 0,
        sourceTime: inner.sourceTimestamp ?? null,
      };
    }
    default:
      return plainObject(value as object, structures);
  }
}

/** @param dataType built-in type of the elements of `value` */
export function plainList(dataType: number, value: unknown, structures?: StructureReader): unknown {
  // A copy: typed arrays of node-opcua are views of the message that brought them.
  if (ArrayBuffer.isView(value)) return (value as Float64Array).slice();
  const list = value as readonly unknown[];
  if (dataType === BUILT_IN.int64) return BigInt64Array.from(list, (element) => signed(element as Wide));
  if (dataType === BUILT_IN.uInt64) return BigUint64Array.from(list, (element) => wide(element as Wide));
  if (dataType === BUILT_IN.boolean) return Uint8Array.from(list, (element) => (element ? 1 : 0));
  const From = dataType <= BUILT_IN.double ? ARRAY_OF[dataType] : undefined;
  if (From !== undefined) return From.from(list as number[]);
  return list.map((element) => plainScalar(dataType, element, structures));
}

/** Elements of structures come as plain lists, whatever their type. */
const ARRAY_OF: readonly (TypedArrayFrom | undefined)[] = [
  undefined,
  undefined,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  undefined,
  undefined,
  Float32Array,
  Float64Array,
];
interface TypedArrayFrom {
  from(list: readonly number[]): ArrayBufferView;
}

function plainObject(value: object, structures: StructureReader | undefined): unknown {
  if (value instanceof Date) return value;
  if (isStructure(value)) return structureValue(value, structures);
  // An enum of node-opcua's own.
  const code = (value as { value?: unknown }).value;
  if (typeof code === "number") return code;
  return "toJSON" in value && typeof value.toJSON === "function" ? value.toJSON() : value;
}

/**
 * A structure as a plain object under the names that the plant gives its fields; optional fields that were not sent
 * and the members of a union that are not in force are left out.
 */
function structureValue(
  structure: UaStructure | OpaqueStructure,
  structures: StructureReader | undefined,
): Readonly<Record<string, unknown>> | UnknownStructure {
  const known = isOpaque(structure) ? structures?.decode(structure) : structure;
  if (known === undefined) {
    const { nodeId, buffer } = structure as OpaqueStructure;
    return { typeId: nodeId.toString(), bytes: Buffer.from(buffer) };
  }
  const fields: [string, unknown][] = [];
  known.applyOnAllFields((owner, field) => {
    const value = (owner as Record<string, unknown>)[field.name];
    if (value === undefined) return;
    const type = builtInTypeOf(field);
    const isList = field.isArray === true && value !== null;
    const plain = isList ? plainList(type, value, structures) : plainScalar(type, value, structures);
    fields.push([field.originalName ?? field.name, plain]);
  }, undefined);
  // Own properties, so that a field named __proto__ does no harm.
  return Object.fromEntries(fields);
}

const builtInTypeOf = (field: UaField): number =>
  TYPE_OF_FIELD[field.fieldType] ??
  (field.basicDataType || undefined) ??
  TYPE_OF_FIELD[field.schema?.subType ?? ""] ??
  BUILT_IN.extensionObject;

/** node-opcua keeps 64-bit integers as [high, low]. */
type Wide = readonly [number, number];
const wide = ([high, low]: Wide): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
const signed = (value: Wide): bigint => BigInt.asIntN(64, wide(value));

function exact(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}
