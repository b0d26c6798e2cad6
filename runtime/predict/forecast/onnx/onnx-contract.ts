import { RungError } from "../../../core/errors.ts";
import type { ForecastTask } from "../forecast-task.ts";
import type { OnnxFile, OnnxPort } from "./onnx-file.ts";

/** How a user's model is asked: what `docs/forecast.md` says it must take and give. */
export interface OnnxContract {
  /** Past steps it takes, the newest last. */
  readonly past: number;
  /** Exogenous inputs it takes for the same steps; 0 where it has no such port. */
  readonly exogenous: number;
  /** Steps ahead it gives, at least the horizon of the task. */
  readonly ahead: number;
}

const FLOAT32 = 1;
const LONGEST_PAST = 10_000;

const words = ({ name, shape }: OnnxPort): string => `${name}[${shape.join(", ")}]`;

/**
 * Checks that unit and step of a model's metadata (`rung.unit`, `rung.stepS`), where it has them, are those of the
 * property, and its ports.
 * @param unit of the property; undefined fits a model that declares none
 * @param where the file, for the error
 * @throws RungError `model-ports`, `unit-mismatch`
 */
export function onnxContract(
  file: OnnxFile,
  task: ForecastTask,
  unit: string | undefined,
  where: string,
): OnnxContract {
  const contract = onnxPorts(file, task, where);
  checkUnits(file.metadata, task, unit, where);
  return contract;
}

/**
 * Checks that a model takes `past` [1, L], where it wants `exogenous` [1, L, D], gives `forecast` [1, H], all float32.
 * @param where the file, for the error
 * @throws RungError `model-ports`
 */
export function onnxPorts({ inputs, outputs }: OnnxFile, task: ForecastTask, where: string): OnnxContract {
  const refuse = (what: string, advice: string): RungError =>
    new RungError({ code: "model-ports", where, what, advice });
  const sizesOf = (port: OnnxPort, rank: number): number[] => {
    if (port.elementType !== FLOAT32)
      throw refuse(`${port.name} is not float32`, "export the model in float32");
    // The number of forecasts asked at once may be open: it is one.
    const [batch, ...sizes] = port.shape;
    const isFixed = sizes.every((size) => typeof size === "number" && size >= 1);
    if (port.shape.length !== rank || !isFixed || (typeof batch === "number" && batch !== 1)) {
      const wanted = rank === 2 ? "[1, steps]" : "[1, steps, inputs]";
      throw refuse(`${words(port)} must be ${wanted} with fixed sizes`, "export the model with these sizes");
    }
    return sizes as number[];
  };
  const past = inputs.find(({ name }) => name === "past");
  if (past === undefined) throw refuse(`has no input "past", but ${listOf(inputs)}`, 'name it "past"');
  const beside = inputs.find(({ name }) => name === "exogenous");
  const other = inputs.find(({ name }) => name !== "past" && name !== "exogenous");
  if (other !== undefined)
    throw refuse(`wants ${words(other)}, which is not known here`, 'take "past" and "exogenous" alone');
  const forecast = outputs.find(({ name }) => name === "forecast");
  if (forecast === undefined)
    throw refuse(`has no output "forecast", but ${listOf(outputs)}`, 'name it "forecast"');
  const [length] = sizesOf(past, 2);
  const [ahead] = sizesOf(forecast, 2);
  if (length! > LONGEST_PAST) throw refuse(`takes ${length} past steps`, `take at most ${LONGEST_PAST}`);
  if (ahead! < task.horizon)
    throw refuse(`forecasts ${ahead} steps, asked are ${task.horizon}`, "ask for a nearer horizon");
  const wanted = task.exogenous?.length ?? 0;
  const [besideLength = length, exogenous = 0] = beside === undefined ? [] : sizesOf(beside, 3);
  if (besideLength !== length || exogenous !== wanted) {
    const takes = beside === undefined ? "takes no exogenous inputs" : `takes ${words(beside)}`;
    throw refuse(
      `${takes}, ${wanted} are named, for ${length} past steps`,
      "name as many exogenous inputs as the model takes, in its order",
    );
  }
  return { past: length!, exogenous, ahead: ahead! };
}

const listOf = (ports: readonly OnnxPort[]): string =>
  ports.length === 0 ? "none" : ports.map(words).join(", ");

function checkUnits(
  metadata: ReadonlyMap<string, string>,
  { stepUs }: ForecastTask,
  unit: string | undefined,
  where: string,
): void {
  const refuse = (what: string): RungError =>
    new RungError({
      code: "unit-mismatch",
      where,
      what,
      advice: "train the model in the property's unit and step, and write them into its metadata",
    });
  const declared = metadata.get("rung.unit");
  if (declared !== undefined && declared !== unit)
    throw refuse(`speaks ${declared}, the property is in ${unit ?? "no unit"}`);
  const step = metadata.get("rung.stepS");
  if (step !== undefined && Number(step) * 1e6 !== stepUs)
    throw refuse(`has steps of ${step} s, the forecast of ${stepUs / 1e6} s`);
}
