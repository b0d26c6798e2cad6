import type { Node, NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import type { ScenarioResult } from "../../../runtime/prescribe/recommendation.ts";
import type { Risk } from "../../../runtime/prescribe/risk.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { type Question, questionsOf, scenarioOf } from "./questions.ts";
import type { AnswerView, WhatIfView } from "./whatif-view.ts";

interface WhatIfScreenConfig extends WidgetConfig {
  questions: string;
}

/** After so long an answer is overdue, ms: a thousand runs take less than a second. */
const LATE_MS = 30_000;

const percentOf = ({ share, upper }: Risk) => ({ percent: 100 * share, upperPercent: 100 * upper });

/** The answer of a what-if node as the screen shows it. */
export function answerView(result: ScenarioResult): AnswerView {
  const { title, comparisons, constraints, risks, runs, madeAtUs, modelVersion } = result;
  return {
    title,
    constraints,
    runs,
    madeAtUs,
    modelVersion,
    risks: (["underCure", "overBake"] as const).map((kind) => ({
      kind,
      baseline: percentOf(risks.baseline[kind]),
      scenario: percentOf(risks.scenario[kind]),
    })),
    rows: comparisons,
  };
}

export default function (RED: NodeAPI): void {
  function WhatIfWidget(this: Node, config: WhatIfScreenConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "what-if screen";
    let questions: Question[] = [];
    try {
      questions = questionsOf(config.questions ?? "", where);
    } catch (fault) {
      this.error(messageOf(fault));
    }
    const shown = questions.map(({ field: _field, ...question }) => question);
    let asked: { readonly title: string; readonly atMs: number } | undefined;
    let answer: AnswerView | undefined;
    let problem: string | undefined;
    const view = (): WhatIfView => ({
      questions: shown,
      ...(asked && { asked: { title: asked.title, isLate: performance.now() - asked.atMs > LATE_MS } }),
      ...(answer && { answer }),
      ...(problem && { problem }),
    });
    showWidget(RED, this, config, {
      view,
      take: ({ payload, error }) => {
        // A catch node passes on what the what-if node could not answer, and why.
        if (error?.message !== undefined) {
          asked = undefined;
          problem = error.message;
          return;
        }
        const result = payload as ScenarioResult | undefined;
        if (result?.kind !== "scenario") {
          throw new RungError({
            code: "not-a-scenario",
            where,
            what: `expected the answer of a what-if node, got ${describePayload(payload)}`,
            advice: "wire the what-if node that it asks back to it",
          });
        }
        asked = undefined;
        problem = undefined;
        answer = answerView(result);
      },
      act: (action) => {
        const payload = scenarioOf(questions, action, where);
        problem = undefined;
        asked = { title: (payload as { title: string }).title, atMs: performance.now() };
        return { payload };
      },
      status: () =>
        asked?.title ?? `${questions.length} ${questions.length === 1 ? "question" : "questions"}`,
    });
  }
  RED.nodes.registerType("ui-rung-whatif", WhatIfWidget);
}
