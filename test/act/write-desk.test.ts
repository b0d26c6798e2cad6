import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Approvals } from "../../runtime/act/approvals.ts";
import { AuditLog, readAudit } from "../../runtime/act/audit/audit-log.ts";
import { EffectWatch } from "../../runtime/act/effect-watch.ts";
import { EnvelopeKeeper, type KeptEnvelope } from "../../runtime/act/envelope-keeper.ts";
import { PlantReader } from "../../runtime/act/plant/plant-reader.ts";
import type { NodeWrite } from "../../runtime/act/plant/plant-session.ts";
import { RequestWriter } from "../../runtime/act/plant/request-writer.ts";
import type { Reading } from "../../runtime/act/plant-view.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import { ResultLog } from "../../runtime/act/result-log.ts";
import { WriteDesk } from "../../runtime/act/write-desk.ts";
import { WriteHistory } from "../../runtime/act/write-history.ts";
import { monotonicMs } from "../../runtime/core/time.ts";
import { ovenEnvelope, TWIN, withoutBlock, zoneTarget } from "./oven-envelope.ts";

const TARGET = `${TWIN}/zone1/airTemperatureSetpoint`;
const REQUEST = "ns=1;s=Oven1.Zone1.Request";
const SETPOINT = "ns=1;s=Oven1.Zone1.AirTempSP";

/** A plant session without a plant: whatever is asked for is there, fresh and good, and what is written is kept. */
class FakePort {
  readonly written: NodeWrite[] = [];
  readonly #values = new Map<string, number>();
  /** Called with the ids before each answer. */
  onRead: (nodeIds: readonly string[]) => void | Promise<void> = () => undefined;
  onWrite: (writes: readonly NodeWrite[]) => void = () => undefined;
  plantTimeUs = 1_790_000_000e6;
  /** The PLC does not look at the request block. */
  deaf = false;

  /** As the plant itself changes it. */
  put(nodeId: string, value: number): void {
    this.#values.set(nodeId, value);
  }

  #valueOf(id: string): number {
    if (id === "clock") return this.plantTimeUs;
    if (id === "speed") return 1;
    const own = this.#values.get(id);
    if (own !== undefined) return own;
    if (id.endsWith(".State")) return 6;
    if (id.endsWith(".Low")) return 100;
    if (id.endsWith(".High")) return 240;
    return id.endsWith(".AirTempSP") || id.endsWith(".AirTemp") ? 180 : 0;
  }

  async read(nodeIds: readonly string[]): Promise<Reading[]> {
    await this.onRead(nodeIds);
    return nodeIds.map((id) => ({ value: this.#valueOf(id), good: true, sourceTimeUs: this.plantTimeUs }));
  }

  async write(writes: readonly NodeWrite[]): Promise<void> {
    this.written.push(...writes);
    for (const { nodeId, value } of writes) this.#values.set(nodeId, value);
    // The PLC of zone 1 obeys: it looks when the sequence changes.
    const asked = writes.find(({ nodeId }) => nodeId === `${REQUEST}.Sequence`);
    if (asked !== undefined && !this.deaf) {
      this.#values.set(SETPOINT, this.#values.get(`${REQUEST}.Value`)!);
      this.#values.set(`${REQUEST}.EchoSequence`, asked.value);
      this.#values.set(`${REQUEST}.Result`, 1);
    }
    this.onWrite(writes);
  }

  /** Values the PLC was asked to take. */
  get asked(): number {
    return this.written.filter(({ nodeId }) => nodeId === `${REQUEST}.Sequence`).length;
  }
}

describe("the write desk judges again in the turn of a write", () => {
  let directory: string;
  let port: FakePort;
  let audit: AuditLog;
  let approvals: Approvals;
  let desk: WriteDesk;
  let kept: KeptEnvelope;
  let reader: PlantReader;
  /** What forbids writing, as the actuator would find it now. */
  let causes: string[];
  let next = 0;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "rung-desk-"));
    port = new FakePort();
    causes = [];
    approvals = new Approvals();
    audit = new AuditLog(directory);
    const keeper = new EnvelopeKeeper(directory, {}, new Set());
    const envelope = ovenEnvelope();
    kept = keeper.want(envelope).kept;
    keeper.commission(kept, kept.wantedHash, "by anna");
    reader = new PlantReader(port, { reality: "virtual", clockNode: "clock", speedNode: "speed" });
    desk = new WriteDesk({
      keeper,
      reader,
      writer: new RequestWriter(port, { readBackWithinMs: 200, readBackTolerance: 0.01 }),
      audit,
      approvals,
      results: new ResultLog(),
      history: new WriteHistory(),
      look: () => reader.refresh([envelope]),
      judge: (one) => one.arming.causesAre(causes, monotonicMs()),
      lockOut: (one, cause) => one.arming.disarm(cause),
      effects: new EffectWatch({ audit, found: () => undefined, wrong: () => undefined }),
      takeoverMs: 1000,
    });
    kept.arming.arm("act", 600_000, ["anna"], monotonicMs());
  });
  afterEach(() => {
    audit.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function propose(changes: Partial<Proposal> = {}) {
    const [result] = await desk.propose([
      {
        kind: "proposal",
        id: `p${++next}`,
        target: TARGET,
        value: 185,
        unit: "°C",
        expiresUs: port.plantTimeUs + 60e6,
        evidence: [],
        recommendation: `r${next}`,
        ...changes,
      },
    ]);
    return result!;
  }
  const lastEvent = () => readAudit(directory).records.at(-1)!;
  /** Runs once, while the plant is looked at before the decision. */
  const atLook = (act: () => void) => {
    port.onRead = () => {
      port.onRead = () => undefined;
      act();
    };
  };
  /** Runs once, at the first read of the writer: of the sequence alone, after the decision. */
  const atWriter = (act: () => void | Promise<void>) => {
    port.onRead = async (ids) => {
      if (ids.length > 1) return;
      port.onRead = () => undefined;
      await act();
    };
  };

  it("writes what nothing forbids", async () => {
    const result = await propose();
    assert.deepEqual([result.state, result.readBack, port.asked], ["verified", 185, 1]);
    assert.equal(kept.writes.length, 1);
  });

  it("does not look at the plant for what is no proposal", async () => {
    let reads = 0;
    port.onRead = () => {
      reads++;
    };
    const results = await desk.propose([null, 7, {}, { id: "x".repeat(301) }]);
    assert.deepEqual(
      results.map(({ state }) => state),
      ["refused", "refused", "refused", "refused"],
    );
    assert.equal(reads, 0);
    assert.deepEqual([lastEvent().event, lastEvent().data.outcome], ["decision", "malformed"]);
  });

  it("forgets the readings of a node that no envelope names any more", async () => {
    const target = zoneTarget(1, {
      effect: { nodeId: "ns=1;s=Oven1.Roof", direction: "same", leastChange: 0.5, withinMs: 30_000 },
    });
    const effects = new EffectWatch({ audit, found: () => undefined, wrong: () => undefined });
    const view = await reader.refresh([{ ...ovenEnvelope(), targets: [target] }]);
    effects.see(view, [target], reader.nowUs());
    assert.equal(effects.before(target), 0);
    effects.see(view, [zoneTarget(1)], reader.nowUs());
    assert.equal(effects.before(target), undefined);
  });

  it("the writer itself asks and beats for no PLC without a request block", async () => {
    const writer = new RequestWriter(port, { readBackWithinMs: 100, readBackTolerance: 0.01 });
    const target = withoutBlock(ovenEnvelope().targets[0]!);
    const outcome = await writer.write(target, 185, 180, () => undefined);
    assert.deepEqual(outcome, { state: "withheld", reason: "the PLC has no request block" });
    await writer.beat([target]);
    assert.deepEqual(port.written, []);
  });

  it("sees a disarm and a hold that come while the plant is being looked at", async () => {
    atLook(() => kept.arming.disarm(null));
    assert.equal((await propose()).state, "observed");
    kept.arming.arm("act", 600_000, ["anna"], monotonicMs());
    atLook(() => {
      causes = ["no heartbeat from the host for 6.0 s"];
    });
    const held = await propose();
    assert.deepEqual([held.state, held.reason], ["refused", "on hold: no heartbeat from the host for 6.0 s"]);
    assert.deepEqual(port.written, []);
  });

  // The writer reads the sequence first: the plant's view and the decision are older than what happens then.
  for (const [what, happens, reason] of [
    ["a disarm", () => kept.arming.disarm(null), /not armed/],
    ["a lock-out", () => kept.arming.disarm("read-back lock-out"), /disarmed: read-back lock-out/],
    ["a silent host", () => causes.push("no heartbeat from the host for 6.0 s"), /on hold: no heartbeat/],
    ["rung 4 that is lost", () => causes.push("rung 4 does not hold: drift"), /on hold: rung 4/],
    [
      "another envelope",
      () => {
        kept.wanted = ovenEnvelope({ max: 260 });
      },
      /the envelope was changed meanwhile/,
    ],
  ] as const) {
    it(`${what} between decision and write withholds it, with the reason in the audit`, async () => {
      atWriter(() => void happens());
      const result = await propose();
      assert.equal(result.state, "refused");
      assert.match(result.reason, reason);
      assert.deepEqual(port.written, []);
      const { event, data } = lastEvent();
      assert.equal(event, "withheld");
      assert.match(String(data.reason), reason);
      assert.deepEqual(kept.writes, [], "it is no write that failed");
    });
  }

  it("a proposal of a recommendation that was approved with another value is refused, and waits for nobody", async () => {
    kept.arming.arm("advise", 600_000, ["anna"], monotonicMs());
    const first = await propose({ recommendation: "r" });
    assert.equal(first.state, "awaiting-approval");
    const { hash } = approvals.list()[0]!;
    approvals.approve("r", hash, "anna", port.plantTimeUs, () => undefined);
    const late = await propose({ recommendation: "r", value: 187 });
    assert.deepEqual(
      [late.state, late.reason],
      ["refused", `waits for no approval: r: is approved, not for 187 °C at ${TARGET}`],
    );
  });

  it("a proposal that runs out meanwhile is withheld", async () => {
    const expiresUs = port.plantTimeUs + 40_000;
    atWriter(() => new Promise((resolve) => setTimeout(resolve, 60)));
    const result = await propose({ expiresUs });
    assert.equal(result.state, "refused");
    assert.match(result.reason, /expired 0\.\d s ago/);
    assert.deepEqual(port.written, []);
  });

  it("a disarm before the sequence is written keeps the PLC from looking", async () => {
    port.onWrite = () => kept.arming.disarm(null);
    const result = await propose();
    assert.deepEqual([result.state, port.asked], ["refused", 0]);
    assert.equal(port.written.length, 4, "value, expected, time to live, heartbeat");
    assert.equal(lastEvent().event, "withheld");
  });

  /** Runs once, right after the PLC was asked. */
  const whenAsked = (act: () => void) => {
    port.onWrite = (writes) => {
      if (!writes.some(({ nodeId }) => nodeId === `${REQUEST}.Sequence`)) return;
      port.onWrite = () => undefined;
      act();
    };
  };

  for (const theirs of [120, 183]) {
    it(`a person's ${theirs} after the PLC accepted, before it was read back, is taken over and not overwritten`, async () => {
      whenAsked(() => port.put(SETPOINT, theirs));
      const result = await propose();
      assert.deepEqual([result.state, result.readBack, port.asked], ["refused", theirs, 1]);
      assert.match(result.reason, new RegExp(`taken-over: accepted 185, then changed to ${theirs} °C`));
      assert.equal(lastEvent().data.state, "taken-over");
      assert.deepEqual([...kept.takenOver.keys()], [TARGET]);
      assert.deepEqual([kept.inForce.size, kept.arming.armed], [0, true]);
      assert.equal(kept.writes[0]!.state, "taken-over");
    });
  }

  for (const [what, answer, now] of [
    ["clamps it", 2, 182],
    ["accepts it and does nothing", 1, 180],
    ["has timed out already", 6, 180],
  ] as const) {
    it(`a PLC that ${what} has answered: locked out, not asked again`, async () => {
      whenAsked(() => {
        port.put(`${REQUEST}.Result`, answer);
        port.put(SETPOINT, now);
      });
      const result = await propose();
      assert.deepEqual([result.state, result.readBack, port.asked], ["failed", now, 1]);
      assert.match(kept.arming.state(monotonicMs()).disarmedBecause!, /read-back lock-out/);
    });
  }

  it("a deaf PLC is asked once more, from the same setpoint", async () => {
    port.deaf = true;
    assert.equal((await propose()).state, "failed");
    const expected = port.written.filter(({ nodeId }) => nodeId === `${REQUEST}.Expected`);
    assert.deepEqual([port.asked, expected.map(({ value }) => value)], [2, [180, 180]]);
  });

  it("looks at range and step again before each try: the plant's view goes on meanwhile", async () => {
    port.deaf = true;
    whenAsked(() => {
      port.put(SETPOINT, 120);
      void reader.refresh([ovenEnvelope()]);
    });
    assert.equal((await propose()).state, "failed");
    assert.equal(port.asked, 1, "the second try would be a step of 65 °C");
  });

  for (const [what, nodeId, value, reason] of [
    ["a person's change", SETPOINT, 170, /a step of 15 °C, at most 10/],
    ["a lower limit of the PLC", `${REQUEST}.High`, 182, /185 °C is not within the PLC's 100 to 182/],
  ] as const) {
    it(`${what} between decision and write withholds it`, async () => {
      atWriter(async () => {
        port.put(nodeId, value);
        await reader.refresh([ovenEnvelope()]);
      });
      const result = await propose();
      assert.equal(result.state, "refused");
      assert.match(result.reason, reason);
      assert.deepEqual(port.written, []);
    });
  }
});
