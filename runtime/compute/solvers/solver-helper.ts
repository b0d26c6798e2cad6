/** Entry of a helper thread: it calls functions of the fast lane over memories that it shares with its team. */
import { parentPort } from "node:worker_threads";
import { messageOf } from "../../core/errors.ts";
import { type SolverFunction, solverFunctions } from "./solver-wasm.ts";

export type HelperMessage =
  | {
      readonly type: "join";
      readonly team: number;
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
    }
  | {
      readonly type: "call";
      readonly team: number;
      readonly name: string;
      readonly parameters: readonly number[];
    }
  | { readonly type: "leave"; readonly team: number };

/** One for each that joins and for each call. */
export interface HelperReply {
  readonly fault?: string;
}

const teams = new Map<number, Record<string, SolverFunction>>();

parentPort?.on("message", (message: HelperMessage) => {
  if (message.type === "leave") teams.delete(message.team);
  else parentPort?.postMessage(answer(message));
});

function answer(message: Exclude<HelperMessage, { type: "leave" }>): HelperReply {
  try {
    if (message.type === "join") teams.set(message.team, solverFunctions(message.module, message.memory));
    else teams.get(message.team)![message.name]!(...message.parameters);
    return {};
  } catch (error) {
    return { fault: messageOf(error) };
  }
}
