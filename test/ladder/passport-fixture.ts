import { type Evidence, RUNGS, type Rung, type Verdict } from "../../runtime/core/evidence.ts";
import { measured } from "../../runtime/ladder/fact.ts";
import type { ActuatorFacts, HostFacts } from "../../runtime/ladder/passport/host-facts.ts";
import { notKnown } from "../../runtime/ladder/passport/not-known.ts";
import { type HeldChange, type Passport, passportOf } from "../../runtime/ladder/passport/passport.ts";
import type { RowVerdict, TwinVerdict } from "../../runtime/ladder/verdict.ts";
import { analyse, cumulative, type WiredTwin } from "../../runtime/ladder/wiring.ts";
import { draw, type Node, OVEN } from "./draw.ts";

export const SECOND = 1e6;
/** 2026-11-22 08:00 and 2026-09-21 14:00 UTC. */
export const WALL_US = Date.UTC(2026, 10, 22, 8) * 1000;
export const PLANT_US = Date.UTC(2026, 8, 21, 14) * 1000;
const HASH = "3f9a21c4".repeat(8);

/** The oven of the virtual plant, wired for 5. */
export const LOOP = draw(
  "src opcua-source > st state > his history; st > det detect; st > est estimate; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate; om oven",
  {
    plant: { type: "rung-opcua-link", name: "virtual plant", reality: "virtual" },
    oven: { objective: "hold the cure window at least gas", targetRung: 5 },
    src: { name: "oven PLC" },
    det: { name: "oven faults" },
    om: { name: "oven 1 model", twin: "oven", oven: '{"zones":6}' },
    act: { name: "set points" },
  },
);

const NODES = ["st", "src", "det", "fc", "opt", "act"] as const;

export function record(rung: Rung, name: string, verdict: Verdict, more: Partial<Evidence> = {}): Evidence {
  return {
    id: `${OVEN}/${rung}/${name}`,
    twin: OVEN,
    rung,
    node: NODES[rung],
    what: name,
    value: 0.25,
    unit: "s",
    limit: "< 3 s",
    verdict,
    timeUs: PLANT_US,
    ...more,
  };
}

/** Evidence that a running oven has, each row with what its engines say; `armed` false fails row 5. */
export function ovenEvidence(armed = true): Evidence[] {
  const days = 86_400 * SECOND;
  return [
    record(1, "age p99", "holds", { value: 0.42 }),
    record(1, "completeness", "holds", { value: 99.8, unit: "%", limit: ">= 99 %" }),
    record(2, "false alarms", "holds", {
      value: 3,
      unit: "1",
      limit: "at most 5 of 50 windows (binomial 95 %)",
      validUntilUs: PLANT_US + 7 * days,
    }),
    record(3, "MASE", "holds", { value: 0.69, unit: "1", limit: "upper bound < 1" }),
    record(4, "metal RMSE", "holds", {
      value: 2.1,
      unit: "K",
      limit: "<= 3 K",
      newestSampleUs: PLANT_US - SECOND,
    }),
    record(5, "envelope commissioned and armed", armed ? "holds" : "fails", {
      value: armed ? 1 : 0,
      unit: "1",
      limit: "armed to act",
      ...(armed ? {} : { cause: "not armed" }),
    }),
  ];
}

export const ACTUATOR: ActuatorFacts = {
  isolation: { isolated: false, measured: true, reasons: ["same operating system user as the host"] },
  envelope: {
    name: "cure envelope",
    wantedHash: HASH,
    commissionedHash: HASH,
    commissioned: true,
    commissionedHow: "automatically for the virtual plant",
    mode: "act",
    hold: null,
    disarmedBecause: null,
    armedUntilUs: WALL_US + 3600 * SECOND,
  },
};

export const HOST: HostFacts = {
  clockUs: () => PLANT_US,
  heard: (_twin, { node }) =>
    node === "src"
      ? { source: "opcua:plant:src", reality: "virtual", open: true, lastSignUs: PLANT_US - SECOND }
      : notKnown("nothing came from it yet"),
  actuator: () => ACTUATOR,
  calibration: () => ({
    hash: HASH,
    rows: 2000,
    fromUs: PLANT_US - 30_000 * SECOND,
    toUs: PLANT_US - 1200 * SECOND,
    validUntilUs: PLANT_US + 7 * 86_400 * SECOND,
  }),
};

/** A verdict by the simplest rule: a row holds while all of its records do. */
function verdictOf(twin: WiredTwin, records: readonly Evidence[]): TwinVerdict {
  const rows = RUNGS.map((row): RowVerdict => {
    const evidence = records.filter(({ rung }) => rung === row);
    const wired = twin.capabilities.includes(row);
    const first = evidence.find(({ verdict }) => verdict === "fails") ?? evidence[0];
    const base = { row, wired, limit: first?.limit ?? "", evidence };
    if (!wired) return { ...base, verdict: "not wired", fact: "not wired" };
    if (first === undefined && row > 0)
      return { ...base, verdict: "collecting", fact: "nothing measured yet" };
    const fact = first === undefined ? "state loaded" : (first.cause ?? `${first.what} ${measured(first)}`);
    return { ...base, verdict: first?.verdict ?? "holds", fact };
  });
  const heldCapabilities = rows.filter(({ verdict }) => verdict === "holds").map(({ row }) => row);
  const held = cumulative(new Set(heldCapabilities));
  const enough = twin.target !== null && held >= twin.target;
  return { ...twin, held, heldCapabilities, rows, enough, lastFall: null };
}

export const change = (from: Rung, to: Rung, cause: string, afterS: number): HeldChange => ({
  twin: OVEN,
  from,
  to,
  cause,
  timeUs: WALL_US + afterS * SECOND,
});
const CLIMBED = change(0, 5, "5 autonomous: envelope commissioned and armed 1", 5);

export interface Scene {
  readonly flow?: readonly Node[];
  readonly host?: HostFacts;
  readonly twin?: string;
  readonly evidence?: readonly Evidence[];
  readonly changes?: readonly HeldChange[];
}

/** A passport as the running product issues it. */
export function issued({
  flow = LOOP,
  host = HOST,
  twin = OVEN,
  evidence = ovenEvidence(),
  changes = [CLIMBED],
}: Scene = {}): Passport | undefined {
  const { twins, unguardedOutputs } = analyse(flow);
  const verdicts = twins.map((one) =>
    verdictOf(
      one,
      evidence.filter((record) => record.twin === one.address),
    ),
  );
  const measured = { verdicts, changes, host };
  const nowUs = WALL_US + 20 * SECOND;
  return passportOf({ twin, twins, unguardedOutputs, flow, product: "0.1.0", nowUs, measured });
}
