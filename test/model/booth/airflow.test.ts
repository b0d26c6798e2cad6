import assert from "node:assert/strict";
import { Compute } from "../../../runtime/compute/compute.ts";
import { FLUID, INLET, OUTLET, WALL } from "../../../runtime/compute/solvers/lattice-boltzmann.ts";
import { type AirflowAnswer, BOOTH_AIRFLOW } from "../../../runtime/model/booth/airflow-kernel.ts";
import { residence } from "../../../runtime/model/booth/airflow-paths.ts";
import { airflowSection } from "../../../runtime/model/booth/airflow-section.ts";
import { boothConfig } from "../../../runtime/model/booth/booth-config.ts";

/** Coarse, so that it takes a second. */
const COARSE = { cellsPerM: 6, reynolds: 60 };

describe("booth airflow", () => {
  it("lays the section out: ceiling in, grate out, the body in between, the same left and right", () => {
    const config = boothConfig({ airflow: COARSE });
    const { problem, cellM, velocityScale } = airflowSection(config);
    const { width, height, cell } = problem;
    assert.deepEqual([width, height], [30, 26]);
    const row = (at: number): number[] => [...cell.slice(at * width, (at + 1) * width)];
    assert.deepEqual(row(height - 1), new Array(width).fill(INLET));
    // A grate of 4 m in 5 m.
    assert.equal(row(0).filter((kind) => kind === OUTLET).length, 24);
    assert.equal(row(0).filter((kind) => kind === WALL).length, 6);
    for (let at = 0; at < height; at++) assert.deepEqual(row(at), row(at).reverse());
    // 0.6 m above the grate a body of 1.8 m, above 60 % of its height drawn in to 70 % of its width.
    const body = (at: number): number => row(at).filter((kind) => kind === WALL).length;
    assert.equal(body(4), 0);
    assert.ok(Math.abs(body(5) * cellM - 1.8) <= cellM);
    assert.ok(Math.abs(body(12) * cellM - 0.7 * 1.8) <= 2 * cellM);
    assert.equal(body(14), 0);
    assert.ok(Math.abs(-problem.inletU[1] * velocityScale - 0.3) < 1e-12);
    // The Reynolds number of the picture: speed x body / viscosity, in lattice units.
    const viscosity = (problem.tau - 0.5) / 3;
    assert.ok(Math.abs((-problem.inletU[1] * (1.8 / cellM)) / viscosity - 60) < 1e-9);
  });

  it("follows even air down in height over speed", () => {
    const [width, height] = [10, 22];
    const cell = new Uint8Array(width * height).fill(FLUID);
    cell.fill(OUTLET, 0, width).fill(INLET, (height - 1) * width);
    const problem = { width, height, cell, inletU: [0, -0.04] as const, tau: 1, steps: 1 };
    const up = new Float32Array(width * height).fill(-0.5);
    const { medianS, p95S, caughtPercent } = residence(problem, 0.1, new Float32Array(up.length), up, 4);
    // The room is 20 cells of 0.1 m high; the last stride may cross the grate by a quarter of a cell.
    assert.ok(medianS >= 4 - 1e-6 && medianS <= 4.05 + 1e-6, `${medianS}`);
    assert.ok(Math.abs(p95S - medianS) < 1e-6);
    assert.equal(caughtPercent, 0);
  });

  describe("in the compute child", () => {
    let compute: Compute;
    let answer: AirflowAnswer;
    before(async function () {
      this.timeout(60_000);
      compute = new Compute();
      answer = await compute.submit({
        kernel: BOOTH_AIRFLOW,
        input: { booth: boothConfig({ airflow: COARSE }), wantsField: true },
        deadlineMs: 50_000,
      });
    });
    after(() => compute?.close());

    it("keeps the air: what enters through the ceiling passes every height", () => {
      const { columns, rows, cellM, up } = answer.field!;
      for (let row = 0; row < rows; row++) {
        let down = 0;
        for (let column = 0; column < columns; column++) down -= up[row * columns + column]! * cellM;
        assert.ok(Math.abs(down - 0.3 * 5) < 0.03 * 1.5, `row ${row}: ${down} m²/s`);
      }
    });

    it("speeds up beside the body, slows down above it and turns back below it", () => {
      const { picture } = answer;
      assert.ok(picture.besideBodyMPerS > 0.3, `${picture.besideBodyMPerS}`);
      assert.ok(picture.aboveBodyMPerS > 0.02 && picture.aboveBodyMPerS < 0.25, `${picture.aboveBodyMPerS}`);
      assert.ok(picture.recirculatingPercent > 0.2 && picture.recirculatingPercent < 10);
      assert.ok(picture.residence.medianS > 0.5 * picture.meanResidenceS);
      assert.ok(picture.residence.medianS < 1.2 * picture.meanResidenceS);
      assert.ok(picture.residence.p95S >= picture.residence.medianS);
      assert.ok(picture.changePerStep < 1e-3);
    });

    it("is the same left and right", () => {
      const { columns, rows, up } = answer.field!;
      let worst = 0;
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          worst = Math.max(
            worst,
            Math.abs(up[row * columns + column]! - up[(row + 1) * columns - 1 - column]!),
          );
      assert.ok(worst < 0.01, `${worst} m/s`);
    });

    it("says how far it is from the real flow", () => {
      const { picture } = answer;
      assert.equal(picture.reynoldsSimulated, 60);
      assert.ok(Math.abs(picture.reynoldsReal - (0.3 * 1.8) / 1.51e-5) < 1);
      assert.ok(Math.abs(picture.viscosityRatio - picture.reynoldsReal / 60) < 1e-9);
    });

    it("fits into a message, whatever the section", async function () {
      const { picture } = answer;
      assert.equal(picture.speedMmPerS.length, picture.columns * picture.rows);
      assert.ok(picture.columns <= 60 && picture.rows <= 48);
      assert.ok(picture.speedMmPerS.includes(null), "the body is in it");
      assert.ok(JSON.stringify(picture).length <= 64_000);
      this.timeout(20_000);
      const large = await compute.submit({
        kernel: BOOTH_AIRFLOW,
        input: {
          booth: boothConfig({
            size: { widthM: 13 },
            fans: { designFlowM3PerH: 280_800 },
            airflow: { cellsPerM: 5, reynolds: 20 },
          }),
          wantsField: false,
        },
      });
      assert.equal(large.field, undefined);
      assert.ok(large.picture.columns <= 60 && large.picture.rows <= 48);
      assert.ok(JSON.stringify(large).length <= 64_000);
    });
  });
});
