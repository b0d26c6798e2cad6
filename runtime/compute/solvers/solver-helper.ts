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

/** One for each call. */
export interface HelperReply {
  readonly fault?: string;
}

const teams = new Map<number, Record<string, SolverFunction>>();

parentPort?.on("message", (message: HelperMessage) => {
  if (message.type === "join") teams.set(message.team, solverFunctions(message.module, message.memory));
  else if (message.type === "leave") teams.delete(message.team);
  else parentPort?.postMessage(answer(message));
});

function answer(call: Extract<HelperMessage, { type: "call" }>): HelperReply {
  try {
    teams.get(call.team)![call.name]!(...call.parameters);
    return {};
  } catch (error) {
    return { fault: messageOf(error) };
  }
}
