import { Approvals } from "../../../runtime/act/approvals.ts";
import type { Envelope } from "../../../runtime/act/envelope.ts";
import { envelopeDifference } from "../../../runtime/act/envelope-difference.ts";
import type { EnvelopeDetail, PersonView } from "../../../runtime/act/person-view.ts";
import type { ActuatorStatus, ApprovalStatus, Check, EnvelopeStatus } from "../../../runtime/act/status.ts";
import { ovenEnvelope, TWIN, zoneTarget } from "../oven-envelope.ts";

/** 2026-01-05 06:12:40 on the plant's clock. */
const NOW_US = Date.UTC(2026, 0, 5, 6, 12, 40) * 1000;
const WALL_MS = Date.UTC(2026, 10, 22, 10, 42, 31);
const ID = "envelope-oven1";
const zone = (number: number) => `${TWIN}/zone${number}/airTemperatureSetpoint`;
const HASH = "a".repeat(64);

const ENVELOPE: Envelope = {
  ...ovenEnvelope({ maxInputAgeMs: 60_000, ttlMs: 120_000, budgetPerShift: 96 }),
  targets: [1, 2, 3, 4].map((number) =>
    zoneTarget(number, { maxInputAgeMs: 60_000, ttlMs: 120_000, budgetPerShift: 96 }),
  ),
};

/** What the flow wants after a person widened zone 1 and took zone 4 out. */
const WIDER: Envelope = {
  ...ENVELOPE,
  validUntil: "2026-12-31",
  targets: ENVELOPE.targets.slice(0, 3).map((target, i) =>
    i === 0
      ? {
          ...target,
          max: 235,
          interlocks: [
            {
              label: "supply fan flow",
              nodeId: "ns=1;s=Oven1.SupplyFan.Flow",
              min: 5.5,
              update: "cyclic",
              maxAgeMs: 30_000,
            },
          ],
        }
      : target,
  ),
};

const OBSERVED_CHECK = "Observed decisions inside their interval";

const CHECKS: readonly Check[] = [
  { what: "Envelope commissioned", holds: true, value: "by anna, 2026-11-20" },
  { what: "Plant read by the actuator", holds: true, value: "4 setpoints" },
  { what: "Plant fresh, on remote, running", holds: true, value: "oldest 0.4 s" },
  { what: "Nobody took over", holds: true, value: "none" },
  { what: "Heartbeat of the host", holds: true, value: "0.4 s ago" },
  { what: "Rung 4 held", holds: true, value: "held" },
  { what: OBSERVED_CHECK, holds: true, value: "20 of 20 needed, 1 outside" },
  { what: "Audit whole", holds: true, value: "every line" },
  { what: "Isolated from the host", holds: true, value: "own user, own key" },
];

function checksWith(what: string, value: string): Check[] {
  return CHECKS.map((check) => (check.what === what ? { what, holds: false, value } : check));
}

const ENVELOPE_STATUS: EnvelopeStatus = {
  id: ID,
  name: "Paint, oven 1",
  twin: TWIN,
  wantedHash: HASH,
  commissionedHash: HASH,
  commissioned: true,
  retired: false,
  commissionedHow: "by anna, 2026-11-20",
  arming: { mode: "observe", armedBy: [], armedForMs: 0, hold: null, disarmedBecause: null },
  armedUntilMs: null,
  armRequest: null,
  checks: CHECKS,
  observed: { inside: 20, outside: 1, needed: 20, enough: true },
  targets: ENVELOPE.targets.map(({ address, unit, min, max }, i) => ({
    address,
    unit,
    min,
    max,
    hasRequestBlock: true,
    setpoint: [150, 188, 195, 198][i]!,
    inForce: null,
    beforeArm: [140, 180, null, 190][i] ?? null,
  })),
  writes: [
    {
      target: zone(1),
      value: 150,
      prior: 140,
      unit: "°C",
      state: "verified",
      readBack: 150,
      reason: "read back 150 °C",
      effect: "seen",
      plantTimeUs: NOW_US - 60e6,
      atMs: WALL_MS - 60_000,
    },
    {
      target: zone(4),
      value: 198,
      prior: 190,
      unit: "°C",
      state: "mismatch",
      readBack: 193,
      reason: "mismatch: the PLC has 193 °C, not 198 °C",
      plantTimeUs: NOW_US - 120e6,
      atMs: WALL_MS - 120_000,
    },
  ],
};

const interval = (value: number, low: number, high: number) => ({ value, low, high });
const PROJECTED = {
  address: `${TWIN}/exit/roofTemperature`,
  unit: "°C",
  interval: interval(172, 170, 174),
  baseline: interval(168, 166, 169),
  afterUs: 600e6,
};

function observed(inside: boolean | undefined, i: number): EnvelopeDetail["observed"][number] {
  return {
    id: `p${i}`,
    recommendation: `r${i}`,
    envelope: ID,
    hash: HASH,
    target: zone((i % 4) + 1),
    value: 185,
    prior: 180,
    unit: "°C",
    atUs: NOW_US - i * 600e6,
    judgedBy: inside === undefined ? null : i % 2 === 0 ? "change" : "no change",
    projected: PROJECTED,
    ...(inside === undefined ? {} : { realised: inside ? (i % 2 === 0 ? 171.2 : 167.4) : 175.9, inside }),
    judgedUs: NOW_US - i * 600e6 + 600e6,
    reason:
      inside === undefined
        ? "a person set 183 °C instead"
        : `judged by what came ${i % 2 === 0 ? "with" : "without"} the change`,
  };
}

const DETAIL: EnvelopeDetail = {
  differences: [],
  refused: { commission: null, arm: null, disarm: null },
  lockedOut: false,
  armLastsMs: 0,
  secondPersonWithinMs: null,
  withoutRequestBlock: [],
  observed: [observed(true, 1), observed(false, 2), observed(undefined, 3), observed(true, 4)],
};

const STATUS: ActuatorStatus = {
  kind: "actuator-status",
  pid: 4711,
  reality: "live",
  personsToArm: 2,
  isolation: { isolated: true, measured: true, reasons: [] },
  plant: { connected: true, problem: null, timeUs: NOW_US, speed: 1 },
  hostSilentMs: 400,
  audit: { whole: true, breaks: [] },
  envelopes: [],
  approvals: [],
  counts: {},
  resultSeq: 0,
};

const AUDIT: PersonView["audit"] = [
  ["read-back", { target: zone(1), state: "verified", reason: "read back 150 °C" }],
  ["write", { envelope: ID, target: zone(1), value: 150, prior: 140, unit: "°C" }],
  [
    "decision",
    { target: zone(1), value: 150, unit: "°C", outcome: "accepted", reason: "inside the envelope" },
  ],
  ["arm", { envelope: ID, mode: "act", minutes: 60, by: ["anna", "ben"] }],
  ["arm-requested", { envelope: ID, by: "anna", mode: "act", minutes: 60 }],
  ["commission", { envelope: ID, how: "by anna, 2026-11-20" }],
  ["start", { reality: "live" }],
].map(([event, data], i) => ({
  seq: 40 - i,
  at: new Date(WALL_MS - i * 60_000).toISOString(),
  event: event as string,
  data: data as Record<string, unknown>,
}));

interface Changes {
  readonly envelope?: Partial<EnvelopeStatus> | null;
  readonly detail?: Partial<EnvelopeDetail>;
  readonly status?: Partial<ActuatorStatus>;
  readonly approvals?: readonly { readonly status: ApprovalStatus; readonly refused: string | null }[];
  readonly person?: Partial<PersonView["person"]>;
}

function view({ envelope = {}, detail, status, approvals = [], person }: Changes): PersonView {
  const shown = envelope === null ? [] : [{ ...ENVELOPE_STATUS, ...envelope }];
  return {
    kind: "person-view",
    person: { name: "anna", role: "engineer", scopes: [""], ...person },
    status: { ...STATUS, envelopes: shown, approvals: approvals.map((one) => one.status), ...status },
    envelopes: Object.fromEntries(shown.map(({ id }) => [id, { ...DETAIL, ...detail }])),
    approvals: Object.fromEntries(
      approvals.map(({ status: { id }, refused }) => [id, { refused, now: [140, 180, 195, null] }]),
    ),
    audit: AUDIT,
  };
}

function approval(proposedBy?: string): ApprovalStatus {
  return new Approvals().request(
    {
      id: "r7",
      title: "Compensate zone 3",
      twin: TWIN,
      changes: [150, 188, 197, 198].map((value, i) => ({ target: zone(i + 1), value, unit: "°C" })),
      expiresUs: NOW_US + 229e6,
      ...(proposedBy === undefined ? {} : { proposedBy }),
      claims: {
        projected: PROJECTED,
        comparisons: [
          {
            what: "under-cure",
            unit: "%",
            baseline: interval(18.6, 17, 20),
            scenario: interval(0.1, 0, 0.3),
            difference: interval(-18.5, -20, -17),
          },
          {
            what: "gas per body",
            unit: "kWh",
            baseline: interval(23.6, 23.5, 23.8),
            scenario: interval(24.1, 24, 24.3),
            difference: interval(0.5, 0.4, 0.7),
          },
        ],
        constraints: [
          { name: "peak metal", value: 198, limit: 198, unit: "°C", verdict: "at limit", hard: true },
          { name: "under-cured bodies", value: 0.1, limit: 1, unit: "%", verdict: "free", hard: true },
          { name: "gas per shift", value: 5.2, limit: 5, unit: "MWh", verdict: "violated", hard: false },
        ],
      },
    },
    NOW_US,
  );
}

const ARMED = {
  mode: "act",
  armedBy: ["anna", "ben"],
  armedForMs: 1_944_000,
  hold: null,
  disarmedBecause: null,
} as const;
const armedUntilMs = WALL_MS + 1_944_000;
const disarmed = (disarmedBecause: string) => ({ ...ENVELOPE_STATUS.arming, disarmedBecause });

/** Every state a person can find the page in, by what it is called in its picture's file. */
export const VIEWS: Readonly<Record<string, PersonView>> = {
  "nothing-wanted": view({ envelope: null }),
  "never-commissioned": view({
    envelope: {
      commissioned: false,
      commissionedHash: null,
      commissionedHow: null,
      writes: [],
      observed: { inside: 0, outside: 0, needed: 20, enough: false },
      checks: checksWith("Envelope commissioned", "changed, or never commissioned"),
    },
    detail: { differences: envelopeDifference(undefined, WIDER), observed: [] },
  }),
  changed: view({
    envelope: {
      commissioned: false,
      arming: disarmed("the envelope was changed"),
      checks: checksWith("Envelope commissioned", "changed, or never commissioned"),
    },
    detail: { differences: envelopeDifference(ENVELOPE, WIDER) },
  }),
  observing: view({
    envelope: {
      observed: { inside: 7, outside: 1, needed: 20, enough: false },
      checks: checksWith(OBSERVED_CHECK, "7 of 20 needed, 1 outside"),
      writes: [],
    },
  }),
  ready: view({ envelope: { writes: [] } }),
  "second-person": view({
    envelope: { armRequest: { by: "ben", mode: "act", minutes: 60 } },
    detail: { secondPersonWithinMs: 204_000 },
  }),
  "own-request": view({
    envelope: { armRequest: { by: "anna", mode: "advise", minutes: 240 } },
    detail: { secondPersonWithinMs: 299_000 },
  }),
  armed: view({ envelope: { arming: ARMED, armedUntilMs }, detail: { armLastsMs: 3_600_000 } }),
  hold: view({
    envelope: {
      arming: {
        ...ARMED,
        hold: {
          forMs: 4_000,
          causes: [
            `${zone(3)}: ns=1;s=Oven1.Zone3.AirTemp is 64 s old`,
            `${zone(1)}: taken over by an operator`,
          ],
        },
      },
      armedUntilMs,
      checks: checksWith(
        "Plant fresh, on remote, running",
        `${zone(3)}: ns=1;s=Oven1.Zone3.AirTemp is 64 s old`,
      ),
    },
    detail: { armLastsMs: 3_600_000 },
  }),
  disarmed: view({ envelope: { arming: disarmed("the plant's clock stepped by 12 s") } }),
  "locked-out": view({
    envelope: {
      targets: ENVELOPE_STATUS.targets.map((target, i) =>
        i === 3 ? { ...target, proposedBack: 190 } : target,
      ),
      arming: disarmed(`read-back lock-out: ${zone(4)}: the PLC has 193 °C, not 198 °C`),
    },
    detail: { lockedOut: true },
  }),
  "link-lost": view({
    envelope: {
      checks: checksWith("Plant read by the actuator", "connection to opc.tcp://10.0.3.7:4840 was lost"),
    },
    status: {
      plant: {
        connected: false,
        problem: "connection to opc.tcp://10.0.3.7:4840 was lost",
        timeUs: NOW_US,
        speed: 1,
      },
    },
  }),
  "not-isolated": view({
    envelope: {
      checks: checksWith(
        "Isolated from the host",
        "not isolated: same operating system user as the host (RUNG_HOME, its run file, its process)",
      ),
    },
    status: {
      isolation: {
        isolated: false,
        measured: true,
        reasons: ["same operating system user as the host (RUNG_HOME, its run file, its process)"],
      },
    },
  }),
  "audit-broken": view({
    envelope: { checks: checksWith("Audit whole", "broken") },
    status: { audit: { whole: false, breaks: ["line 214: was changed, its hash does not fit"] } },
  }),
  "advise-only": view({
    envelope: {
      checks: checksWith(
        "Plant fresh, on remote, running",
        `${zone(1)}: quality of the PLC's low limit is not good`,
      ),
    },
    detail: { withoutRequestBlock: [1, 2, 3, 4].map(zone) },
  }),
  virtual: view({
    envelope: { commissionedHow: "automatically for the virtual plant" },
    status: {
      reality: "virtual",
      personsToArm: 1,
      isolation: { isolated: false, measured: true, reasons: ["same operating system user as the host"] },
    },
    person: { name: "admin", role: "admin" },
  }),
  retired: view({
    envelope: { retired: true, commissioned: false, wantedHash: null, targets: [], writes: [] },
    detail: { observed: [] },
  }),
  approval: view({
    envelope: { arming: { ...ARMED, mode: "advise" }, armedUntilMs },
    detail: { armLastsMs: 3_600_000 },
    approvals: [{ status: approval(), refused: null }],
    person: { name: "otto", role: "operator", scopes: ["acme/leipzig/paint"] },
  }),
  "self-approval": view({
    approvals: [{ status: approval("anna"), refused: "you proposed it: another person must approve it" }],
  }),
  viewer: view({
    envelope: { arming: ARMED, armedUntilMs },
    detail: {
      armLastsMs: 3_600_000,
      refused: {
        commission: "is viewer: commission needs engineer",
        arm: "is viewer: arm needs engineer",
        disarm: "is viewer: disarm needs operator",
      },
    },
    approvals: [{ status: approval(), refused: "is viewer: approve needs operator" }],
    person: { name: "vera", role: "viewer" },
  }),
};
