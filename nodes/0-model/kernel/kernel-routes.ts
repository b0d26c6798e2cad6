import type { NodeAPI } from "node-red";
import type { Compute } from "../../../runtime/compute/compute.ts";
import { lintKernel } from "../../../runtime/compute/kernel-language/lint-kernel.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { type BackendState, backendsOf } from "../../../runtime/model/kernel/backends.ts";
import { checkUnits } from "../../../runtime/model/kernel/kernel-inputs.ts";
import { type KernelPreview, previewKernel } from "../../../runtime/model/kernel/kernel-preview.ts";
import { declaredUnits } from "./declared-units.ts";
import { type KernelForm, kernelOf, uncheckedKernel } from "./kernel-form.ts";
import type { KernelNode } from "./kernel-node.ts";

/** Longest time for each run of a preview, ms. */
const PREVIEW_MS = 20_000;

interface Request {
  readonly body: { readonly id?: unknown; readonly kernel?: unknown } | undefined;
}
interface Response {
  status(code: number): Response;
  json(body: unknown): void;
  on(event: "close", listener: () => void): void;
  readonly writableEnded: boolean;
}

/** The admin routes behind the dialog. A kernel with a mistake is an answer (`problem`), not a failed request. */
export function serveKernels(RED: NodeAPI): void {
  const read = RED.auth.needsPermission("rung.read");
  const write = RED.auth.needsPermission("rung.write");
  const probed = new WeakMap<Compute, Promise<readonly BackendState[]>>();

  const lint = (request: Request, response: Response): void => {
    answer(response, async () => {
      const form = formOf(request);
      let problem: string | undefined;
      try {
        checkUnits(kernelOf(form), declaredUnits(RED), form.name || "kernel");
      } catch (fault) {
        problem = messageOf(fault);
      }
      // Ports with a mistake leave remarks on the code all the same.
      return { remarks: lintKernel(form.source, uncheckedKernel(form)), problem };
    });
  };
  const preview = (request: Request, response: Response): void => {
    answer(response, async () => {
      const form = formOf(request);
      const node = RED.nodes.getNode(String(request.body?.id)) as KernelNode | null;
      const last = (node?.type === "rung-kernel" && node.session?.inputs) || {};
      const closing = new AbortController();
      response.on("close", () => {
        if (!response.writableEnded) closing.abort();
      });
      try {
        const options = { deadlineMs: PREVIEW_MS, signal: closing.signal };
        return told(await previewKernel(services().compute(), kernelOf(form), last, options));
      } catch (fault) {
        return { problem: messageOf(fault) };
      }
    });
  };
  const backends = (_request: Request, response: Response): void => {
    answer(response, () => {
      const compute = services().compute();
      const found = probed.get(compute) ?? backendsOf(compute);
      probed.set(compute, found);
      // One that was busy may be there the next time the dialog is opened.
      const forget = (): unknown => probed.delete(compute);
      found.then((states) => states.every(({ isThere }) => isThere) || forget(), forget);
      return found;
    });
  };
  RED.httpAdmin.post("/rung/kernel/lint", read, lint as never);
  RED.httpAdmin.post("/rung/kernel/preview", write, preview as never);
  RED.httpAdmin.get("/rung/kernel/backends", read, backends as never);
}

function answer(response: Response, act: () => Promise<unknown>): void {
  act().then(
    (body) => response.json(body),
    (fault: unknown) => response.status(409).json({ error: messageOf(fault) }),
  );
}

/** @throws RungError `malformed-question` */
function formOf({ body }: Request): KernelForm {
  const form = body?.kernel as KernelForm | undefined;
  if (
    typeof form?.source === "string" &&
    Array.isArray(form.inputPorts) &&
    isObject(form.output) &&
    isObject(form.constants)
  )
    return form;
  throw new RungError({
    code: "malformed-question",
    where: "kernel",
    what: "sends no source with its ports",
  });
}

const isObject = (thing: unknown): boolean => typeof thing === "object" && thing !== null;

/** A preview as JSON; the picture's values travel as base64 of their bytes, little-endian. */
function told({ result, picture, comparison, deployed, sampled }: KernelPreview): object {
  const { values, ...drawn } = picture;
  const { shape, backend, status, elapsedMs, bytes, crossCheck } = result;
  const bits = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
  return {
    result: { shape, backend, status, elapsedMs, bytes, crossCheck },
    picture: { ...drawn, values: bits },
    comparison,
    deployed,
    sampled,
  };
}
