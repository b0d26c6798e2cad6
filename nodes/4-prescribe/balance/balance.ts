import { readFile } from "node:fs/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import type { BalanceAnswer, BalanceQuestion } from "../../../runtime/prescribe/balance/balance-answer.ts";
import { balanceInBackground } from "../../../runtime/prescribe/balance/balance-in-background.ts";
import {
  type BalanceMessage,
  balanceOf,
  proofText,
} from "../../../runtime/prescribe/balance/balance-message.ts";
import { balanceRecommendation } from "../../../runtime/prescribe/balance/balance-recommendation.ts";
import {
  type BalanceForm,
  type BalanceRequest,
  balanceRequest,
  questionOf,
} from "../../../runtime/prescribe/balance/balance-request.ts";
import { readBalance } from "../../../runtime/prescribe/balance/read-balance.ts";
import { checkRules } from "../../../runtime/prescribe/balance/rules/check-rules.ts";
import { readRules } from "../../../runtime/prescribe/balance/rules/read-rules.ts";
import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import { StatusLine } from "../../node-status.ts";
import { isCancel } from "../cancel-message.ts";
import { LatestRun } from "../latest-run.ts";

interface BalanceConfig extends NodeDef {
  /** Id of the line's twin; empty where it has none. */
  twin: string;
  /** File of tasks: .IN2, .alb or .csv. */
  tasks: string;
  question: BalanceQuestion["kind"];
  /** Empty: as the file or the message says. */
  cycleS: number | string;
  stations: number | string;
  /** File of what else the line asks; empty: nothing. */
  rules: string;
  timeS: number | string;
}

interface Balanced {
  readonly balance: BalanceMessage;
  readonly recommendation: Recommendation | undefined;
}

const UNITS = { stations: "stations", cycle: "s", efficiency: "s paid" } as const;

/** @throws RungError `file-unreadable` */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(cause), cause });
  }
}

const given = (value: number | string): number | undefined =>
  value === "" || value === undefined ? undefined : Number(value);

export default function (RED: NodeAPI): void {
  function BalanceConstructor(this: Node, config: BalanceConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "balance";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    const run = new LatestRun(status);
    const [cycleS, stations] = [given(config.cycleS), given(config.stations)];
    const form: BalanceForm = {
      question: config.question,
      timeS: Number(config.timeS),
      ...(cycleS === undefined ? {} : { cycleS }),
      ...(stations === undefined ? {} : { stations }),
    };

    const problemOf = async ({ problem }: BalanceRequest) => {
      if (problem !== undefined) return problem;
      if (config.tasks) return readBalance(await textOf(config.tasks), config.tasks);
      throw new RungError({ code: "balance-request", where, what: "has no tasks", advice: "open the node" });
    };
    const rulesOf = async (request: BalanceRequest, problem: Awaited<ReturnType<typeof problemOf>>) => {
      if (request.rules !== undefined) return checkRules(request.rules, problem, where);
      return config.rules ? readRules(await textOf(config.rules), config.rules, problem) : {};
    };

    const solve = async (request: BalanceRequest, signal: AbortSignal): Promise<Balanced> => {
      const problem = await problemOf(request);
      const rules = await rulesOf(request, problem);
      const question = questionOf(request.form, problem, where);
      const answer: BalanceAnswer = await balanceInBackground(
        { problem, question, rules, limit: { timeMs: 1000 * request.form.timeS } },
        {
          signal,
          onProgress: ({ best, bound }) => {
            if (!signal.aborted) status.show(`found ${best}, none below ${bound} ${UNITS[question.kind]}`);
          },
        },
      );
      const madeAtUs = services().twins.get(twin)?.nowUs() ?? Date.now() * 1000;
      const balance = balanceOf({ twin, problem, rules, answer, madeAtUs });
      const recommendation =
        twin === "" || request.current === undefined
          ? undefined
          : balanceRecommendation(balance, request.current);
      return { balance, recommendation };
    };

    const answerTo = async (message: object): Promise<Balanced | undefined> => {
      const request = balanceRequest(message, form, where);
      const balanced = await run.answer("balancing …", (signal) => solve(request, signal));
      if (balanced !== undefined) status.show(proofText(balanced.balance));
      return balanced;
    };

    this.on("input", (message, send, done) => {
      if (isCancel(message)) {
        run.cancel();
        return done();
      }
      answerTo(message)
        .then((balanced) => {
          if (balanced !== undefined) {
            const { balance, recommendation } = balanced;
            const topic = twin || balance.problem.name;
            send([
              { ...message, topic, payload: balance },
              recommendation === undefined ? null : { ...message, topic, payload: recommendation },
            ]);
          }
          done();
        })
        .catch((fault: Error) => {
          status.show(messageOf(fault), "fault");
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      run.cancel();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-balance", BalanceConstructor);
}
