import type { Node, NodeAPI } from "node-red";
import { armText } from "../../../runtime/act/actuator-client.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import type { Risk } from "../../../runtime/prescribe/risk.ts";
import { GAS_ROW, UNDER_CURE_CONSTRAINT } from "../../../runtime/prescribe/run-figures.ts";
import { numberText } from "../look/numbers.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { RecommendationPanelView, RecommendationView, RiskView } from "./recommendation-view.ts";

/** "zone3/airTemperatureSetpoint" reads as "Zone 3". */
function targetLabel(twin: string, target: string): string {
  const path = target.startsWith(`${twin}/`) ? target.slice(twin.length + 1) : target;
  const zone = /^zone(\d+)\//.exec(path)?.[1];
  return zone === undefined ? path : `Zone ${zone}`;
}

/** A recommendation as the card shows it. */
export function recommendationView(recommendation: Recommendation, nowUs: number): RecommendationView {
  const { twin, title, changes, later = [], comparisons, constraints, nominal, risks } = recommendation;
  const { certificate } = recommendation;
  const { expiresUs, madeAtUs, modelVersion } = recommendation;
  return {
    title,
    changes: changes.map(({ target, from, to, unit }) => ({
      label: targetLabel(twin, target),
      from,
      to,
      unit,
    })),
    later: later.map(({ afterS, changes: moves }) => {
      const words = moves.map(({ target, to }) => `${targetLabel(twin, target)} → ${Math.round(to)}`);
      return `in ${Math.round(afterS / 60)} min ${words.join(", ")} ${changes[0]?.unit ?? ""}`.trim();
    }),
    comparisons,
    underCure:
      risks === undefined
        ? null
        : {
            baseline: riskView(risks.baseline.underCure),
            scenario: riskView((certificate ?? risks.scenario).underCure),
            nominal: riskView(risks.nominal.underCure),
          },
    nominalWarning: nominalWarning(recommendation),
    constraints,
    nominal:
      nominal === undefined ? [] : comparisons.map(({ what }) => nominalValue(nominal.comparisons, what)),
    expiresUs,
    madeAtUs,
    modelVersion,
    expired: nowUs > expiresUs,
  };
}

const riskView = ({ share, upper }: Risk): RiskView => ({
  percent: share * 100,
  upperPercent: upper * 100,
});

/** "Nominal would save 18 % of the gas, but 31 % of the bodies would be under-cured." */
function nominalWarning({ nominal, risks, constraints }: Recommendation): string {
  const gas = nominal?.comparisons.find((row) => row.what === GAS_ROW);
  const allowed = constraints.find((one) => one.name.startsWith(UNDER_CURE_CONSTRAINT));
  if (gas === undefined || risks === undefined || allowed === undefined) return "";
  const percent = risks.nominal.underCure.share * 100;
  if (percent <= allowed.limit) return "";
  const saving = (100 * (gas.baseline.value - gas.scenario.value)) / gas.baseline.value;
  const cost =
    saving > 0
      ? `Nominal would save ${numberText(saving, 1)} % of the gas, but`
      : `Nominal would use ${numberText(-saving, 1)} % more gas, and`;
  return `${cost} ${numberText(percent, percent < 1 ? 2 : 0)} % of the bodies would be under-cured.`;
}

function nominalValue(rows: Recommendation["comparisons"], what: string): number | null {
  return rows.find((row) => row.what === what)?.scenario.value ?? null;
}

/** @throws RungError `not-a-recommendation` */
function recommendationOf(payload: unknown): Recommendation {
  const recommendation = payload as Recommendation | undefined;
  if (recommendation?.kind === "recommendation") return recommendation;
  throw new RungError({
    code: "not-a-recommendation",
    where: "msg.payload",
    what: "expected a recommendation",
    advice: "wire an optimise node to this widget",
  });
}

export default function (RED: NodeAPI): void {
  function RecommendationWidget(this: Node, config: WidgetConfig): void {
    RED.nodes.createNode(this, config);
    let newest: Recommendation | undefined;
    const view = (): RecommendationPanelView => {
      const actuator = services().actuator();
      const nowUs = newest === undefined ? undefined : services().twins.get(newest.twin)?.nowUs();
      const text = armText(actuator.status, undefined);
      return {
        recommendation:
          newest === undefined || nowUs === undefined ? null : recommendationView(newest, nowUs),
        actuator: { armed: text.startsWith("armed"), text: `Actuator: ${text}`, page: actuator.page },
        timeUs: nowUs === undefined ? null : Math.floor(nowUs / 1e6) * 1e6,
      };
    };
    showWidget(RED, this, config, {
      take: ({ payload }) => {
        newest = recommendationOf(payload);
      },
      view,
      status: () =>
        newest === undefined ? "no recommendation yet" : `${newest.changes.length} setpoints proposed`,
    });
  }
  RED.nodes.registerType("ui-rung-recommendation", RecommendationWidget);
}
