import type { NodeAPI, NodeDef, NodeMessage } from "node-red";
import { compiledKernel } from "../../../runtime/compute/kernel-language/lint-kernel.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { checkUnits, type NewestValue } from "../../../runtime/model/kernel/kernel-inputs.ts";
import { type KernelAnswer, KernelSession } from "../../../runtime/model/kernel/kernel-session.ts";
import { StatusLine } from "../../node-status.ts";
import { declaredUnits } from "./declared-units.ts";
import { type KernelForm, kernelOf } from "./kernel-form.ts";
import type { KernelNode } from "./kernel-node.ts";
import { serveKernels } from "./kernel-routes.ts";

interface KernelNodeConfig extends NodeDef, KernelForm {
  name: string;
  /** Id of the twin whose model it is; empty for a model alone. */
  twin: string;
  /** Longest time for one run, s. */
  timeLimitS: number | string;
}

/** Of the range of the result; single precision stays far below it. */
const LARGEST_DIFFERENCE = 1e-3;

/** What a kernel says of its payload, for the next kernel and for who reads it. */
interface KernelNote {
  readonly unit?: string;
  readonly shape?: readonly number[];
}
type KernelMessage = NodeMessage & { start?: unknown; rung?: { kernel?: KernelNote } };

export default function (RED: NodeAPI): void {
  function KernelConstructor(this: KernelNode, config: KernelNodeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "kernel";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    let fault = "";
    try {
      const timeLimitS = Number(config.timeLimitS || 30);
      if (!(timeLimitS > 0)) {
        throw new RungError({
          code: "kernel-time-limit",
          where,
          what: `the time limit must be > 0 s, got ${config.timeLimitS}`,
        });
      }
      const spec = kernelOf(config);
      compiledKernel(spec, where);
      checkUnits(spec, declaredUnits(RED), where);
      this.session = new KernelSession({
        spec,
        compute: services().compute(),
        newest,
        where,
        deadlineMs: 1000 * timeLimitS,
        onProgress: (done, of) => status.show(`running · ${Math.floor((100 * done) / of)} %`),
      });
      status.show("waiting for a message");
    } catch (thrown) {
      fault = messageOf(thrown);
      status.show("the kernel is wrong, see the message", "fault");
      this.error(fault);
    }
    const { session } = this;
    this.on("input", (received, send, done) => {
      const message = received as KernelMessage;
      // Rows of the past are for who stores them: a kernel computes with what is now.
      if (Frame.is(message.payload) && message.payload.historical) return done();
      if (session === undefined) {
        return done(
          new RungError({
            code: "no-kernel",
            where,
            what: `does not run: ${fault}`,
            advice: "open the node",
          }),
        );
      }
      const upstream = message.rung?.kernel;
      session
        .run({
          message: (path) => propertyOf(RED, message, path),
          ...(upstream === undefined ? {} : { upstream }),
          start: message.start,
        })
        .then(
          (answer) => {
            if (answer !== undefined) {
              const { text, mark } = statusOf(answer);
              status.show(text, mark);
              send(answered(message, twin, answer, config.output));
            }
            done();
          },
          (fault: unknown) => {
            status.show("failed, see the message", "fault");
            done(fault as Error);
          },
        );
    });
    this.on("close", (done: () => void) => {
      session?.close();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-kernel", KernelConstructor);
  serveKernels(RED);
}

function newest(address: string): NewestValue | undefined {
  return services().twins.ownerOf(address)?.last(address);
}

/** A property of a message; undefined where a step of the path leads nowhere. */
function propertyOf(RED: NodeAPI, message: NodeMessage, path: string): unknown {
  try {
    return RED.util.getMessageProperty(message, path);
  } catch {
    return undefined;
  }
}

function statusOf({ result, stale, overtaken }: KernelAnswer): { text: string; mark?: "attention" } {
  const { status, crossCheck } = result;
  if (crossCheck.largestDifference > LARGEST_DIFFERENCE) {
    const percent = (100 * crossCheck.largestDifference).toPrecision(2);
    return { text: `${status} · differs from the cpu by ${percent} %`, mark: "attention" };
  }
  if (stale.length > 0)
    return { text: `${status} · ${stale.length} old value${stale.length > 1 ? "s" : ""}`, mark: "attention" };
  return { text: overtaken > 0 ? `${status} · ${overtaken} overtaken` : status };
}

/** The message with the result in its payload: cell (x, y, z) stands at `(z * ny + y) * nx + x`. */
function answered(
  message: KernelMessage,
  twin: string,
  { result, stale, overtaken }: KernelAnswer,
  output: KernelForm["output"],
): NodeMessage {
  // A start is said to this kernel alone.
  const { start: _start, ...rest } = message;
  const { values, shape, backend, status, elapsedMs, stepMs, crossCheck } = result;
  const { name, unit } = output;
  const kernel = { name, unit, shape, backend, status, elapsedMs, stepMs, crossCheck, stale, overtaken };
  return {
    ...rest,
    ...(twin === "" ? {} : { topic: twin }),
    payload: values,
    rung: { ...message.rung, kernel },
  } as NodeMessage;
}
