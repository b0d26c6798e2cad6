import protobuf from "protobufjs/minimal.js";
import { messageOf, RungError } from "../../../core/errors.ts";

/** An input or output of a model's graph. */
export interface OnnxPort {
  readonly name: string;
  /** 1 is float32 (onnx.proto, TensorProto.DataType); 0 where it is no tensor. */
  readonly elementType: number;
  /** Sizes; a name, or "?", where the model leaves one open. */
  readonly shape: readonly (number | string)[];
}

/** What is read of a model before it is run. */
export interface OnnxFile {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Field numbers of onnx.proto (ONNX 1.x, onnx/onnx.proto3). */
const MODEL = { graph: 7, metadata: 14 } as const;
const GRAPH = { initializer: 5, input: 11, output: 12 } as const;
const TENSOR = { name: 8, dataLocation: 14 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { element: 1, shape: 2 } as const;
const SHAPE = { dimension: 1 } as const;
const DIMENSION = { value: 1, name: 2 } as const;
const ENTRY = { key: 1, value: 2 } as const;
/** TensorProto.DataLocation: weights in a file beside the model. */
const EXTERNAL = 1;

type Reader = protobuf.Reader;

/** Calls back for each field of the message that ends at `end`; what is not read is skipped. */
function eachField(reader: Reader, end: number, onField: (field: number, wire: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!onField(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
}

const endOf = (reader: Reader): number => {
  const length = reader.uint32();
  return reader.pos + length;
};

/**
 * Reads the head of an ONNX model: its inputs and outputs with shapes, and its metadata.
 * @param where the file, for the error
 * @throws RungError `bad-model` where it is no ONNX model or keeps its weights in other files
 */
export function readOnnxFile(bytes: Uint8Array, where: string): OnnxFile {
  const metadata = new Map<string, string>();
  let graph: { inputs: OnnxPort[]; outputs: OnnxPort[] } | undefined;
  const refuse = (what: string, advice: string, cause?: unknown): RungError =>
    new RungError({ code: "bad-model", where, what, advice, cause });
  try {
    const reader = protobuf.Reader.create(bytes);
    eachField(reader, bytes.length, (field) => {
      if (field === MODEL.graph) graph = readGraph(reader, endOf(reader));
      else if (field === MODEL.metadata) {
        const [key, value] = readEntry(reader, endOf(reader));
        metadata.set(key, value);
      } else return false;
      return true;
    });
  } catch (thrown) {
    if (thrown instanceof ExternalWeights)
      throw refuse(
        `keeps the weights of ${JSON.stringify(thrown.message)} in another file`,
        "save the model with its weights inside",
      );
    throw refuse(
      `is no ONNX model: ${messageOf(thrown)}`,
      "give a file as torch.onnx.export or skl2onnx writes it",
      thrown,
    );
  }
  if (graph === undefined) throw refuse("is no ONNX model: it has no graph", "give an .onnx file");
  return { ...graph, metadata };
}

class ExternalWeights extends Error {}

function readGraph(reader: Reader, end: number): { inputs: OnnxPort[]; outputs: OnnxPort[] } {
  const inputs: OnnxPort[] = [];
  const outputs: OnnxPort[] = [];
  const weights = new Set<string>();
  eachField(reader, end, (field) => {
    if (field === GRAPH.input) inputs.push(readPort(reader, endOf(reader)));
    else if (field === GRAPH.output) outputs.push(readPort(reader, endOf(reader)));
    else if (field === GRAPH.initializer) weights.add(readTensorName(reader, endOf(reader)));
    else return false;
    return true;
  });
  // Before IR version 4 weights stood among the inputs too.
  return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs };
}

function readTensorName(reader: Reader, end: number): string {
  let name = "";
  let location = 0;
  eachField(reader, end, (field) => {
    if (field === TENSOR.name) name = reader.string();
    else if (field === TENSOR.dataLocation) location = reader.int32();
    else return false;
    return true;
  });
  if (location === EXTERNAL) throw new ExternalWeights(name);
  return name;
}

function readPort(reader: Reader, end: number): OnnxPort {
  let name = "";
  let elementType = 0;
  const shape: (number | string)[] = [];
  const readShape = (until: number): void =>
    eachField(reader, until, (field) => {
      if (field !== SHAPE.dimension) return false;
      shape.push(readDimension(reader, endOf(reader)));
      return true;
    });
  const readTensorType = (until: number): void =>
    eachField(reader, until, (field) => {
      if (field === TENSOR_TYPE.element) elementType = reader.int32();
      else if (field === TENSOR_TYPE.shape) readShape(endOf(reader));
      else return false;
      return true;
    });
  const readType = (until: number): void =>
    eachField(reader, until, (field) => {
      if (field !== TYPE.tensor) return false;
      readTensorType(endOf(reader));
      return true;
    });
  eachField(reader, end, (field) => {
    if (field === VALUE_INFO.name) name = reader.string();
    else if (field === VALUE_INFO.type) readType(endOf(reader));
    else return false;
    return true;
  });
  return { name, elementType, shape };
}

function readDimension(reader: Reader, end: number): number | string {
  let size: number | string = "?";
  eachField(reader, end, (field) => {
    if (field === DIMENSION.value) size = Number(reader.int64());
    else if (field === DIMENSION.name) size = reader.string();
    else return false;
    return true;
  });
  return size;
}

function readEntry(reader: Reader, end: number): [string, string] {
  let [key, value] = ["", ""];
  eachField(reader, end, (field) => {
    if (field === ENTRY.key) key = reader.string();
    else if (field === ENTRY.value) value = reader.string();
    else return false;
    return true;
  });
  return [key, value];
}
