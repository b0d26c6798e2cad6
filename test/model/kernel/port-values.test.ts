import assert from "node:assert/strict";
import type { KernelPort } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { CELLS_AT_ONCE, portValue } from "../../../runtime/model/kernel/port-values.ts";

const field = (...shape: number[]): KernelPort => ({
  name: "film",
  holds: "field",
  unit: "g/m²",
  shape,
  from: { message: "payload" },
});
const number: KernelPort = { name: "k", holds: "number", unit: "1/s", shape: [], from: { constant: 1 } };

describe("values of a kernel's ports", () => {
  it("take a field as it comes: one number, one row, rows within rows, a waveform, a matrix", async () => {
    const sixCells = Float32Array.of(1, 2, 3, 4, 5, 6);
    const ways: unknown[] = [
      [1, 2, 3, 4, 5, 6],
      Float64Array.of(1, 2, 3, 4, 5, 6),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [Float32Array.of(1, 2, 3), [4, 5, 6]],
      { dimensions: [2, 3], values: Float64Array.of(1, 2, 3, 4, 5, 6) },
      { dimensions: Uint32Array.of(2, 3), values: [1, 2, 3, 4, 5, 6] },
    ];
    for (const way of ways) assert.deepEqual(await portValue(field(3, 2), way, "kernel"), sixCells);
    assert.equal(await portValue(field(2, 2), 7, "kernel"), 7);
    assert.deepEqual(
      await portValue(field(2), { samples: Float64Array.of(3, 4), sampleRateHz: 10 }, "kernel"),
      Float32Array.of(3, 4),
    );
    const cube = [[[1, 2]], [[3, 4]], [[5, 6]]];
    assert.deepEqual(await portValue(field(2, 1, 3), cube, "kernel"), sixCells);
  });

  it("let the event loop go on while a large field is converted, in one row and in rows", async () => {
    const rows = Array.from({ length: 3 }, () => new Float32Array(CELLS_AT_ONCE).fill(1));
    for (const given of [new Float32Array(3 * CELLS_AT_ONCE).fill(1), rows]) {
      let turns = 0;
      let isOver = false;
      const count = (): void => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      setImmediate(count);
      const value = await portValue(field(CELLS_AT_ONCE, 3), given, "kernel");
      isOver = true;
      assert.ok(value instanceof Float32Array && value.every((cell) => cell === 1));
      assert.ok(turns >= 2, `${turns} turns`);
    }
  });

  it("tell every number in the port's unit", async () => {
    const toKelvin = (celsius: number): number => celsius + 273.15;
    assert.equal(await portValue(number, 20, "kernel", toKelvin), 293.15);
    assert.deepEqual(await portValue(field(2), [0, 1], "kernel", toKelvin), Float32Array.of(273.15, 274.15));
    assert.equal(await portValue(number, true, "kernel"), 1);
  });

  const wrong: [string, KernelPort, unknown, RegExp][] = [
    ["a text", number, "3", /^k8s, port k: got the text "3", and not a number/],
    ["nothing", number, undefined, /got nothing, and not a number/],
    ["no number", field(2), [1, Number.NaN], /cell 1 is NaN, and not a number/],
    ["too few cells", field(3, 2), [1, 2, 3], /expected 3 × 2 = 6 cells, got 3/],
    [
      "rows of another length",
      field(3, 2),
      [
        [1, 2, 3],
        [4, 5],
      ],
      /expected 3 × 2, got 2 where 3 belong/,
    ],
    ["too few rows", field(3, 2), [[1, 2, 3]], /expected 3 × 2, got 1 where 2 belong/],
    ["a number among rows", field(3, 2), [[1, 2, 3], 4], /got 4 where a row belongs/],
    [
      "a matrix the other way round",
      field(3, 2),
      { dimensions: [3, 2], values: [1, 2, 3, 4, 5, 6] },
      /got a matrix of 3,2/,
    ],
    ["an object", field(2), { a: 1 }, /expected 2, got an object/],
    ["a text for a field", field(2), "12", /got the text "12"/],
  ];
  for (const [what, port, given, message] of wrong) {
    it(`refuse ${what}, and say where`, async () => {
      await assert.rejects(portValue(port, given, "k8s"), { name: "RungError", code: "port-value", message });
    });
  }
});
