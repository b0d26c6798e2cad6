import { join } from "node:path";
import type { Node, NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import { readColumnMap } from "../../../runtime/describe/recording/column-map.ts";
import { RetimedRecording } from "../../../runtime/describe/recording/retimed-recording.ts";
import { exerciseFile } from "../../../runtime/diagnose/training/exercise-result.ts";
import type { Choice } from "../../../runtime/diagnose/training/incident.ts";
import { OVEN_KINDS } from "../../../runtime/diagnose/training/oven-incidents.ts";
import {
  readRecordedIncident,
  recordedIncidents,
} from "../../../runtime/diagnose/training/recorded-incident.ts";
import { TrainingDesk } from "../../../runtime/diagnose/training/training-desk.ts";
import { trainingFolder } from "../../../runtime/host/home.ts";
import { services } from "../../../runtime/host/services.ts";
import { forgetIncident, generateIncident, newSeed } from "../../../runtime/host/training-incidents.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";

interface TrainingConfig extends WidgetConfig {
  twin: string;
  /** `generated` by the virtual oven, or `recorded` in a folder. */
  incidents: "generated" | "recorded";
  /** Of recorded incidents; empty: `training/incidents` of the home. */
  folder: string;
  /** Of generated incidents; empty: another one for every exercise. */
  seed: number | string;
}

const recordedChoice = (id: string): Choice => ({ id, en: id, de: id });

export default function (RED: NodeAPI): void {
  function TrainingWidget(this: Node, config: TrainingConfig): void {
    RED.nodes.createNode(this, config);
    const { home, clocks } = services();
    const twin = twinOf(RED, config.twin).address;
    const folder = trainingFolder(home);
    const recorded = config.folder || join(folder, "incidents");
    const isRecorded = config.incidents === "recorded";
    const seed = String(config.seed ?? "").trim();
    const source = `training:${this.id}`;
    const prepareRecorded = async (id: string | undefined) => {
      const names = recordedIncidents(recorded);
      const name = id ?? names[newSeed() % Math.max(1, names.length)];
      if (name !== undefined) return readRecordedIncident(recorded, name);
      throw new RungError({
        code: "no-incident",
        where: recorded,
        what: "holds no incident",
        advice: "put <name>.incident.json there, see docs/training.md",
      });
    };
    const desk = new TrainingDesk({
      twin,
      offers: () => (isRecorded ? recordedIncidents(recorded).map(recordedChoice) : OVEN_KINDS),
      prepare: (id) =>
        isRecorded
          ? prepareRecorded(id)
          : generateIncident(join(folder, "generated"), seed === "" ? newSeed() : Number(seed), id),
      forget: (incident) => {
        if (!isRecorded) forgetIncident(incident);
      },
      play: async ({ recording, leadS, endS }, startUs, speed) => {
        const { file, timeColumn, map } = recording;
        const feed = await RetimedRecording.open({
          ...{ file, timeColumn, twin, startUs, leadS, endS, speed },
          ...(map !== undefined && { map: await readColumnMap(map) }),
          source,
          epoch: Math.floor(wallTimeUs() / 1e6),
        });
        clocks.set(source, feed.clock);
        return feed;
      },
      newestUs: () => clocks.get(source)?.nowUs() ?? 0,
      send: (frame) => this.send([{ topic: twin, payload: frame }, null]),
      results: exerciseFile(join(folder, "results.jsonl")),
    });
    showWidget(RED, this, config, {
      take: ({ payload }) => desk.take(payload),
      act: (action, by) => {
        try {
          return [null, { topic: twin, payload: desk.act(action, by) }];
        } catch (thrown) {
          this.warn(messageOf(thrown));
          throw thrown;
        }
      },
      view: () => desk.view(),
      status: () => desk.phase,
    });
    // Its clock stays: after a deploy the twin's time goes on.
    this.on("close", (done: () => void) => void desk.close().then(done));
  }
  RED.nodes.registerType("ui-rung-training", TrainingWidget);
}
