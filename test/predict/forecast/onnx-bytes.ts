import protobuf from "protobufjs/minimal.js";

/** One of a graph's ports: sizes, or names of open ones. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** 1 float32, 11 float64. */
  readonly element?: number;
}

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Writes an ONNX model by hand: field numbers of onnx.proto3. */
export function onnxBytes(parts: {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly weights?: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly values: readonly number[] }>
  >;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly external?: boolean;
}): Uint8Array {
  const tag = (field: number, wire: number): number => (field << 3) | wire;
  const inner = (writer: protobuf.Writer, field: number, write: (inside: protobuf.Writer) => void): void => {
    const inside = protobuf.Writer.create();
    write(inside);
    writer.uint32(tag(field, 2)).bytes(inside.finish());
  };
  const port = (writer: protobuf.Writer, field: number, { name, shape, element = 1 }: Port): void =>
    inner(writer, field, (info) => {
      info.uint32(tag(1, 2)).string(name);
      inner(info, 2, (type) =>
        inner(type, 1, (tensor) => {
          tensor.uint32(tag(1, 0)).int32(element);
          inner(tensor, 2, (dims) => {
            for (const size of shape)
              inner(dims, 1, (dim) => {
                if (typeof size === "number") dim.uint32(tag(1, 0)).int64(size);
                else dim.uint32(tag(2, 2)).string(size);
              });
          });
        }),
      );
    });
  const model = protobuf.Writer.create();
  model.uint32(tag(1, 0)).int64(8);
  inner(model, 8, (opset) => opset.uint32(tag(2, 0)).int64(13));
  inner(model, 7, (graph) => {
    for (const { op, inputs, outputs } of parts.nodes)
      inner(graph, 1, (node) => {
        for (const name of inputs) node.uint32(tag(1, 2)).string(name);
        for (const name of outputs) node.uint32(tag(2, 2)).string(name);
        node.uint32(tag(4, 2)).string(op);
      });
    graph.uint32(tag(2, 2)).string("g");
    for (const [name, { dims, values }] of Object.entries(parts.weights ?? {}))
      inner(graph, 5, (tensor) => {
        for (const size of dims) tensor.uint32(tag(1, 0)).int64(size);
        tensor.uint32(tag(2, 0)).int32(1);
        tensor.uint32(tag(8, 2)).string(name);
        tensor.uint32(tag(9, 2)).bytes(new Uint8Array(Float32Array.from(values).buffer));
        if (parts.external) tensor.uint32(tag(14, 0)).int32(1);
      });
    for (const one of parts.inputs) port(graph, 11, one);
    for (const one of parts.outputs) port(graph, 12, one);
  });
  for (const [key, value] of Object.entries(parts.metadata ?? {}))
    inner(model, 14, (entry) => entry.uint32(tag(1, 2)).string(key).uint32(tag(2, 2)).string(value));
  return model.finish();
}

/** forecast = past · weights: `weights` by past step, the oldest first, then by step ahead. */
export function linearModel(
  weights: readonly (readonly number[])[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const [past, ahead] = [weights.length, weights[0]!.length];
  return onnxBytes({
    nodes: [{ op: "MatMul", inputs: ["past", "w"], outputs: ["forecast"] }],
    inputs: [{ name: "past", shape: ["batch", past] }],
    outputs: [{ name: "forecast", shape: ["batch", ahead] }],
    weights: { w: { dims: [past, ahead], values: weights.flat() } },
    metadata,
  });
}
