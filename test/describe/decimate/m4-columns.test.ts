import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { M4Columns } from "../../../runtime/describe/decimate/m4-columns.ts";
import { pixelsOf } from "./pixels.ts";

const WIDTH = 50;
const HEIGHT = 40;
const US = 1000;

const walk = (seed: number, n: number) => {
  const random = new Random(seed);
  let value = 0;
  let timeUs = 0;
  return Array.from({ length: n }, () => {
    value += random.normal();
    if (random.integer(50) === 0) value += 20 * random.normal();
    timeUs += random.integer(Math.ceil((2 * WIDTH * US) / n));
    return { timeUs: Math.min(timeUs, WIDTH * US - 1), value };
  });
};

const columnsOf = (samples: readonly { timeUs: number; value: number }[], size = WIDTH) => {
  const columns = new M4Columns(US, size);
  for (const { timeUs, value } of samples) columns.add(timeUs, value);
  return columns;
};

describe("columns for drawing (M4)", () => {
  it("light the same pixels as all samples do, 40 seeds", () => {
    let taken = 0;
    let kept = 0;
    for (let seed = 0; seed < 40; seed++) {
      const samples = walk(seed, 20 + 100 * (seed % 20));
      const columns = columnsOf(samples);
      const { timeUs, value } = columns.samples();
      const low = Math.min(...samples.map((sample) => sample.value));
      const high = Math.max(...samples.map((sample) => sample.value));
      const raster = { width: WIDTH, height: HEIGHT, widthUs: US, low, high };
      const all = pixelsOf(
        samples.map((sample) => sample.timeUs),
        samples.map((sample) => sample.value),
        raster,
      );
      assert.deepEqual(pixelsOf([...timeUs], [...value], raster), all, `seed ${seed}`);
      taken += samples.length;
      kept += timeUs.length;
      assert.ok(timeUs.length <= 4 * WIDTH);
    }
    assert.ok(kept < taken / 4, `${kept} of ${taken} kept`);
  });

  it("keep the same whatever the order and however often a sample comes, 40 seeds", () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(1000 + seed);
      const samples = walk(seed, 300).map((sample) =>
        random.integer(20) === 0 ? { ...sample, value: Number.NaN } : sample,
      );
      const expected = columnsOf(samples).samples();
      const shuffled = [...samples, ...samples.slice(50, 150)]
        .map((sample) => ({ sample, key: random.uniform() }))
        .sort((a, b) => a.key - b.key)
        .map(({ sample }) => sample);
      assert.deepEqual(columnsOf(shuffled).samples(), expected, `seed ${seed}`);
    }
  });

  it("break the line at a bad sample, and keep no infinite one", () => {
    const columns = columnsOf([
      { timeUs: 100, value: 1 },
      { timeUs: 200, value: Number.NaN },
      { timeUs: 300, value: Number.POSITIVE_INFINITY },
      { timeUs: 400, value: -0 },
      { timeUs: 2500, value: 1e300 },
    ]);
    const { timeUs, value } = columns.samples();
    assert.deepEqual([...timeUs], [100, 200, 300, 400, 2500]);
    assert.deepEqual([...value], [1, Number.NaN, Number.NaN, -0, 1e300]);
  });

  it("move on with time, keep what the line comes in from, and count what is too old", () => {
    const columns = new M4Columns(10, 3);
    for (const timeUs of [5, 15, 25, 35]) columns.add(timeUs, timeUs);
    assert.deepEqual([...columns.samples().timeUs], [15, 25, 35]);
    assert.deepEqual(columns.before, { timeUs: 5, value: 5 });
    columns.add(8, 80);
    columns.add(2, 20);
    assert.deepEqual(columns.before, { timeUs: 8, value: 80 });
    assert.equal(columns.tooOld, 2);
    columns.add(1000, 1);
    assert.deepEqual([...columns.samples().timeUs], [1000]);
    assert.deepEqual(columns.before, { timeUs: 35, value: 35 });
    assert.equal(columns.newestUs, 1000);
    columns.clear();
    assert.deepEqual(
      [columns.newestUs, columns.before, columns.samples().timeUs.length],
      [undefined, undefined, 0],
    );
    columns.add(7, 7);
    assert.deepEqual([...columns.samples().timeUs], [7]);
  });

  it("agree with columns made from scratch at every step of a walk", () => {
    const samples = walk(7, 600);
    const rolling = new M4Columns(US, 10);
    for (const [i, { timeUs, value }] of samples.entries()) {
      rolling.add(timeUs, value);
      if (i % 37 !== 0) continue;
      const oldest = rolling.oldestColumn;
      const inside = samples.slice(0, i + 1).filter((sample) => Math.floor(sample.timeUs / US) >= oldest);
      assert.deepEqual(rolling.samples(), columnsOf(inside, 10).samples());
    }
  });

  it("tell which columns changed since a mark", () => {
    const columns = new M4Columns(10, 5);
    const changed = (after: number) => {
      const found: number[] = [];
      columns.eachChanged(after, (column) => found.push(column));
      return found;
    };
    assert.equal(columns.mark(), 0);
    columns.add(5, 1);
    columns.add(15, 1);
    const first = columns.mark();
    assert.equal(columns.mark(), first);
    assert.deepEqual(changed(0), [0, 1]);
    assert.deepEqual(changed(first), []);
    columns.add(16, 2);
    columns.add(15, 1);
    assert.deepEqual(changed(first), [1]);
    columns.add(6, 1);
    columns.mark();
    assert.deepEqual(changed(first), [0, 1]);
  });

  it("take no time that is none", () => {
    const columns = new M4Columns(10, 3);
    columns.add(Number.NaN, 1);
    columns.add(Number.POSITIVE_INFINITY, 1);
    assert.equal(columns.samples().timeUs.length, 0);
    assert.equal(columns.newestUs, undefined);
  });
});
