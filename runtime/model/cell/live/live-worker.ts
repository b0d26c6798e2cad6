import { parentPort, workerData } from "node:worker_threads";
import { messageOf, RungError } from "../../../core/errors.ts";
import type { LiveQuestion, LiveReply, LiveStart } from "./live-message.ts";
import { LiveModel } from "./live-model.ts";

/** Entry of the thread that holds a cell: answers one question after another. */
const { file, variant } = workerData as LiveStart;
const reply = (message: LiveReply): void => parentPort!.postMessage(message);

function tell(thrown: unknown): void {
  const told = thrown instanceof RungError ? thrown : undefined;
  reply({ fault: { code: told?.code ?? "live-cell", where: told?.where ?? file, what: messageOf(thrown) } });
}

try {
  const model = await LiveModel.create(file, variant);
  parentPort!.on("message", (question: LiveQuestion) => {
    try {
      reply({ answer: model.answer(question) });
    } catch (thrown) {
      tell(thrown);
    }
  });
  reply({ ready: model.ready });
} catch (thrown) {
  tell(thrown);
}
