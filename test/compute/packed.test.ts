import assert from "node:assert/strict";
import { Assembly, CHUNK_BYTES, pack, piecesOf } from "../../runtime/compute/packed.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { Random } from "../../runtime/core/random.ts";

/** Over and back, as process messages copy it. */
function travelled(value: unknown): unknown {
  const { packed, bytes } = pack(value);
  const assembly = new Assembly(structuredClone(packed), Number.POSITIVE_INFINITY);
  for (const pieces of piecesOf(bytes)) {
    assert.ok(!assembly.isWhole);
    assert.ok(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) <= CHUNK_BYTES);
    assembly.accept(structuredClone(pieces));
  }
  assert.ok(assembly.isWhole);
  return assembly.value;
}

describe("data in chunks", () => {
  const random = new Random(5);
  const doubles = Float64Array.from({ length: 200_001 }, () => random.normal());

  it("brings arrays of every type and size over in pieces of at most half a megabyte", () => {
    const value = {
      doubles,
      none: new Float32Array(),
      few: Uint8Array.of(1, 2, 3),
      nested: [
        { floats: Float32Array.from(doubles) },
        { whole: new Int32Array(5000).fill(-7) },
        "text",
        null,
      ],
      large: BigInt64Array.from({ length: 70_000 }, (_, i) => BigInt(i)),
      at: new Date(0),
      missing: undefined,
    };
    assert.deepEqual(travelled(value), value);
  });

  it("brings an array alone over, and only the part that a view shows", () => {
    assert.deepEqual(travelled(doubles), doubles);
    const view = doubles.subarray(1000, 3000);
    const { bytes } = pack(view);
    assert.equal(bytes[0]!.length, 16_000);
    assert.deepEqual(travelled(view), view.slice());
  });

  it("keeps what refers to itself", () => {
    const round: { array: Float64Array; self?: unknown } = { array: doubles };
    round.self = round;
    const back = travelled(round) as typeof round;
    assert.equal(back.self, back);
    assert.deepEqual(back.array, doubles);
  });

  it("leaves what it packs as it was, and does not copy its arrays", () => {
    const value = { doubles };
    const { bytes } = pack(value);
    assert.equal(value.doubles, doubles);
    assert.equal(bytes[0]!.buffer, doubles.buffer);
  });

  it("refuses more than the reader takes, before it makes room for it", () => {
    const { packed } = pack({ doubles });
    assert.throws(
      () => new Assembly(packed, 1e6),
      (error) => error instanceof RungError && error.code === "compute-too-large",
    );
    const immense = { value: null, arrays: [{ path: [], type: "Float64Array", length: 1e15 }] } as const;
    assert.throws(() => new Assembly(immense, 1e9), RungError);
  });
});
