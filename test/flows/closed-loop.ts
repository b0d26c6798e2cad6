import { join } from "node:path";
import { Plant } from "../../plant/physics/plant.ts";
import { readAudit } from "../../runtime/act/audit/audit-log.ts";
import type { EnvelopeTarget } from "../../runtime/act/envelope.ts";
import type { Commission } from "../../runtime/act/envelope-keeper.ts";
import { readJsonFile } from "../../runtime/core/private-file.ts";
import { ActuatorPerson } from "./actuator-person.ts";
import { type AuditedWrite, auditedWrites } from "./envelope-breaches.ts";
import { eventually, type Product } from "./product.ts";

/** Bodies that are judged, in the order in which they leave the oven after the fault begins. */
export const JUDGED = 30;
/** What left before the loop could act. */
export const FIRST = 5;
const SEED = 1;
/** Wall time between arming and the fault. */
const SETTLED_MS = 15_000;
/** The coat's limits of the virtual plant. */
const COAT = { e170LeastMin: 10, e170MostMin: 55, peakMostC: 205 };

export interface LoopCase {
  readonly fault: "fouled-nozzle" | "drifting-thermocouple";
  readonly defect: "under" | "over";
  readonly what: string;
}

export const CASES: readonly LoopCase[] = [
  { fault: "fouled-nozzle", defect: "under", what: "a node with E170 < 10 min" },
  { fault: "drifting-thermocouple", defect: "over", what: "a node with E170 > 55 min or a peak > 205 °C" },
];

/** A body as the plant itself knows it; no sensor shows this. */
export interface TrueBody {
  readonly id: number;
  readonly e170: Readonly<Record<string, number>>;
  readonly peak: Readonly<Record<string, number>>;
  readonly energyKwh: number;
}

export interface LoopRun {
  readonly bodies: readonly TrueBody[];
  /** Those of the bodies that are spoilt. */
  readonly spoilt: readonly TrueBody[];
  /** Bodies beyond the limit on the other side: an answer must not trade one defect for the other unseen. */
  readonly pastOpposite: number;
  readonly kWhPerBody: number;
}

export interface ArmedRun extends LoopRun {
  readonly spoiltAfterFirst: readonly TrueBody[];
  /** Every write in the actuator's audit, which is whole. */
  readonly writes: readonly AuditedWrite[];
  readonly readBacks: readonly { readonly state: string; readonly reason: string }[];
  /** Those of the envelopes that are commissioned. */
  readonly targets: readonly EnvelopeTarget[];
}

function judge(bodies: readonly TrueBody[], { defect }: LoopCase): LoopRun {
  const isUnder = ({ e170 }: TrueBody) => Math.min(...Object.values(e170)) < COAT.e170LeastMin;
  const isOver = ({ e170, peak }: TrueBody) =>
    Math.max(...Object.values(e170)) > COAT.e170MostMin || Math.max(...Object.values(peak)) > COAT.peakMostC;
  const [isSpoilt, isOpposite] = defect === "under" ? [isUnder, isOver] : [isOver, isUnder];
  return {
    bodies,
    spoilt: bodies.filter(isSpoilt),
    pastOpposite: bodies.filter(isOpposite).length,
    kWhPerBody: bodies.reduce((sum, body) => sum + body.energyKwh, 0) / bodies.length,
  };
}

/** The same physics and seed in this process, its setpoints left alone: what happens where nobody acts. */
export function disarmedRun(loopCase: LoopCase): LoopRun {
  const plant = new Plant({ seed: SEED, startTimeUs: 1_790_000_000_000_000 });
  plant.step(1200);
  const from = plant.finished.at(-1)?.id ?? 0;
  plant.fault({ fault: loopCase.fault, zone: 3 });
  const after = () => plant.finished.filter((body) => body.id > from);
  while (after().length < JUDGED) plant.step(60);
  return judge(after().slice(0, JUDGED), loopCase);
}

/**
 * The product as shipped, armed by a person at the actuator, against a fault of its plant.
 * @param speed plant seconds per wall second from the fault on; left out, the demo's 60
 */
export async function armedRun(product: Product, loopCase: LoopCase, speed?: number): Promise<ArmedRun> {
  const person = await ActuatorPerson.signIn(product);
  await eventually("the actuator lets itself be armed", () => armedWhenReady(person), 120_000);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  if (speed !== undefined) await product.plant("POST", "/speed", { speed });
  const before = await product.plant<{ bodies: TrueBody[] }>("GET", "/truth");
  const from = before.bodies.at(-1)?.id ?? 0;
  await product.plant("POST", "/faults", { fault: loopCase.fault, zone: 3 });
  const bodies = await eventually(
    `${JUDGED} bodies out of the oven`,
    async () => {
      const { bodies } = await product.plant<{ bodies: TrueBody[] }>("GET", `/truth?after=${from}`);
      return bodies.length >= JUDGED ? bodies.slice(0, JUDGED) : undefined;
    },
    speed === undefined ? 150_000 : (150_000 * 60) / speed,
  );
  const directory = join(product.home, "actuator");
  const commissioned = readJsonFile<Commission[]>(join(directory, "envelopes.json")) ?? [];
  const audit = readAudit(directory);
  if (audit.breaks.length > 0) throw new Error(`the audit is broken: ${audit.breaks.join("; ")}`);
  return {
    ...judge(bodies, loopCase),
    spoiltAfterFirst: judge(bodies.slice(FIRST), loopCase).spoilt,
    writes: auditedWrites(audit.records),
    readBacks: audit.records
      .filter(({ event }) => event === "read-back")
      .map(({ data }) => ({ state: String(data.state), reason: String(data.reason) })),
    targets: commissioned.flatMap(({ envelope }) => envelope.targets),
  };
}

/** Arms for an hour; undefined while a check does not hold yet. */
async function armedWhenReady(person: ActuatorPerson): Promise<true | undefined> {
  const [envelope] = (await person.status()).envelopes;
  if (envelope === undefined || !envelope.checks.every((check) => check.holds)) return undefined;
  await person.arm(envelope.id, 60);
  return true;
}
