import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Actuator } from "../../runtime/act/actuator.ts";
import { readAudit } from "../../runtime/act/audit/audit-log.ts";
import type { Envelope, EnvelopeTarget } from "../../runtime/act/envelope.ts";
import type { RowFour } from "../../runtime/act/host-watch.ts";
import { measureIsolation } from "../../runtime/act/isolation.ts";
import { type ActuatorSettings, VIRTUAL_SETTINGS } from "../../runtime/act/plant/actuator-settings.ts";
import type { Proposal, ProposalResult } from "../../runtime/act/proposal.ts";
import { DrivenClock } from "./driven-clock.ts";
import { DrivenPlant } from "./driven-plant.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";

export const ENVELOPE = "envelope-oven1";
export const zoneAddress = (zone: number): string => `${TWIN}/zone${zone}/airTemperatureSetpoint`;

/** So wide that nothing but the fault under test stands against a write. */
const WIDE: Partial<EnvelopeTarget> = {
  maxStep: 20,
  ratePerMinute: 10_000,
  ratePerHour: 1e6,
  budgetPerShift: 1e6,
  maxInputAgeMs: 2_000,
  ttlMs: 10_000,
};

/** An armed actuator, its plant and its host on one clock that the test turns: minutes take milliseconds. */
export class DrivenActuator {
  readonly clock = new DrivenClock();
  readonly plant = new DrivenPlant(this.clock);
  readonly home = mkdtempSync(join(tmpdir(), "rung-driven-"));
  readonly envelope: Envelope;
  readonly settings: ActuatorSettings;
  actuator: Actuator;
  /** What the host says with each heartbeat; undefined: it is dead. */
  rowFour: RowFour | undefined = { holds: true, cause: "" };
  /** Zone 1 goes up and down by 5 K for ever. */
  readonly upAndDown = (): Partial<Proposal> => ({
    target: zoneAddress(1),
    value: this.plant.zones[0]!.setpoint > 178 ? 175 : 180,
  });
  /** Called once a second with what to propose. */
  next: () => Partial<Proposal> | undefined = this.upAndDown;
  readonly results: ProposalResult[] = [];
  /** What `propose` threw: an audit that cannot be written answers nobody. */
  readonly faults: string[] = [];
  /** Nothing more goes into the audit. */
  isDiskFull = false;
  /** Thrown in a turn where nobody expects it. */
  fault: Error | undefined;
  #starts = 0;
  #ids = 0;
  #beatMs = 0;
  #proposeMs = 0;

  constructor(changes: Partial<EnvelopeTarget> = {}, settings: Partial<ActuatorSettings> = {}) {
    this.clock.install();
    this.envelope = ovenEnvelope({ ...WIDE, ...changes });
    this.settings = { ...VIRTUAL_SETTINGS, ...settings };
    mkdirSync(join(this.home, "run"));
    this.actuator = this.#make();
  }

  get directory(): string {
    return join(this.home, `actuator${this.#starts === 0 ? "" : `-${this.#starts}`}`);
  }

  #make(): Actuator {
    return new Actuator({
      directory: this.directory,
      settings: this.settings,
      session: this.plant,
      home: this.home,
      isolation: () => {
        if (this.fault !== undefined) throw this.fault;
        return measureIsolation(this.home, this.directory);
      },
      auditWrite: (fd, bytes, from) => {
        if (this.isDiskFull)
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        return writeSync(fd, bytes, from);
      },
    });
  }

  /**
   * Another process on the files as they are, as after a kill: nothing of the old one is told that it ended. On a copy,
   * since the old one's locks end with its process only.
   */
  restart(): void {
    const before = this.directory;
    this.#starts++;
    cpSync(before, this.directory, { recursive: true });
    this.actuator = this.#make();
    this.actuator.want(this.envelope);
  }

  async close(): Promise<void> {
    await this.actuator.close();
    this.clock.restore();
    rmSync(this.home, { recursive: true, force: true });
  }

  arm(): void {
    this.actuator.arm(ENVELOPE, "act", 12 * 60, "anna");
  }

  /** Until every check holds, then armed. */
  async ready(): Promise<void> {
    this.actuator.want(this.envelope);
    const propose = this.next;
    this.next = () => undefined;
    await this.run(2_000);
    this.next = propose;
    assert.deepEqual(
      this.status.checks.filter(({ holds }) => !holds).map(({ what }) => what),
      [],
    );
    this.arm();
  }

  /** Lets so much time pass, with a poll each 200 ms, a heartbeat and a proposal each second. */
  async run(ms: number): Promise<void> {
    const until = this.clock.ms + ms;
    while (this.clock.ms < until) {
      this.clock.ms += this.settings.pollMs;
      if (this.rowFour !== undefined && this.clock.ms - this.#beatMs >= 1_000) {
        this.#beatMs = this.clock.ms;
        this.actuator.heartbeat({ rowFour: { [TWIN]: this.rowFour }, envelopes: [ENVELOPE] });
      }
      await this.actuator.tick();
      if (this.clock.ms - this.#proposeMs < 1_000) continue;
      this.#proposeMs = this.clock.ms;
      const wanted = this.next();
      if (wanted !== undefined) await this.propose(wanted);
    }
  }

  async propose(changes: Partial<Proposal>): Promise<ProposalResult | undefined> {
    const id = `p${++this.#ids}`;
    try {
      const [result] = await this.actuator.propose([
        {
          kind: "proposal",
          id,
          unit: "°C",
          expiresUs: this.plant.nowUs() + 30e6,
          evidence: [],
          recommendation: id,
          ...changes,
        },
      ]);
      this.results.push(result!);
      return result;
    } catch (error) {
      this.faults.push((error as Error).message);
      return undefined;
    }
  }

  get status() {
    return this.actuator.status().envelopes[0]!;
  }

  /** What the envelope does now, with why. */
  get mode(): string {
    const { mode, hold, disarmedBecause } = this.status.arming;
    if (hold !== null) return `hold: ${hold.causes.join("; ")}`;
    return mode === "observe" ? `disarmed: ${disarmedBecause}` : mode;
  }

  /** Writes that the PLC was asked for after a moment. */
  askedAfter(ms: number): number {
    return this.plant.asked.filter(({ atMs }) => atMs > ms).length;
  }

  /** The audit's events of one kind, as they lie on the disk. */
  audited(event: string): Record<string, unknown>[] {
    return readAudit(this.directory)
      .records.filter((record) => record.event === event)
      .map(({ data }) => data);
  }
}
