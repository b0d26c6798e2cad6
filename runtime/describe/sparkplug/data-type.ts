/**
 * The data types of Sparkplug B by their number on the wire (Sparkplug 3.0.0, 6.4.16 "Data Types").
 * The index in this list is the number.
 */
const NAMES = [
  "Unknown",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "UInt8",
  "UInt16",
  "UInt32",
  "UInt64",
  "Float",
  "Double",
  "Boolean",
  "String",
  "DateTime",
  "Text",
  "UUID",
  "DataSet",
  "Bytes",
  "File",
  "Template",
  "PropertySet",
  "PropertySetList",
  "Int8Array",
  "Int16Array",
  "Int32Array",
  "Int64Array",
  "UInt8Array",
  "UInt16Array",
  "UInt32Array",
  "UInt64Array",
  "FloatArray",
  "DoubleArray",
  "BooleanArray",
  "StringArray",
  "DateTimeArray",
] as const;

export type DataType = (typeof NAMES)[number];

/** Every type that a value can have, in the order of their numbers. */
export const DATA_TYPES: readonly DataType[] = NAMES.slice(1);

const CODES: ReadonlyMap<string, number> = new Map(NAMES.map((name, code) => [name, code]));

/** The number of a type on the wire. */
export const codeOfType = (type: DataType): number => CODES.get(type)!;

/** The type of a number; undefined for `Unknown` and for numbers that the specification does not have. */
export const typeOfCode = (code: number): DataType | undefined => (code === 0 ? undefined : NAMES[code]);

/** Width in bits and sign of the types that are whole numbers. */
export const INTEGERS: Readonly<
  Partial<Record<DataType, { readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }>>
> = {
  Int8: { bits: 8, signed: true },
  Int16: { bits: 16, signed: true },
  Int32: { bits: 32, signed: true },
  Int64: { bits: 64, signed: true },
  UInt8: { bits: 8, signed: false },
  UInt16: { bits: 16, signed: false },
  UInt32: { bits: 32, signed: false },
  UInt64: { bits: 64, signed: false },
};

/** "Basic types": what a property, a cell of a data set and a parameter of a template may be. */
export const isBasicType = (type: DataType): boolean => {
  const code = codeOfType(type);
  return code >= 1 && code <= 14;
};

export const isArrayType = (type: DataType): boolean => codeOfType(type) >= 22;
