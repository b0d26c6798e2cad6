import type { ClientSession, DataValue, Variant } from "node-opcua";
import { messageOf, RungError } from "../../core/errors.ts";
import { BAD_NO_COMMUNICATION, type Quality } from "../../core/quality.ts";
import { PLAIN } from "./built-in-type.ts";
import { loadOpcua } from "./load-opcua.ts";
import { checkedInputs } from "./method-arguments.ts";
import { plainValue } from "./plain-value.ts";
import type { StructureReader } from "./structure-value.ts";

/** Of wall time: a period that a fast virtual plant makes shorter must not flood the server with calls. */
const SHORTEST_PERIOD_MS = 50;

export interface MethodBinding {
  readonly tag: number;
  readonly address: string;
  readonly methodId: string;
  readonly objectId: string;
  readonly inputs: readonly unknown[];
  /** Plant time. */
  readonly periodMs: number;
}

export interface MethodCallsParts {
  readonly where: string;
  readonly structures: StructureReader;
  /** Plant seconds per wall second. */
  speed(): number;
  sample(tag: number, data: DataValue): void;
  problem(error: RungError): void;
}

/**
 * Calls methods that only read, each once a period, with the login of the link (OPC 10000-4, 5.12): one output is the
 * value itself, several are a structure under the names of the OutputArguments. What the call fails with is the
 * quality of the sample.
 */
export class MethodCalls {
  readonly #parts: MethodCallsParts;
  #timers: NodeJS.Timeout[] = [];
  #session: ClientSession | undefined;

  constructor(parts: MethodCallsParts) {
    this.#parts = parts;
  }

  /**
   * Checks the methods against the server, then calls them from now on; those on an earlier session end.
   * @returns the tags of methods that cannot be called; the reasons have been told
   */
  async open(session: ClientSession, bindings: readonly MethodBinding[]): Promise<number[]> {
    this.close();
    this.#session = session;
    const refused: number[] = [];
    for (const binding of bindings) {
      try {
        const call = await this.#prepare(session, binding);
        if (this.#session !== session) return refused;
        const speed = this.#parts.speed();
        const wallMs = binding.periodMs / (Number.isFinite(speed) && speed > 0 ? speed : 1);
        void call();
        const timer = setInterval(() => void call(), Math.max(SHORTEST_PERIOD_MS, wallMs));
        timer.unref();
        this.#timers.push(timer);
      } catch (thrown) {
        if (this.#session !== session) return refused;
        refused.push(binding.tag);
        this.#parts.problem(this.#refusal(binding, thrown));
      }
    }
    return refused;
  }

  close(): void {
    this.#session = undefined;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #refusal({ address, methodId }: MethodBinding, thrown: unknown): RungError {
    if (thrown instanceof RungError) return thrown;
    return new RungError({
      code: "method-refused",
      where: `${this.#parts.where}, ${address}`,
      what: `the server does not let ${methodId} be called: ${messageOf(thrown).split("\n")[0]}`,
      advice: "correct object and method in the row, or give this login the right to call it",
      cause: thrown,
    });
  }

  /** @returns calls the method once; does nothing while the last call is still under way */
  async #prepare(session: ClientSession, binding: MethodBinding): Promise<() => Promise<void>> {
    const opcua = await loadOpcua();
    const { tag, methodId, objectId } = binding;
    const executable = await session.read({
      nodeId: methodId,
      attributeId: opcua.AttributeIds.UserExecutable,
    });
    if (!executable.statusCode.isGood()) throw new Error(executable.statusCode.name);
    if (executable.value.value === false) throw new Error("this login may not call it");
    const { inputArguments, outputArguments } = await session.getArgumentDefinition(methodId);
    const where = `${this.#parts.where}, ${binding.address}`;
    const variants = await checkedInputs(session, inputArguments, binding.inputs, where);
    const names = outputArguments.map(({ name }, i) => name || `output${i + 1}`);
    let isUnderWay = false;
    return async () => {
      if (isUnderWay || this.#session !== session) return;
      isUnderWay = true;
      let status: Quality;
      let outputs: Variant[] = [];
      try {
        const result = await session.call({ objectId, methodId, inputArguments: variants });
        status = result.statusCode.value >>> 0;
        outputs = result.outputArguments ?? [];
      } catch {
        // No answer: the sample says so, and the link tells why.
        status = BAD_NO_COMMUNICATION;
      } finally {
        isUnderWay = false;
      }
      if (this.#session === session)
        this.#parts.sample(tag, dataOf(status, outputs, names, this.#parts.structures));
    };
  }
}

/** Without a source time: a method has none, the sample gets that of the link's clock. */
function dataOf(
  status: number,
  outputs: readonly Variant[],
  names: readonly string[],
  structures: StructureReader,
): DataValue {
  const together = (): object => ({
    dataType: PLAIN,
    arrayType: 0,
    value: Object.fromEntries(
      outputs.map((output, i) => [names[i] ?? `output${i + 1}`, plainValue(output, structures)]),
    ),
  });
  const value = outputs.length === 0 ? undefined : outputs.length === 1 ? outputs[0] : together();
  return { statusCode: { value: status }, sourceTimestamp: null, sourcePicoseconds: 0, value } as never;
}
