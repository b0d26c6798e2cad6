import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readApprovalClaims } from "../../runtime/act/approval-claims.ts";
import { Approvals } from "../../runtime/act/approvals.ts";
import { Arming } from "../../runtime/act/arming.ts";
import { auditFiles } from "../../runtime/act/audit/audit-files.ts";
import { AuditLog } from "../../runtime/act/audit/audit-log.ts";
import { readAuditTail } from "../../runtime/act/audit/audit-tail.ts";
import { envelopeHash } from "../../runtime/act/envelope.ts";
import { KeptEnvelope } from "../../runtime/act/envelope-keeper.ts";
import { personView } from "../../runtime/act/person-view.ts";
import type { Person, Role } from "../../runtime/act/rights.ts";
import type { ActuatorStatus, EnvelopeStatus } from "../../runtime/act/status.ts";
import { statusInScope } from "../../runtime/act/status-in-scope.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const person = (name: string, role: Role, scope: string): Person => ({
  name,
  role,
  scopes: [scope],
  setBy: "os:test",
  setAtMs: 0,
});

function kept(): KeptEnvelope {
  const one = new KeptEnvelope("envelope-oven1", new Arming());
  const envelope = ovenEnvelope();
  one.commission = { envelope, hash: envelopeHash(envelope), how: "by anna" };
  one.wanted = ovenEnvelope({ max: 225 });
  return one;
}

const REQUEST = {
  id: "r1",
  title: "Zone 1 up",
  twin: TWIN,
  changes: [{ target: ZONE1, value: 185, unit: "°C" }],
  expiresUs: 1e15,
};
const NOW_US = REQUEST.expiresUs - 60e6;
const INTERVAL = { value: 172, low: 170, high: 174 };
const CLAIMS = {
  projected: { address: `${TWIN}/exit/roof`, unit: "°C", interval: INTERVAL, afterUs: 6e8 },
  comparisons: [],
  constraints: [{ name: "peak", value: 1, limit: 2, unit: "°C", verdict: "free", hard: true }],
};

function seenBy(who: Person, proposedBy?: string) {
  const one = kept();
  const envelope = { id: one.id, twin: TWIN, targets: [{ address: ZONE1 }] } as unknown as EnvelopeStatus;
  const approval = new Approvals().request({ ...REQUEST, proposedBy }, NOW_US);
  const status = { envelopes: [envelope], approvals: [approval] } as unknown as ActuatorStatus;
  const line = (event: string, data: Record<string, unknown>) => ({
    seq: 1,
    at: "2026-01-05T06:00:00Z",
    event,
    data,
  });
  return personView(who, {
    status,
    kept: [one],
    view: undefined,
    observed: () => [],
    audit: [
      line("start", {}),
      line("arm", { envelope: "envelope-oven1" }),
      line("decision", { target: ZONE1 }),
      line("decision", { target: "acme/leipzig/press/press1/force" }),
      line("approve", { id: "r1" }),
      line("approve", { id: "of another shop" }),
      line("something new", {}),
    ],
    nowMs: 0,
  });
}

describe("what a person sees on the actuator's pages", () => {
  it("the whole plant: every line, newest first, and the difference to what is in force", () => {
    const view = seenBy(person("anna", "engineer", ""));
    assert.deepEqual(
      view.audit.map(({ event }) => event),
      ["something new", "approve", "approve", "decision", "decision", "arm", "start"],
    );
    const detail = view.envelopes["envelope-oven1"]!;
    assert.deepEqual(detail.refused, { commission: null, arm: null, disarm: null });
    assert.deepEqual(
      detail.differences.map(({ field, wanted }) => [field, wanted]),
      [
        ["highest value", "225 °C"],
        ["highest value", "225 °C"],
      ],
    );
    assert.deepEqual(view.approvals.r1, { refused: null, now: [null] });
  });

  it("one shop: only lines that are surely about it", () => {
    const view = seenBy(person("edda", "engineer", "acme/leipzig/paint"));
    assert.deepEqual(
      view.audit.map(({ event, data }) => [event, data.id ?? data.target ?? data.envelope]),
      [
        ["approve", "r1"],
        ["decision", ZONE1],
        ["arm", "envelope-oven1"],
        ["start", undefined],
      ],
    );
  });

  it("another shop: nothing of it", () => {
    const view = seenBy(person("otto", "engineer", "acme/leipzig/press"));
    assert.deepEqual(
      [view.status.envelopes, view.status.approvals, view.envelopes, view.approvals],
      [[], [], {}, {}],
    );
    assert.deepEqual(
      view.audit.map(({ data }) => data.target),
      ["acme/leipzig/press/press1/force", undefined],
    );
  });

  it("a role that lacks a right is told which, and whoever proposed it that another must approve", () => {
    const viewer = seenBy(person("vera", "viewer", ""));
    assert.deepEqual(viewer.envelopes["envelope-oven1"]!.refused, {
      commission: "is viewer: commission needs engineer",
      arm: "is viewer: arm needs engineer",
      disarm: "is viewer: disarm needs operator",
    });
    assert.equal(viewer.approvals.r1!.refused, "is viewer: approve needs operator");
    // However the name is spelt.
    assert.match(seenBy(person("anna", "engineer", ""), "ANNA").approvals.r1!.refused!, /you proposed it/);
  });
});

describe("what whoever asks for an approval says of its effect", () => {
  it("is shown, and covered by the hash that the approver sends back", () => {
    const hashOf = (more: object) => new Approvals().request({ ...REQUEST, ...more }, NOW_US).hash;
    const hashes = [
      {},
      { claims: CLAIMS },
      { claims: { ...CLAIMS, constraints: [] } },
      { claims: { ...CLAIMS, projected: { ...CLAIMS.projected, interval: { ...INTERVAL, low: 171 } } } },
      { proposedBy: "anna" },
    ].map(hashOf);
    assert.equal(new Set(hashes).size, hashes.length);
    assert.deepEqual(new Approvals().request({ ...REQUEST, claims: CLAIMS }, NOW_US).claims, CLAIMS);
  });

  it("is refused where half of it is broken, and leaves out what it does not know", () => {
    for (const [claims, what] of [
      [{ comparisons: "many" }, /comparisons: is a list/],
      [{ constraints: Array(33).fill(CLAIMS.constraints[0]) }, /at most 32/],
      [
        { projected: { ...CLAIMS.projected, interval: { value: 1, low: null, high: 2 } } },
        /interval.low: is a finite number/,
      ],
      [{ constraints: [{ ...CLAIMS.constraints[0], verdict: "fine" }] }, /verdict: is one of/],
      [{ constraints: [{ ...CLAIMS.constraints[0], name: "x".repeat(201) }] }, /at most 200 characters/],
    ] as const) {
      assert.throws(() => readApprovalClaims(claims), { code: "bad-approval", message: what });
    }
    assert.equal(readApprovalClaims(null), undefined);
    assert.deepEqual(readApprovalClaims({ more: 1 }), { comparisons: [], constraints: [] });
  });
});

describe("the status in a person's scopes", () => {
  it("tells nothing of an envelope that was commissioned for more than the scopes hold", () => {
    const one = kept();
    const [zone1] = ovenEnvelope().targets;
    one.wanted = { ...ovenEnvelope(), targets: [zone1!] };
    const envelope = { id: one.id, twin: TWIN, targets: [{ address: ZONE1 }] } as unknown as EnvelopeStatus;
    const status = { envelopes: [envelope], approvals: [] } as unknown as ActuatorStatus;
    const seen = (scopes: string[]) => {
      const who = { ...person("ben", "operator", ""), scopes };
      return statusInScope(status, who, [one]).envelopes.length;
    };
    assert.equal(seen([TWIN]), 1);
    one.commission = {
      ...one.commission!,
      envelope: { ...ovenEnvelope(), targets: [{ ...zone1!, address: "acme/leipzig/press/press1/force" }] },
    };
    assert.equal(seen([TWIN]), 0);
    assert.equal(seen([TWIN, "acme/leipzig/press"]), 1);
  });
});

describe("the tail of the audit", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-tail-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("has the last lines in their order, and is empty before the first", () => {
    assert.deepEqual(readAuditTail(directory), []);
    const audit = new AuditLog(directory);
    audit.append("start", {});
    audit.append("arm", { by: ["anna"] });
    audit.close();
    assert.deepEqual(
      readAuditTail(directory).map(({ seq, event, data }) => [seq, event, data]),
      [
        [1, "start", {}],
        [2, "arm", { by: ["anna"] }],
      ],
    );
  });

  it("goes on into the newest full file where a rotation has just begun another", () => {
    const audit = new AuditLog(directory, { largestFileBytes: 4_000 });
    const texts = ["ä", "\u{1f525}"];
    for (let i = 0; i < 60; i++) audit.append("decision", { reason: texts[i % 2] });
    audit.close();
    const lines = readAuditTail(directory);
    const [full, live] = auditFiles(directory)
      .slice(-2)
      .map((name) => readFileSync(join(directory, name), "utf8").split("\n").length - 1);
    // But for the two first lines, which carry on what was before.
    assert.equal(lines.length, full! + live! - 2);
    assert.deepEqual(new Set(lines.map(({ event }) => event)), new Set(["decision"]));
    assert.deepEqual(
      lines.slice(-2).map(({ data }) => data.reason),
      texts,
    );
  });

  it("reads no more than the end of a long log, and no broken or half-written line", () => {
    const audit = new AuditLog(directory);
    for (let i = 0; i < 300; i++) audit.append("decision", { reason: "x".repeat(400) });
    audit.close();
    appendFileSync(join(directory, "audit.jsonl"), 'nonsense\n{"seq":1}\n{"seq":302,"at":"');
    const lines = readAuditTail(directory);
    assert.equal(lines.at(-1)!.seq, 300);
    assert.ok(lines.length > 50 && lines.length < 200, `${lines.length} lines`);
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      lines.map((_line, i) => 301 - lines.length + i),
    );
  });
});
