import type { Node, NodeAPI, NodeDef } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import type { Reality } from "../../../runtime/core/frame.ts";
import { Ingest } from "../../../runtime/describe/ingest/ingest.ts";
import { ingestEvidence } from "../../../runtime/describe/ingest/ingest-evidence.ts";
import { type IngestRow, readIngestTable } from "../../../runtime/describe/ingest/ingest-table.ts";
import { services } from "../../../runtime/host/services.ts";
import { epochs, runSource, twinAddress } from "../source-face.ts";

interface IngestConfig extends NodeDef {
  twin: string;
  reality: Reality;
  /** Seconds within which a message is due. */
  silentAfterS: number | string;
  emit: "frames" | "values";
  bindings: IngestRow[];
}

interface IngestNode extends Node {
  source?: Ingest;
}

export default function (RED: NodeAPI): void {
  function IngestConstructor(this: IngestNode, config: IngestConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinAddress(RED, config.twin);
    const name = config.name || "ingest";
    const { clocks } = services();
    const source = runSource(
      this,
      { name, emit: config.emit },
      twin,
      (listener) =>
        new Ingest({
          id: this.id,
          name,
          reality: config.reality || "virtual",
          bindings: readIngestTable(config.bindings ?? [], twin, name),
          silentAfterS: Number(config.silentAfterS),
          clocks,
          epochs: epochs(),
          listener,
        }),
    ) as Ingest | undefined;
    if (source === undefined) {
      this.on("input", (_message, _send, done) => {
        const what = "takes nothing, its table is wrong";
        done(new RungError({ code: "no-table", where: name, what, advice: "open the node and correct it" }));
      });
      return;
    }
    this.source = source;
    const measured = services().measuredBy(this.id, () =>
      twin === "" ? [] : ingestEvidence(source, twin, this.id, source.clock.nowUs()),
    );
    this.on("input", (message, _send, done) => {
      source.take(message);
      done();
    });
    this.on("close", measured);
  }
  RED.nodes.registerType("rung-ingest", IngestConstructor);
}
