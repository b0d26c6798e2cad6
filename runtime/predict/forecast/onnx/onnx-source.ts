import { readFile } from "node:fs/promises";
import { messageOf, RungError } from "../../../core/errors.ts";
import type { ForecastSource, History } from "../backtest.ts";
import { fitGiven } from "../fit-given.ts";
import type { ForecastFit } from "../forecast-fit.ts";
import type { Outlook } from "../forecast-model.ts";
import type { ForecastTask } from "../forecast-task.ts";
import type { StepSeries } from "../step-series.ts";
import { type OnnxContract, onnxContract, onnxPorts } from "./onnx-contract.ts";
import { readOnnxFile } from "./onnx-file.ts";
import { ONNX_LIMITS, type OnnxLimits, OnnxThread } from "./onnx-thread.ts";

const MOST_BYTES = 256 * 2 ** 20;

interface Opened {
  readonly thread: OnnxThread;
  readonly contract: OnnxContract;
}

/** A user's ONNX model in the place of one that is fitted: it is asked, scored and given intervals, and never changed. */
export class OnnxSource implements ForecastSource {
  readonly #task: ForecastTask;
  readonly #path: string;
  readonly #file: string;
  readonly #limits: OnnxLimits;
  #opened: Promise<Opened> | undefined;

  /**
   * Nothing is read before it is first asked.
   * @param file its path
   * @param name what it is called in forecasts and errors
   */
  constructor(task: ForecastTask, file: string, name = file, limits: OnnxLimits = ONNX_LIMITS) {
    this.#task = task;
    this.#path = file;
    this.#file = name;
    this.#limits = limits;
  }

  /**
   * Reads the file and looks at its ports; what needs the property's unit is checked when it learns.
   * @throws RungError `file-unreadable`, `bad-model`, `model-ports`
   */
  async check(): Promise<void> {
    onnxPorts(readOnnxFile(await this.#bytes(), this.#file), this.#task, this.#file);
  }

  /**
   * What its intervals start from: its errors on the newest part of a history.
   * @param unit of the property, checked against the model's
   * @throws RungError `file-unreadable`, `bad-model`, `model-ports`, `unit-mismatch`, `model-failed`, `too-few-rows`
   */
  async learn(history: History, unit?: string): Promise<ForecastFit> {
    const { contract } = await this.#open(unit);
    const model = {
      kind: "given" as const,
      name: this.#file,
      past: contract.past,
      exogenous: contract.exogenous,
    };
    return fitGiven(history, this.#task, model, (series, t) => this.#at(series, t));
  }

  outlook(series: StepSeries): Promise<Outlook | undefined> {
    return this.#at(series, series.values.length - 1);
  }

  close(): void {
    this.#opened?.then(({ thread }) => thread.close()).catch(() => undefined);
    this.#opened = undefined;
  }

  #open(unit: string | undefined): Promise<Opened> {
    if (this.#opened === undefined) {
      const opening = this.#load(unit);
      this.#opened = opening;
      // A file that is mended later is read again.
      opening.catch(() => {
        if (this.#opened === opening) this.#opened = undefined;
      });
    }
    return this.#opened;
  }

  async #load(unit: string | undefined): Promise<Opened> {
    const bytes = await this.#bytes();
    const contract = onnxContract(readOnnxFile(bytes, this.#file), this.#task, unit, this.#file);
    const thread = new OnnxThread(bytes, contract, this.#file, this.#limits);
    await thread.loaded();
    return { thread, contract };
  }

  async #bytes(): Promise<Uint8Array> {
    const refuse = (what: string, cause?: unknown): RungError =>
      new RungError({
        code: "file-unreadable",
        where: this.#file,
        what,
        advice: `give an .onnx file; looked for at ${this.#path}`,
        cause,
      });
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await readFile(this.#path));
    } catch (thrown) {
      const isMissing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
      throw refuse(isMissing ? "there is no such file" : messageOf(thrown), thrown);
    }
    if (bytes.length > MOST_BYTES) throw refuse(`has ${bytes.length} bytes, the most is ${MOST_BYTES}`);
    return bytes;
  }

  async #at(series: StepSeries, t: number): Promise<Outlook | undefined> {
    const { thread, contract } = await this.#open(undefined);
    const { past: length, exogenous: inputs } = contract;
    const from = t + 1 - length;
    if (from < 0) return undefined;
    const past = Float32Array.from(series.values.subarray(from, t + 1));
    const beside = new Float32Array(length * inputs);
    for (let i = 0; i < length; i++)
      for (let e = 0; e < inputs; e++) beside[i * inputs + e] = series.exogenous[e]![from + i] ?? Number.NaN;
    if (!past.every(Number.isFinite) || !beside.every(Number.isFinite)) return undefined;
    const forecast = await thread.forecast(past, beside);
    const mean = Float64Array.from(forecast.subarray(0, this.#task.horizon));
    if (mean.length < this.#task.horizon || !mean.every(Number.isFinite)) {
      throw new RungError({
        code: "model-failed",
        where: this.#file,
        what: "gave a forecast that is no finite number",
        advice: "check the model on these inputs; scale them inside the model",
      });
    }
    return { mean };
  }
}
