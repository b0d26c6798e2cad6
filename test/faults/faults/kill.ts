import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Child } from "../child.ts";
import type { Fault } from "../fault.ts";
import { pause, Rig, until } from "../rig.ts";
import type { SinkProcessOptions } from "../sink-process.ts";

/** In full, so many kills one after another. */
const KILLS = 3;

const source: Fault = {
  name: "kill -9 of the source",
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.start();
    for (let kill = 0; kill < (context.isShort ? 1 : KILLS); kill++) {
      await pause(context.random.integer(1000));
      await rig.producer!.kill();
      await pause(context.random.integer(2000));
      await rig.startProducer();
      await rig.flowing();
    }
    return rig.finish();
  },
};

const rung: Fault = {
  name: "kill -9 of Rung",
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.start();
    for (let kill = 0; kill < (context.isShort ? 1 : KILLS); kill++) {
      await pause(context.random.integer(1000));
      await rig.killRecorder();
      await pause(context.random.integer(2000));
      await rig.startRecorder();
      await rig.flowing();
    }
    const outcome = await rig.finish();
    assert.ok(outcome.causes.includes("restart"), "the ledger names the restart");
    return outcome;
  },
};

/** The historian's worker cannot be killed alone; a second sink is a process of its own. */
const sink: Fault = {
  name: "kill -9 of a sink",
  losesNothing: true,
  async run(context) {
    const file = join(context.folder, "sink.sqlite");
    const startSink = async (port: number): Promise<{ child: Child; port: number }> => {
      const child = new Child("./sink-process.ts", { file, port } satisfies SinkProcessOptions);
      context.atEnd(() => child.kill());
      await until(() => child.latest("ready") !== undefined, "the sink");
      return { child, port: child.latest<{ port: number }>("ready")!.port };
    };
    let { child, port } = await startSink(0);
    const rig = await Rig.opcua(context, { sinkUrl: `http://127.0.0.1:${port}` });
    await rig.start();
    for (let kill = 0; kill < (context.isShort ? 2 : 2 * KILLS); kill++) {
      await pause(context.random.integer(1000));
      await child.kill();
      await pause(200 + context.random.integer(1000));
      ({ child, port } = await startSink(port));
      await rig.flowing();
    }
    const outcome = await rig.finish();
    await child.kill();
    const database = new DatabaseSync(file, { readOnly: true });
    const [stored] = database
      .prepare("SELECT count(*) AS rows, count(DISTINCT address || time_us) AS samples FROM sample")
      .all();
    database.close();
    // The historian beside it was fed all the time, from a cursor of its own.
    const all = rig.finalView!.sinks;
    assert.equal(all.process!.stored, all.historian!.stored);
    assert.deepEqual({ ...stored }, { rows: all.historian!.stored, samples: all.historian!.stored });
    return outcome;
  },
};

const stop: Fault = {
  name: "SIGSTOP 3 s",
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.start();
    const stopped = context.seed % 2 === 0 ? [rig.producer!] : [rig.recorder!];
    if (!context.isShort) stopped.push(context.seed % 2 === 0 ? rig.recorder! : rig.producer!);
    for (const child of stopped) {
      child.signal("SIGSTOP");
      await pause(3000);
      child.signal("SIGCONT");
      await rig.flowing();
    }
    return rig.finish();
  },
};

export const KILLS_AND_STOPS: readonly Fault[] = [source, rung, sink, stop];
