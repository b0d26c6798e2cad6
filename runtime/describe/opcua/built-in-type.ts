/** OPC 10000-6, 5.1.2: ids of the built-in types. Numbers, since node-opcua is loaded late. */
export const BUILT_IN = {
  boolean: 1,
  int64: 8,
  uInt64: 9,
  double: 11,
  string: 12,
  dateTime: 13,
  guid: 14,
  byteString: 15,
  xmlElement: 16,
  nodeId: 17,
  expandedNodeId: 18,
  statusCode: 19,
  qualifiedName: 20,
  localizedText: 21,
  extensionObject: 22,
  dataValue: 23,
  variant: 24,
} as const;

/** No type of OPC UA: the value is plain data already, put together from several variants. */
export const PLAIN = -1;

/** Built-in types by the names that node-opcua's schemas give them; all else is a structure or an enum. */
export const TYPE_OF_FIELD: Readonly<Record<string, number>> = {
  Boolean: BUILT_IN.boolean,
  SByte: 2,
  Byte: 3,
  Int16: 4,
  UInt16: 5,
  Int32: 6,
  UInt32: 7,
  Int64: BUILT_IN.int64,
  UInt64: BUILT_IN.uInt64,
  Float: 10,
  Double: BUILT_IN.double,
  Duration: BUILT_IN.double,
  String: BUILT_IN.string,
  UAString: BUILT_IN.string,
  DateTime: BUILT_IN.dateTime,
  UtcTime: BUILT_IN.dateTime,
  Guid: BUILT_IN.guid,
  ByteString: BUILT_IN.byteString,
  XmlElement: BUILT_IN.xmlElement,
  NodeId: BUILT_IN.nodeId,
  ExpandedNodeId: BUILT_IN.expandedNodeId,
  StatusCode: BUILT_IN.statusCode,
  QualifiedName: BUILT_IN.qualifiedName,
  LocalizedText: BUILT_IN.localizedText,
  DataValue: BUILT_IN.dataValue,
  Variant: BUILT_IN.variant,
  BaseDataType: BUILT_IN.variant,
};
