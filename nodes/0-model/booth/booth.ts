import type { Node, NodeAPI, NodeDef } from "node-red";
import { PRIORITIES } from "../../../runtime/compute/priorities.ts";
import { solve } from "../../../runtime/compute/solvers/solve.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { Frame } from "../../../runtime/core/frame.ts";
import { services } from "../../../runtime/host/services.ts";
import { BOOTH_AIRFLOW } from "../../../runtime/model/booth/airflow-kernel.ts";
import type { AirflowPicture } from "../../../runtime/model/booth/airflow-picture.ts";
import { type BoothBalance, boothBalance } from "../../../runtime/model/booth/booth-balance.ts";
import { type BoothComparison, compareBooth } from "../../../runtime/model/booth/booth-comparison.ts";
import { boothConfig, withOverlay } from "../../../runtime/model/booth/booth-config.ts";
import type { BoothConfig } from "../../../runtime/model/booth/booth-fields.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";
import { serveAirflow } from "./airflow-route.ts";
import { MeasuredBooth } from "./measured-booth.ts";

interface BoothNodeConfig extends NodeDef {
  /** Id of the twin it is the model of; empty for a model alone. */
  twin: string;
  /** Sections of `BoothConfig`; what is not given is the default. */
  booth: object;
  /** Every balance comes with the picture of the airflow. */
  picture: boolean;
}

const PICTURE_DEADLINE_MS = 120_000;

export default function (RED: NodeAPI): void {
  serveAirflow(RED);

  function BoothConstructor(this: Node, config: BoothNodeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "booth";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    const abort = new AbortController();
    let booth: BoothConfig | undefined;
    let measured: MeasuredBooth | undefined;
    /** The fault of the last frame, told once: frames come several times a second. */
    let told = "";
    try {
      const checkedBooth = boothConfig({ name: where, ...config.booth });
      status.show(...balanceWords(boothBalance(checkedBooth)));
      booth = checkedBooth;
    } catch (fault) {
      status.show("the model is wrong, see the message", "fault");
      this.error(messageOf(fault));
    }

    const checked = (): BoothConfig => {
      if (booth !== undefined) return booth;
      throw new RungError({
        code: "booth-config",
        where,
        what: "has no valid model",
        advice: "open the node",
      });
    };

    /** The balance of the form with a message's payload laid over it, with the picture where it is wanted. */
    const balance = async (payload: unknown): Promise<BoothBalance & { airflow?: AirflowPicture }> => {
      const { picture = config.picture, ...overlay } = overlayOf(payload);
      const laid = withOverlay(checked(), overlay);
      const figures = boothBalance(laid);
      if (picture !== true) {
        status.show(...balanceWords(figures));
        return figures;
      }
      status.show("computes the airflow …");
      const order = { booth: laid, wantsField: false };
      const answer = await solve(services().compute(), BOOTH_AIRFLOW, order, {
        priority: PRIORITIES.awaited,
        deadlineMs: PICTURE_DEADLINE_MS,
        signal: abort.signal,
      });
      status.show(...balanceWords(figures));
      return { ...figures, airflow: answer.picture };
    };

    /** What the plant measures against the model; undefined while the frame brings nothing of it. */
    const compare = (message: Parameters<typeof frameOf>[0]): BoothComparison | undefined => {
      const model = checked();
      const input = frameOf(message, where);
      if (input === undefined) return undefined;
      if (twin !== "" && input.twin !== twin) {
        throw new RungError({
          code: "other-twin",
          where,
          what: `is the model of ${twin} and got a frame of ${input.twin}`,
          advice: "wire the state of its own twin into it, or choose the other twin",
        });
      }
      measured ??= new MeasuredBooth(services().twins.require(input.twin));
      if (!measured.isTouchedBy(input.frame)) return undefined;
      const { readings, timeUs } = measured.read();
      const comparison = compareBooth(model, readings, timeUs);
      const { text, mark } = comparisonWords(comparison);
      status.show(text, mark);
      return comparison;
    };

    this.on("input", (message, send, done) => {
      const answer = async (): Promise<void> => {
        const isFrame = Frame.is(message.payload);
        const payload = isFrame ? compare(message) : await balance(message.payload);
        if (payload !== undefined) send({ ...message, topic: twin || checked().name, payload } as never);
      };
      answer()
        .then(() => done())
        .catch((fault: Error) => {
          if (abort.signal.aborted) return done();
          status.show(messageOf(fault), "fault");
          const isRepeated = Frame.is(message.payload) && fault.message === told;
          told = fault.message;
          done(isRepeated ? undefined : fault);
        });
    });
    this.on("close", (done: () => void) => {
      abort.abort();
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-booth", BoothConstructor);
}

/** Sections of a booth, and `picture`; any other payload balances the booth of the form. */
function overlayOf(payload: unknown): { picture?: unknown } & Record<string, unknown> {
  const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  return isObject ? (payload as Record<string, unknown>) : {};
}

/** "158 kW · 108,000 m³/h · 3.95 kWh a body", or what a person should look at. */
function balanceWords({ energy, streams, remarks }: BoothBalance): [text: string, mark?: "attention"] {
  if (remarks.length > 0) return [remarks[0]!, "attention"];
  const flow = Math.round(streams[0]!.m3PerH).toLocaleString("en");
  return [`${energy.totalKW.toFixed(0)} kW · ${flow} m³/h · ${energy.perBody.kWh.toFixed(2)} kWh a body`];
}

/** "fan +1.2 % · air −3 kW". */
function comparisonWords({ fan, heat, missing }: BoothComparison): { text: string; mark?: "attention" } {
  const signed = (value: number, digits: number): string =>
    `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
  const parts = [
    ...(fan === undefined ? [] : [`fan ${signed(fan.residualPercent, 1)} %`]),
    ...(heat === undefined ? [] : [`air ${signed(heat.residualKW, 0)} kW`]),
  ];
  if (parts.length === 0) return { text: `waiting for ${missing.join(", ")}` };
  if (heat?.isInWindow === false)
    return { text: `${parts.join(" · ")} · outside the paint's window`, mark: "attention" };
  return { text: parts.join(" · ") };
}
