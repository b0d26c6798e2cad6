import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { readColumnMap } from "../../../runtime/describe/recording/column-map.ts";
import { openPlayedFile } from "../../../runtime/describe/recording/open-recording.ts";
import type { PlayedFile } from "../../../runtime/describe/recording/played-file.ts";
import { services } from "../../../runtime/host/services.ts";
import type { TwinNode } from "../../config/twin/twin.ts";
import { StatusLine } from "../../node-status.ts";

interface RecordingConfig extends NodeDef {
  twin: string;
  file: string;
  timeColumn: string;
  separator: string;
  decimal: "." | ",";
  map: string;
  /** Recorded seconds per wall second; 0 or empty is as fast as it goes. */
  speed: number | string;
}

export interface RecordingNode extends Node {
  /** Kept when the last row was sent or the node closed; broken where the file cannot be played. */
  played: Promise<PlayedFile>;
}

export default function (RED: NodeAPI): void {
  function RecordingConstructor(this: RecordingNode, config: RecordingConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const ending = new AbortController();
    const { twins, clocks } = services();
    const twin = (RED.nodes.getNode(config.twin) as TwinNode | null)?.address ?? "";
    let source = "";
    const play = async (): Promise<PlayedFile> => {
      if (twin === "") {
        throw new RungError({
          code: "no-twin",
          where: config.name || "recording",
          what: "has no twin",
          advice: "open the node and choose one",
        });
      }
      const map = config.map ? await readColumnMap(config.map) : undefined;
      const recording = await openPlayedFile({
        file: config.file,
        timeColumn: config.timeColumn,
        separator: config.separator === "\\t" ? "\t" : config.separator || ",",
        decimal: config.decimal || ".",
        twin,
        speed: Number(config.speed) || "max",
        ...(map === undefined ? {} : { map }),
      });
      if (ending.signal.aborted) return recording;
      source = recording.source;
      clocks.set(source, recording.clock);
      twins.rewind(source);
      const { cutOff } = recording;
      if (cutOff !== undefined) this.warn(cutOff.message);
      const show = (done: boolean): void => {
        const { count, first } = recording.badCells;
        const bad =
          count === 0 ? "" : ` · ${count.toLocaleString("en")} bad cells, the first in row ${first[0]!.row}`;
        const rows = `${recording.rows.toLocaleString("en")} rows${bad}`;
        const end = cutOff === undefined ? " · end" : " · ends within a record";
        const isSound = count === 0 && cutOff === undefined;
        status.show(done ? `${rows}${end}` : rows, isSound ? "ok" : "attention");
      };
      for await (const frame of recording.frames(ending.signal)) {
        this.send({ topic: twin, payload: frame });
        show(false);
      }
      if (!ending.signal.aborted) show(true);
      return recording;
    };
    this.played = play();
    const settled = this.played.then(
      () => undefined,
      (thrown: unknown) => {
        this.error(messageOf(thrown));
        status.show(messageOf(thrown).slice(0, 60), "fault");
      },
    );
    this.on("close", (done: () => void) => {
      ending.abort();
      void settled.then(() => {
        status.close();
        clocks.delete(source);
        done();
      });
    });
  }
  RED.nodes.registerType("rung-recording", RecordingConstructor);
}
