import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ApprovalClaims } from "../../../runtime/act/approval-claims.ts";
import { readRecommendation } from "../../../runtime/act/read-recommendation.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import type { StatusLine } from "../../node-status.ts";
import { type ActMessage, actNode, clientOf, clockTime } from "../act-face.ts";

interface ApproveConfig extends NodeDef {
  name: string;
  actuator: string;
}

interface Waiting {
  readonly message: ActMessage;
  readonly expiresMs: number;
}

export default function (RED: NodeAPI): void {
  RED.nodes.registerType("rung-approve", actNode(RED, start));
}

function start(RED: NodeAPI, node: Node, config: ApproveConfig, status: StatusLine): void {
  const client = clientOf(RED, config.actuator, config.name || "approve");
  const waiting = new Map<string, Waiting>();
  let last = "nothing to approve";

  const show = () => {
    const open = [...waiting.values()];
    if (open.length === 0) return status.show(last);
    const first = Math.min(...open.map(({ expiresMs }) => expiresMs));
    const count = open.length === 1 ? "" : `${open.length} `;
    status.show(`${count}open until ${clockTime(first)}`, "attention");
  };
  const endStatus = client.onStatus(() => {
    for (const approval of client.status?.approvals ?? []) {
      const one = waiting.get(approval.id);
      if (one === undefined || approval.state === "open") continue;
      waiting.delete(approval.id);
      if (approval.state === "approved") {
        const by = approval.approvedBy ?? "";
        last = `approved by ${by}`;
        node.send([{ ...one.message, rung: { ...one.message.rung, approval: { by } } } as ActMessage, null]);
      } else {
        last = "lapsed: nobody approved in time";
        node.send([null, one.message]);
      }
    }
    show();
  });

  node.on("input", async (message: ActMessage, _send, done) => {
    try {
      const recommendation = readRecommendation(message.payload);
      const { id, title, twin, changes, expiresUs } = recommendation;
      const negligible = message.rung?.envelope?.negligible ?? [];
      const asked = changes.filter(({ target, from, to }) => from !== to && !negligible.includes(target));
      const problem = await client.requestApproval({
        id,
        title,
        twin,
        changes: asked.map(({ target, to, unit }) => ({ target, value: to, unit })),
        expiresUs,
        claims: claimsOf(recommendation),
      });
      if (problem !== undefined) {
        throw new RungError({ code: "not-asked", where: config.name || "approve", what: problem });
      }
      waiting.set(id, { message, expiresMs: expiresUs / 1000 });
      show();
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  node.on("close", () => {
    endStatus();
    waiting.clear();
    status.close();
  });
  show();
}

/** What an approver reads of it; a recommendation of a foreign node may lack any part. */
function claimsOf({ projected, comparisons, constraints }: Partial<Recommendation>): ApprovalClaims {
  return {
    ...(projected === undefined ? {} : { projected }),
    comparisons: comparisons ?? [],
    constraints: constraints ?? [],
  };
}
