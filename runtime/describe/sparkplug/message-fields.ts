/**
 * The messages of Sparkplug B on the wire, as the specification's section 6.4.1 defines them in Protocol Buffers:
 * per message its fields by number, in ascending order, since that is the order in which they are written.
 */
export type ScalarKind = "uint32" | "uint64" | "float" | "double" | "bool" | "string" | "bytes";
export type MessageName =
  | "Payload"
  | "Metric"
  | "MetaData"
  | "PropertySet"
  | "PropertySetList"
  | "PropertyValue"
  | "DataSet"
  | "DataSetRow"
  | "DataSetValue"
  | "Template"
  | "Parameter"
  | "Extension";

export interface FieldOfMessage {
  readonly id: number;
  /** As in the specification: it is what an error names. */
  readonly name: string;
  /** The key in a decoded message. */
  readonly key: string;
  readonly kind: ScalarKind | MessageName;
  readonly isRepeated: boolean;
  /** Of the fields that are a `value` only one may be there; the last one on the wire counts. */
  readonly isValue: boolean;
}

export interface MessageFields {
  readonly name: MessageName;
  readonly inOrder: readonly FieldOfMessage[];
  readonly byId: ReadonlyMap<number, FieldOfMessage>;
  readonly hasValue: boolean;
}

/** `<number> <name> <kind>`, with `[]` for a repeated field and `=` for a member of the value. */
const TABLE: Readonly<Record<MessageName, string>> = {
  Payload: "1 timestamp uint64, 2 metrics Metric[], 3 seq uint64, 4 uuid string, 5 body bytes",
  Metric: `1 name string, 2 alias uint64, 3 timestamp uint64, 4 datatype uint32, 5 is_historical bool,
    6 is_transient bool, 7 is_null bool, 8 metadata MetaData, 9 properties PropertySet, 10 int_value uint32=,
    11 long_value uint64=, 12 float_value float=, 13 double_value double=, 14 boolean_value bool=,
    15 string_value string=, 16 bytes_value bytes=, 17 dataset_value DataSet=, 18 template_value Template=,
    19 extension_value Extension=`,
  MetaData: `1 is_multi_part bool, 2 content_type string, 3 size uint64, 4 seq uint64, 5 file_name string,
    6 file_type string, 7 md5 string, 8 description string`,
  PropertySet: "1 keys string[], 2 values PropertyValue[]",
  PropertySetList: "1 propertyset PropertySet[]",
  PropertyValue: `1 type uint32, 2 is_null bool, 3 int_value uint32=, 4 long_value uint64=, 5 float_value float=,
    6 double_value double=, 7 boolean_value bool=, 8 string_value string=, 9 propertyset_value PropertySet=,
    10 propertysets_value PropertySetList=, 11 extension_value Extension=`,
  DataSet: "1 num_of_columns uint64, 2 columns string[], 3 types uint32[], 4 rows DataSetRow[]",
  DataSetRow: "1 elements DataSetValue[]",
  DataSetValue: `1 int_value uint32=, 2 long_value uint64=, 3 float_value float=, 4 double_value double=,
    5 boolean_value bool=, 6 string_value string=, 7 extension_value Extension=`,
  Template: `1 version string, 2 metrics Metric[], 3 parameters Parameter[], 4 template_ref string,
    5 is_definition bool`,
  Parameter: `1 name string, 2 type uint32, 3 int_value uint32=, 4 long_value uint64=, 5 float_value float=,
    6 double_value double=, 7 boolean_value bool=, 8 string_value string=, 9 extension_value Extension=`,
  Extension: "",
};

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function fieldsOf(name: MessageName): MessageFields {
  const inOrder = [...TABLE[name].matchAll(/(\d+) (\w+) (\w+)(\[\])?(=)?/g)].map(
    ([, id, field, kind, repeated, value]): FieldOfMessage => ({
      id: Number(id),
      name: field!,
      key: camel(field!),
      kind: kind as ScalarKind | MessageName,
      isRepeated: repeated !== undefined,
      isValue: value !== undefined,
    }),
  );
  return {
    name,
    inOrder,
    byId: new Map(inOrder.map((field) => [field.id, field])),
    hasValue: inOrder.some(({ isValue }) => isValue),
  };
}

export const MESSAGES = Object.fromEntries(
  (Object.keys(TABLE) as MessageName[]).map((name) => [name, fieldsOf(name)]),
) as Readonly<Record<MessageName, MessageFields>>;

/** A 64-bit whole number without sign: a number where it is exact (to 2^53 - 1), otherwise a bigint. */
export type Uint64 = number | bigint;

/** The members of a value; at most one is there. */
export interface WireValue {
  readonly intValue?: number;
  readonly longValue?: Uint64;
  readonly floatValue?: number;
  readonly doubleValue?: number;
  readonly booleanValue?: boolean;
  readonly stringValue?: string;
  readonly bytesValue?: Uint8Array;
  readonly datasetValue?: WireDataSet;
  readonly templateValue?: WireTemplate;
  readonly propertysetValue?: WirePropertySet;
  readonly propertysetsValue?: WirePropertySetList;
  readonly extensionValue?: object;
}

export interface WireMetric extends WireValue {
  readonly name?: string;
  readonly alias?: Uint64;
  readonly timestamp?: Uint64;
  readonly datatype?: number;
  readonly isHistorical?: boolean;
  readonly isTransient?: boolean;
  readonly isNull?: boolean;
  readonly metadata?: MetaData;
  readonly properties?: WirePropertySet;
}

/** What is told about a metric's value beside it (6.4.7); it has the same form decoded. */
export interface MetaData {
  readonly isMultiPart?: boolean;
  readonly contentType?: string;
  readonly size?: Uint64;
  readonly seq?: Uint64;
  readonly fileName?: string;
  readonly fileType?: string;
  readonly md5?: string;
  readonly description?: string;
}

export interface WirePropertyValue extends WireValue {
  readonly type?: number;
  readonly isNull?: boolean;
}

export interface WirePropertySet {
  readonly keys?: readonly string[];
  readonly values?: readonly WirePropertyValue[];
}

export interface WirePropertySetList {
  readonly propertyset?: readonly WirePropertySet[];
}

export interface WireDataSet {
  readonly numOfColumns?: Uint64;
  readonly columns?: readonly string[];
  readonly types?: readonly number[];
  readonly rows?: readonly { readonly elements?: readonly WireValue[] }[];
}

export interface WireParameter extends WireValue {
  readonly name?: string;
  readonly type?: number;
}

export interface WireTemplate {
  readonly version?: string;
  readonly metrics?: readonly WireMetric[];
  readonly parameters?: readonly WireParameter[];
  readonly templateRef?: string;
  readonly isDefinition?: boolean;
}

export interface WirePayload {
  readonly timestamp?: Uint64;
  readonly metrics?: readonly WireMetric[];
  readonly seq?: Uint64;
  readonly uuid?: string;
  readonly body?: Uint8Array;
}
