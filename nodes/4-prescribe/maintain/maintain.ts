import { readFile } from "node:fs/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { parse } from "yaml";
import { pathBelow } from "../../../runtime/core/address.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { isBad } from "../../../runtime/core/quality.ts";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import { services } from "../../../runtime/host/services.ts";
import { workOrders } from "../../../runtime/host/work-orders.ts";
import { InstructionShelf } from "../../../runtime/prescribe/maintain/instructions/instruction-shelf.ts";
import type { MaintenanceInstance } from "../../../runtime/prescribe/maintain/maintenance-instance.ts";
import { eventOf, openOrders, pastOf } from "../../../runtime/prescribe/maintain/orders/open-orders.ts";
import { readMaintainedPlant } from "../../../runtime/prescribe/maintain/rolling/maintained-plant.ts";
import { planEvidence } from "../../../runtime/prescribe/maintain/rolling/plan-evidence.ts";
import { planInBackground } from "../../../runtime/prescribe/maintain/rolling/plan-in-background.ts";
import { type PlanInput, planInput } from "../../../runtime/prescribe/maintain/rolling/plan-input.ts";
import { planWords } from "../../../runtime/prescribe/maintain/rolling/plan-message.ts";
import { planRecommendation } from "../../../runtime/prescribe/maintain/rolling/plan-recommendation.ts";
import { RollingPlan } from "../../../runtime/prescribe/maintain/rolling/rolling-plan.ts";
import { foretoldIdle } from "../../../runtime/prescribe/maintain/rolling/stop-windows.ts";
import { UsageNotes } from "../../../runtime/prescribe/maintain/rolling/usage-notes.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";
import { isCancel } from "../cancel-message.ts";
import { LatestRun } from "../latest-run.ts";

interface MaintainConfig extends NodeDef {
  /** Id of the twin whose clock and samples it plans by; empty: the wall clock, and no samples. */
  twin: string;
  /** File of what is maintained, and the same as text where there is none. */
  file: string;
  plant: string;
  /** Components by a form, as the file lists them; empty or left out: those of the file or the text. */
  components?: readonly object[];
  /** Folder of instructions; empty: orders have no steps. */
  instructions: string;
  /** Empty: as the file says. */
  repairers: number | string;
  setupCost: number | string;
  downtimeRate: number | string;
  horizonH: number | string;
  /** At the latest so often the plan is made anew, minutes of the twin's clock. */
  everyMin: number | string;
  seed: number | string;
}

/** Whether a new plan is worth its thread is asked at most so often. */
const LOOK_MS = 2000;

const given = (value: number | string): number | undefined =>
  value === "" || value === undefined ? undefined : Number(value);

export default function (RED: NodeAPI): void {
  function MaintainConstructor(this: Node, config: MaintainConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "maintain";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    const run = new LatestRun(status);
    const book = workOrders();
    const nowUs = (): number => services().twins.get(twin)?.nowUs() ?? wallTimeUs();
    const ending: (() => void)[] = [];
    let notes: UsageNotes | undefined;
    let plan: RollingPlan | undefined;
    let shelf = new InstructionShelf([]);
    status.show("ready");

    const open = async (): Promise<RollingPlan> => {
      const text = config.file ? await textOf(config.file) : (config.plant ?? "");
      if (config.instructions) shelf = InstructionShelf.read(config.instructions);
      const plant = readMaintainedPlant(
        text === "" ? {} : yamlOf(text, config.file || where),
        config.file || where,
        figuresOf(config),
      );
      notes = new UsageNotes(book, twin, plant.components);
      plan = new RollingPlan({
        twin,
        plant,
        seed: Number(config.seed) || 1,
        past: (component) => pastOf(book, twin, component),
        marks: notes.marks,
        solve: planInBackground,
      });
      return plan;
    };
    /** Read by the first message; a fault is told by every message until the node is mended. */
    let opening: Promise<RollingPlan> | undefined;
    const opened = (): Promise<RollingPlan> => {
      opening ??= open();
      return opening;
    };

    let isPlanning = false;
    const planNow = async (): Promise<void> => {
      const rolling = await opened();
      isPlanning = true;
      try {
        const made = await run.answer("plans …", (signal) => rolling.plan(nowUs(), signal));
        if (made === undefined) return;
        openOrders(book, made, rolling.plant, shelf, wallTimeUs());
        notes?.note(rolling, true);
        status.show(planWords(made));
        const topic = twin || made.name;
        const proposed = planRecommendation(made);
        this.send([
          { topic, payload: made },
          proposed === undefined ? null : { topic, payload: proposed },
          null,
        ]);
      } finally {
        isPlanning = false;
      }
    };
    const group = async (instance: MaintenanceInstance): Promise<object | undefined> => {
      const due = instance.activities.map(({ dueH }) => ({ lowH: dueH, highH: dueH }));
      const answer = await run.answer("plans …", (signal) =>
        planInBackground({ instance, due, seed: Number(config.seed) || 1 }, signal),
      );
      if (answer === undefined) return undefined;
      const { groups, value, saved, proven } = answer.plan;
      status.show(`${groups.length} stops save ${saved.toFixed(2)}`);
      return { kind: "maintenance-grouping", name: instance.name, value, saved, proven, groups };
    };

    /** The fault of the last plan that was made by itself, told once. */
    let told = "";
    const look = (): void => {
      if (plan === undefined || isPlanning) return;
      const lastUs = plan.last?.madeAtUs ?? Number.NEGATIVE_INFINITY;
      const isLate = nowUs() - lastUs > (Number(config.everyMin) || 60) * 60e6;
      if (plan.last === undefined || !(isLate || plan.isOutdated(nowUs()))) return;
      planNow().then(
        () => {
          told = "";
        },
        (fault: Error) => {
          status.show(messageOf(fault), "fault");
          if (told !== messageOf(fault)) this.error(messageOf(fault));
          told = messageOf(fault);
        },
      );
    };
    const timer = setInterval(look, LOOK_MS);
    ending.push(() => clearInterval(timer));
    ending.push(
      services().measuredBy(this.id, () => {
        if (twin === "") return [];
        const signed = book
          .query({ twin, states: ["signed off"] })
          .toSorted((a, b) => a.signed!.timeUs - b.signed!.timeUs);
        return planEvidence({ twin, node: this.id, plan: plan?.last, signed, nowUs: nowUs() });
      }),
    );
    ending.push(
      book.onLine((order, line) => {
        const event = order.twin === twin ? eventOf(order, line) : undefined;
        if (event !== undefined) this.send([null, null, { topic: event.asset, payload: event }]);
      }),
    );

    const takeFrame = async (message: { payload?: unknown; topic?: unknown }): Promise<void> => {
      const input = frameOf(message as never, where);
      if (input === undefined) return;
      if (input.twin !== twin) {
        throw new RungError({
          code: "other-twin",
          where,
          what: `plans ${twin === "" ? "no twin" : twin} and got a frame of ${input.twin}`,
          advice: "choose the twin of the state that is wired to it",
        });
      }
      const rolling = await opened();
      const { frame } = input;
      for (let row = 0; row < frame.length; row++) {
        if (isBad(frame.qualityAt(row))) continue;
        rolling.takeSample(
          pathBelow(frame.addressAt(row), twin),
          frame.sourceTimeUsAt(row),
          frame.valueAt(row),
        );
      }
      notes?.note(rolling, false);
      if (rolling.last === undefined && !isPlanning) await planNow();
    };
    const take = async (input: PlanInput): Promise<object | undefined> => {
      switch (input.is) {
        case "request":
          await planNow();
          return undefined;
        case "instance":
          return group(input.instance);
        case "life":
          (await opened()).takeLife(input.life, where);
          break;
        case "finding":
          (await opened()).takeFinding(input.finding);
          break;
        case "line":
          (await opened()).takeIdle(input.line.twin || input.line.name, foretoldIdle(input.line));
          break;
        case "stops":
          (await opened()).takeStops(input.stops);
          break;
      }
      // What comes in a burst is planned once.
      if (plan?.last === undefined && !isPlanning) await planNow();
      return undefined;
    };

    let toldFrame = "";
    this.on("input", (message, send, done) => {
      if (isCancel(message)) {
        run.cancel();
        return done();
      }
      const isFrame = Frame.is(message.payload);
      const work = async (): Promise<void> => {
        if (isFrame) {
          await takeFrame(message);
          toldFrame = "";
          return;
        }
        const answer = await take(planInput(message.payload, where));
        if (answer !== undefined) send([{ ...message, payload: answer }, null, null] as never);
      };
      work()
        .then(() => done())
        .catch((fault: Error) => {
          status.show(messageOf(fault), "fault");
          // Frames come several times a second: one fault is told once.
          if (isFrame && toldFrame === messageOf(fault)) return done();
          if (isFrame) toldFrame = messageOf(fault);
          done(fault);
        });
    });
    this.on("close", (done: () => void) => {
      run.cancel();
      if (plan !== undefined) notes?.note(plan, true);
      for (const end of ending) end();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-maintain", MaintainConstructor);
}

/** @throws RungError `file-unreadable` */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(cause), cause });
  }
}

/** @throws RungError `maintained-plant` */
function yamlOf(text: string, where: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const [what = ""] = messageOf(cause).split("\n");
    throw new RungError({ code: "maintained-plant", where, what, advice: "correct the line", cause });
  }
}

function figuresOf({
  repairers,
  setupCost,
  downtimeRate,
  horizonH,
  components = [],
}: MaintainConfig): object {
  const figures = {
    repairmen: given(repairers),
    setup_cost: given(setupCost),
    downtime_cost_rate: given(downtimeRate),
    horizon_h: given(horizonH),
    components: components.length > 0 ? components : undefined,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
