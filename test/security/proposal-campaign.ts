import { type ArmView, malformedRefusal, type RefusalCode } from "../../runtime/act/decide.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import { Random } from "../../runtime/core/random.ts";
import { brokenLimits, type Facts } from "../act/envelope-oracle.ts";
import { TWIN } from "../act/oven-envelope.ts";
import { ActuatorUnderAttack } from "./actuator-under-attack.ts";
import { addressOf, campaignEnvelope } from "./campaign-envelope.ts";
import { type Hostile, HostileProposals, type Situation, type Wire } from "./hostile-proposals.ts";
import { PLANT_TROUBLES } from "./plant-troubles.ts";
import { ZONES } from "./recording-plant.ts";

export interface CampaignSize {
  readonly seed: number;
  readonly hostile: number;
  readonly legitimate: number;
  /** It ends by then, whatever it has thrown by then. */
  readonly longestMs?: number;
}

/** One proposal that was sent, and what came back. */
interface Sent {
  readonly kind: string;
  readonly thing: Wire;
  /** What must stand in the audit as its outcome; empty: it is legitimate. */
  readonly codes: readonly string[];
  readonly state: string;
  readonly reason: string;
}

export interface CampaignReport {
  /** Per kind of attack: how many, and what the audit says of them. */
  readonly kinds: ReadonlyMap<string, { sent: number; outcomes: Map<string, number> }>;
  readonly hostile: number;
  readonly legitimate: number;
  /** Requests that reached the PLC. */
  readonly requests: number;
  readonly writes: number;
  /** Every one of these is a failure, in words. */
  readonly problems: readonly string[];
  readonly tookS: number;
}

const STEP_US = 9e6;
const ARMED: ArmView = { mode: "act" };
/** Kinds that depend on the setpoint, which another write moves meanwhile. */
const STILL_ONLY = new Set(["step too large", "within the deadband"]);
const HOSTILE_STATES = new Set(["refused", "observed", "awaiting-approval", "lapsed"]);
const EPISODE_EVERY = 61;

/**
 * Throws hostile and legitimate proposals at a real actuator process and judges what its plant was written by the
 * limits of docs/decisions/0039 alone (test/act/envelope-oracle.ts), and the audit by what was sent.
 */
export class ProposalCampaign {
  readonly #size: CampaignSize;
  readonly #random: Random;
  readonly #attack: HostileProposals;
  readonly #actuator = new ActuatorUnderAttack();
  readonly #envelope = campaignEnvelope();
  readonly #sent: Sent[] = [];
  readonly #problems: string[] = [];
  /** Requests that were refused as such: no proposal came of them. */
  readonly #refusedRequests = new Map<string, number>();
  readonly #usedIds: string[] = [];
  #hostile = 0;
  #legitimate = 0;
  #round = 0;
  #troubles = 0;
  /** Whether the actuator has read the plant's clock since it was moved. */
  #wasRead = true;

  constructor(size: CampaignSize) {
    this.#size = size;
    this.#random = new Random(size.seed);
    this.#attack = new HostileProposals(new Random(size.seed, 1));
  }

  async run(): Promise<CampaignReport> {
    const beganMs = performance.now();
    await this.#actuator.start();
    try {
      const { commissioned } = await this.#actuator.want(this.#envelope);
      if (!commissioned) throw new Error("the first envelope of a virtual plant commissions itself");
      await this.#actuator.arm("act");
      while (this.#hostile < this.#size.hostile || this.#legitimate < this.#size.legitimate) {
        if (performance.now() - beganMs > (this.#size.longestMs ?? Number.POSITIVE_INFINITY)) break;
        this.#round++;
        this.#moveClock();
        if (this.#round % EPISODE_EVERY === 0) await this.#episode();
        else if (this.#random.integer(6) === 0 && this.#hostile < this.#size.hostile) await this.#inTrouble();
        else await this.#plainRound();
      }
      await this.#actuator.endProcess();
      this.#judgeAudit();
      this.#judgeWrites();
      return this.#report(performance.now() - beganMs);
    } finally {
      await this.#actuator.stop();
    }
  }

  /** By less than a step that disarms, so that each step is read before the next. */
  #moveClock(): void {
    if (!this.#wasRead) return;
    this.#wasRead = false;
    this.#plant.nowUs += STEP_US - 1000 * this.#random.integer(4_000);
  }

  get #plant() {
    return this.#actuator.plant;
  }

  get #situation(): Situation {
    const known = this.#usedIds.length;
    return {
      nowUs: this.#plant.nowUs,
      setpoint: (zone) => this.#plant.setpoint(zone),
      usedId:
        known === 0 ? undefined : this.#usedIds[known - 1 - this.#random.integer(Math.min(known, 2_000))],
    };
  }

  /** Hostile ones, a legitimate one behind them, and more hostile ones while it is written. */
  async #plainRound(): Promise<void> {
    const before = this.#draw(3 + this.#random.integer(10));
    const tooFast = this.#againstTheHistory();
    const good = this.#drawLegitimate();
    const meanwhile = this.#draw(this.#random.integer(4)).filter(({ kind }) => !STILL_ONLY.has(kind));
    const racing = this.#random.integer(8) === 0 ? this.#rivals() : undefined;
    if (this.#random.integer(4) === 0) await this.#forge();
    if (racing !== undefined) await this.#race(racing);
    else
      await Promise.all([
        this.#send([...before, ...tooFast, ...(good === undefined ? [] : [good])]),
        this.#send(meanwhile),
      ]);
  }

  #draw(count: number): Hostile[] {
    // Once there are enough, one a round goes on moving the clock for the legitimate ones.
    const wanted = Math.max(1, Math.min(count, this.#size.hostile - this.#hostile));
    return Array.from({ length: wanted }, () => this.#attack.draw(this.#situation));
  }

  /** One that every limit allows, if there is one now. */
  #drawLegitimate(): Hostile | undefined {
    if (this.#legitimate >= this.#size.legitimate) return undefined;
    for (let tries = 0; tries < 12; tries++) {
      const zone = ZONES[this.#random.integer(ZONES.length)]!;
      const thing = this.#proposalNear(zone, 10);
      if (this.#broken(thing).size === 0) return { kind: "legitimate", thing, codes: [] };
    }
    return undefined;
  }

  #proposalNear(zone: number, most: number): { [member: string]: Wire } {
    const value = this.#plant.setpoint(zone) + most * (2 * this.#random.uniform() - 1);
    return this.#attack.good(this.#situation, zone, Math.round(value * 8) / 8);
  }

  /** Right but for rate, budget or a mutual interlock: whatever the plant's own history forbids now. */
  #againstTheHistory(): Hostile[] {
    const found: Hostile[] = [];
    for (let tries = 0; tries < 3; tries++) {
      const thing = this.#proposalNear(ZONES[this.#random.integer(ZONES.length)]!, 10);
      const codes = [...this.#broken(thing)];
      const byHistory = codes.find((code) => /too-fast|budget|interlock/.test(code));
      if (byHistory !== undefined && this.#hostile < this.#size.hostile)
        found.push({ kind: byHistory, thing, codes });
    }
    return found;
  }

  /** What the oracle has against it now. */
  #broken(thing: { [member: string]: Wire }, arm: ArmView = ARMED): Set<RefusalCode> {
    return brokenLimits(
      thing as unknown as Proposal,
      this.#facts(this.#plant.facts(), this.#plant.nowUs, arm),
    );
  }

  #facts(
    nodes: ReadonlyMap<string, Facts["node"] extends (id: string) => infer N ? N : never>,
    nowUs: number,
    arm: ArmView,
    upTo = this.#plant.requests.length,
  ): Facts {
    return {
      envelope: this.#envelope,
      node: (nodeId) => nodes.get(nodeId)!,
      plantUs: nowUs,
      nowUs,
      writes: this.#changes(upTo, nowUs),
      seen: [],
      arm,
    };
  }

  /** The changes that the plant was asked for, as it saw them, within the last 8 h. */
  #changes(upTo: number, nowUs: number): Facts["writes"] {
    const changes: Facts["writes"][number][] = [];
    for (let i = upTo - 1; i >= 0; i--) {
      const { zone, value, timeUs, before } = this.#plant.requests[i]!;
      if (timeUs < nowUs - 8 * 3600e6) break;
      const prior = before.get(`ns=1;s=Oven1.Zone${zone}.AirTempSP`)!.value;
      changes.push({ target: addressOf(zone), timeUs, change: value - prior });
    }
    return changes;
  }

  /** Proposals that would be good, while something in the plant forbids them. */
  async #inTrouble(): Promise<void> {
    const [name, trouble] = PLANT_TROUBLES[this.#troubles++ % PLANT_TROUBLES.length]!;
    const undo = trouble(this.#plant);
    const batch: Hostile[] = [];
    for (let i = 0; i < 6 && this.#hostile + batch.length < this.#size.hostile; i++) {
      const thing = this.#proposalNear(1, 8);
      const codes = [...this.#broken(thing)];
      if (codes.length === 0) this.#problems.push(`round ${this.#round}: ${name} forbids nothing`);
      // While it is armed the trouble holds it as well: that may be the reason that is told.
      batch.push({ kind: name, thing, codes: [...codes, "hold"] });
    }
    await this.#send(batch);
    undo();
    // It disarms where the actuator saw it between two proposals: people arm again.
    if (name === "emergency stop") await this.#actuator.arm("act");
  }

  /** Two that are each allowed, and not one after the other. */
  #rivals(): [Hostile, Hostile] | undefined {
    if (this.#legitimate >= this.#size.legitimate || this.#hostile >= this.#size.hostile) return undefined;
    const zone = 1 + this.#random.integer(2);
    const now = this.#plant.setpoint(zone);
    const both = [now + 7, now - 7].map((value) => this.#attack.good(this.#situation, zone, value));
    if (both.some((thing) => this.#broken(thing).size > 0)) return undefined;
    const [one, other] = both.map((thing) => ({
      kind: "race",
      thing,
      codes: ["step-too-large", "too-fast"],
    }));
    return [one as Hostile, other as Hostile];
  }

  async #race(rivals: [Hostile, Hostile]): Promise<void> {
    const answers = await Promise.all(rivals.map(({ thing }) => this.#post([thing])));
    const states = answers.map(([result]) => result.state as string);
    const won = states.indexOf("verified");
    for (const [i, rival] of rivals.entries()) {
      if (i === won) this.#keep({ ...rival, kind: "legitimate", codes: [] }, answers[i]![0]);
      else this.#keep(rival, answers[i]![0]);
    }
    if (won < 0) this.#problems.push(`round ${this.#round}: neither of two rivals was written: ${states}`);
  }

  /** Good proposals under no token, a wrong one, a person's; bodies that are none. */
  async #forge(): Promise<void> {
    const proposals = [this.#proposalNear(1, 5)];
    const text = JSON.stringify({ proposals });
    const { hostToken, adminToken } = this.#actuator;
    const forged: readonly (readonly [unknown, Record<string, string>, string, number])[] = [
      [{ proposals }, {}, "wrong-token", 401],
      [{ proposals }, { Authorization: "Bearer " }, "wrong-token", 401],
      [{ proposals }, { Authorization: `Bearer ${hostToken.slice(0, -1)}` }, "wrong-token", 401],
      [{ proposals }, { Authorization: `Bearer ${hostToken} x` }, "wrong-token", 401],
      [{ proposals }, { Authorization: hostToken }, "wrong-token", 401],
      [{ proposals }, { Authorization: `Bearer ${adminToken}` }, "wrong-token", 401],
      [{ proposals, token: hostToken }, { Cookie: `token=${hostToken}` }, "wrong-token", 401],
      [
        { proposals },
        { Authorization: `Bearer ${hostToken}`, Origin: "http://127.0.0.1:1880" },
        "foreign-origin",
        403,
      ],
      [{ proposals }, { Authorization: `Bearer ${hostToken}`, Host: "rung.example" }, "foreign-host", 403],
      [
        text.replace(/"value":[^,]+/, '"value":NaN'),
        { Authorization: `Bearer ${hostToken}` },
        "request-failed",
        400,
      ],
      [
        text.replace(/"value":[^,]+/, '"value":Infinity'),
        { Authorization: `Bearer ${hostToken}` },
        "request-failed",
        400,
      ],
      [text.slice(0, -3), { Authorization: `Bearer ${hostToken}` }, "request-failed", 400],
      [{ proposals: proposals[0] }, { Authorization: `Bearer ${hostToken}` }, "bad-request", 400],
      [
        { proposals: Array(65).fill(proposals[0]) },
        { Authorization: `Bearer ${hostToken}` },
        "too-many",
        400,
      ],
      [{ proposals: ["x".repeat(140_000)] }, { Authorization: `Bearer ${hostToken}` }, "request-failed", 413],
    ];
    const [body, headers, code, status] = forged[this.#random.integer(forged.length)]!;
    const answer = await this.#actuator.post("/proposals", body, headers);
    if (answer.status !== status) this.#problems.push(`${code}: answered ${answer.status}, not ${status}`);
    this.#refusedRequests.set(code, (this.#refusedRequests.get(code) ?? 0) + 1);
    this.#hostile++;
  }

  /** What people do or a deploy does: rare, since each needs a password or a new arm. */
  async #episode(): Promise<void> {
    const episodes = [this.#changedEnvelope, this.#disarmed, this.#advice];
    await episodes[(this.#round / EPISODE_EVERY) % episodes.length]!.call(this);
  }

  /** A deploy widens the envelope: nothing is in force until a person commissions it, nor after it is taken back. */
  async #changedEnvelope(): Promise<void> {
    const wider = campaignEnvelope({ max: 400, maxStep: 500, ratePerMinute: 500 });
    const { commissioned } = await this.#actuator.want(wider);
    if (commissioned) this.#problems.push("a changed envelope commissioned itself");
    const both = () => [
      { thing: this.#attack.good(this.#situation, 1, 390), kind: "changed envelope" },
      { thing: this.#proposalNear(2, 5), kind: "changed envelope" },
    ];
    await this.#send(both().map((one) => ({ ...one, codes: ["envelope-changed"] as const })));
    await this.#actuator.want(this.#envelope);
    await this.#send([
      { ...both()[0]!, codes: ["out-of-range"] },
      ...this.#allowed(3).map((thing) => ({ thing, kind: "disarmed", codes: ["disarmed"] as const })),
    ]);
    await this.#actuator.arm("act");
  }

  /** The host itself stops it, which it may; what it proposes then is observed. */
  async #disarmed(): Promise<void> {
    await this.#actuator.asHost("/disarm", { envelope: "campaign" });
    await this.#send(
      this.#allowed(4).map((thing) => ({
        thing,
        kind: "not armed",
        codes: ["not-armed", "disarmed"] as const,
      })),
    );
    const arm = { envelope: "campaign", mode: "act", minutes: 10 };
    await this.#requestRefused(await this.#actuator.asHost("/arm", arm), "not-signed-in", 401);
    await this.#requestRefused(await this.#actuator.asOperator("/arm", arm), "not-allowed", 403);
    await this.#actuator.arm("act");
  }

  /** Armed to advise: unapproved, self-approved, approved as something else; then truly approved, and written. */
  async #advice(): Promise<void> {
    await this.#actuator.asAdmin("/disarm", { envelope: "campaign" });
    await this.#actuator.arm("advise");
    const [thing] = this.#allowed(1);
    if (thing !== undefined && this.#legitimate < this.#size.legitimate) {
      const [first] = await this.#post([thing]);
      this.#keep({ kind: "not approved", thing, codes: ["awaiting-approval"] }, first);
      const { target, value, unit } = thing;
      const own = {
        id: `own-${this.#round}`,
        title: "Zone up",
        twin: TWIN,
        changes: [{ target, value, unit }],
        expiresUs: this.#plant.nowUs + 60e6,
        proposedBy: this.#actuator.operator.name.toUpperCase(),
      };
      const { body: asked } = await this.#actuator.asHost("/approvals", own);
      const approval = { proposal: own.id, hash: asked.hash };
      await this.#requestRefused(await this.#actuator.asOperator("/approve", approval), "self-approval", 403);
      await this.#requestRefused(await this.#actuator.asHost("/approve", approval), "not-signed-in", 401);
      const { body } = await this.#actuator.ask("GET", "/status", undefined, {
        Authorization: `Bearer ${this.#actuator.hostToken}`,
      });
      const shown = body.approvals.find(({ id }: { id: string }) => id === thing.recommendation);
      const other = { proposal: thing.recommendation, hash: asked.hash };
      await this.#requestRefused(await this.#actuator.asOperator("/approve", other), "proposal-changed", 409);
      const approved = await this.#actuator.asOperator("/approve", {
        proposal: thing.recommendation,
        hash: shown.hash,
      });
      this.#keep({ kind: "legitimate", thing, codes: [] }, approved.body.results[0]);
      // Of the one that was approved, another value.
      const widened = { ...thing, id: `${thing.id as string}-wider`, value: (thing.value as number) + 1 };
      const [answer] = await this.#post([widened]);
      this.#keep(
        {
          kind: "approved otherwise",
          thing: widened,
          codes: ["awaiting-approval", ...this.#broken(widened)],
        },
        answer,
      );
    }
    await this.#actuator.asAdmin("/disarm", { envelope: "campaign" });
    await this.#actuator.arm("act");
  }

  async #requestRefused(
    answer: { status: number; body: { error?: { code?: string } } },
    code: string,
    status: number,
  ) {
    if (answer.status !== status || answer.body.error?.code !== code)
      this.#problems.push(
        `round ${this.#round}: ${code}: answered ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    this.#refusedRequests.set(code, (this.#refusedRequests.get(code) ?? 0) + 1);
    this.#hostile++;
  }

  /** Some that every limit allows, each on its own. */
  #allowed(most: number): { [member: string]: Wire }[] {
    const found: { [member: string]: Wire }[] = [];
    for (let tries = 0; tries < 40 && found.length < most; tries++) {
      const thing = this.#proposalNear(ZONES[this.#random.integer(ZONES.length)]!, 8);
      if (this.#broken(thing).size === 0) found.push(thing);
    }
    return found;
  }

  async #send(batch: readonly Hostile[]): Promise<void> {
    if (batch.length === 0) return;
    const results = await this.#post(batch.map(({ thing }) => thing));
    for (const [i, one] of batch.entries()) this.#keep(one, results[i]);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what came back is judged by whoever asked
  async #post(things: readonly Wire[]): Promise<any[]> {
    const text = JSON.stringify({ proposals: things }).replace(/"@raw ([^@]+)@"/g, "$1");
    const { status, body } = await this.#actuator.asHost("/proposals", text);
    // The plant is not asked for what is no proposal.
    if (status === 200)
      this.#wasRead ||= JSON.parse(text).proposals.some(
        (thing: unknown) => malformedRefusal(thing) === undefined,
      );
    if (status === 200 && body.results.length === things.length) return body.results;
    this.#problems.push(
      `round ${this.#round}: a batch was answered ${status}: ${JSON.stringify(body)}; ${text}`,
    );
    return things.map(() => ({ state: "none", reason: "" }));
  }

  #keep({ kind, thing, codes }: Hostile, result: { state: string; reason: string } | undefined): void {
    const state = result?.state ?? "none";
    this.#sent.push({ kind, thing, codes, state, reason: result?.reason ?? "" });
    if (codes.length === 0) {
      this.#legitimate++;
      if (state !== "verified")
        this.#problems.push(`legitimate, ${state}: ${result?.reason} ${JSON.stringify(thing)}`);
    } else {
      this.#hostile++;
      if (!HOSTILE_STATES.has(state))
        this.#problems.push(`${kind}, ${state}: ${result?.reason} ${JSON.stringify(thing)}`);
    }
    const id = isObject(thing) ? thing.id : undefined;
    if (typeof id === "string" && !codes.includes("malformed") && !codes.includes("awaiting-approval"))
      this.#usedIds.push(id);
  }

  /** Every refusal stands in the audit, with its reason; every legitimate one three times. */
  #judgeAudit(): void {
    const lines = this.#actuator.audit();
    const decisions = lines.filter(({ event }) => event === "decision");
    const byMark = new Map<string, { outcome: string; reason: string }[]>();
    for (const { data } of decisions) {
      const told = byMark.get(data.recommendation) ?? [];
      told.push(data);
      byMark.set(data.recommendation, told);
    }
    let unmarked = 0;
    for (const { kind, thing, codes, reason } of this.#sent) {
      const mark = markOf(thing);
      if (mark === undefined) {
        unmarked++;
        continue;
      }
      const told = byMark.get(mark)?.shift();
      const outcome = told?.outcome ?? "nothing";
      const expected = codes.length === 0 ? ["accepted"] : (codes as readonly string[]);
      if (!expected.includes(outcome))
        this.#problems.push(
          `${kind}: the audit says ${outcome}, not one of ${expected}: ${JSON.stringify(thing)}`,
        );
      else if (codes.length > 0 && told!.reason !== reason)
        this.#problems.push(`${kind}: the audit says "${told!.reason}", the answer "${reason}"`);
      this.#count(kind, outcome);
    }
    const rest = [...byMark.values()].flat();
    const known = rest.filter(({ outcome, reason }) => outcome === "malformed" && reason !== "");
    if (known.length !== unmarked || rest.length !== unmarked)
      this.#problems.push(`${unmarked} were no proposals, the audit knows ${known.length} of ${rest.length}`);
    for (let i = 0; i < unmarked; i++) this.#count("no proposal at all", "malformed");
    this.#judgeWritten(lines);
    this.#judgeRefusedRequests(lines);
  }

  #judgeWritten(lines: ReturnType<ActuatorUnderAttack["audit"]>): void {
    const written = lines.filter(({ event }) => event === "write").map(({ data }) => String(data.id));
    const verified = new Set(
      lines.filter(({ data }) => data.state === "verified").map(({ data }) => String(data.id)),
    );
    const wanted = this.#sent
      .filter(({ codes }) => codes.length === 0)
      .map(({ thing }) => String((thing as { id: string }).id));
    const once = new Set(written);
    if (once.size !== written.length || written.length !== wanted.length)
      this.#problems.push(`${wanted.length} were legitimate, the audit knows ${written.length} writes`);
    for (const id of wanted) {
      if (!once.has(id) || !verified.has(id))
        this.#problems.push(`${id}: its write or read-back is not in the audit`);
    }
  }

  #judgeRefusedRequests(lines: ReturnType<ActuatorUnderAttack["audit"]>): void {
    const told = new Map<string, number>();
    for (const { data } of lines.filter(({ event }) => event === "request-refused")) {
      for (const [kind, times] of Object.entries(data.times as Record<string, number>)) {
        const code = kind.split(" ")[0]!;
        told.set(code, (told.get(code) ?? 0) + times);
      }
    }
    for (const [code, times] of this.#refusedRequests) {
      if (told.get(code) !== times)
        this.#problems.push(
          `${times} requests were refused as ${code}, the audit knows ${told.get(code) ?? 0}`,
        );
      this.#count("forged or broken request", code, times);
    }
  }

  /** What reached the plant, by the plant's own record. */
  #judgeWrites(): void {
    const { writes, requests } = this.#plant;
    for (const { nodeId, value } of writes) {
      if (!/^ns=1;s=Oven1\.Zone[1-4]\.Request\.(Value|Expected|TtlMs|Heartbeat|Sequence)$/.test(nodeId))
        this.#problems.push(`${nodeId} was written: ${String(value)}`);
      if (!Number.isFinite(Number(value))) this.#problems.push(`${nodeId}: ${String(value)} is no number`);
    }
    const wanted = this.#sent.filter(({ codes }) => codes.length === 0).length;
    if (requests.length !== wanted)
      this.#problems.push(`${wanted} were legitimate, the plant saw ${requests.length} requests`);
    for (const [i, { zone, value, timeUs, before }] of requests.entries()) {
      const thing = { target: addressOf(zone), value, unit: "°C", expiresUs: timeUs + 1, id: `request ${i}` };
      const broken = brokenLimits(thing as unknown as Proposal, this.#facts(before, timeUs, ARMED, i));
      if (broken.size > 0)
        this.#problems.push(`request ${i} to zone ${zone}: ${value} breaks ${[...broken]}`);
    }
  }

  readonly #kinds = new Map<string, { sent: number; outcomes: Map<string, number> }>();

  #count(kind: string, outcome: string, times = 1): void {
    const row = this.#kinds.get(kind) ?? { sent: 0, outcomes: new Map<string, number>() };
    row.sent += times;
    row.outcomes.set(outcome, (row.outcomes.get(outcome) ?? 0) + times);
    this.#kinds.set(kind, row);
  }

  #report(tookMs: number): CampaignReport {
    return {
      kinds: this.#kinds,
      hostile: this.#hostile,
      legitimate: this.#legitimate,
      requests: this.#plant.requests.length,
      writes: this.#plant.writes.length,
      problems: this.#problems,
      tookS: tookMs / 1000,
    };
  }
}

/** What it is found by in the audit. */
function markOf(thing: Wire): string | undefined {
  return isObject(thing) && typeof thing.recommendation === "string" ? thing.recommendation : undefined;
}

function isObject(thing: Wire): thing is { [member: string]: Wire } {
  return thing !== null && typeof thing === "object" && !Array.isArray(thing);
}
