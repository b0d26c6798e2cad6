import { IncrementalWiring } from "../runtime/ladder/incremental/incremental-wiring.js";
import { pieceWords } from "../runtime/ladder/piece-words.js";
import { everyThing, exported, thingOf } from "./canvas-export.js";

/**
 * Quiet time after an edit before the canvas is compared as a whole, ms: some edits (undo of a subflow's ports, a
 * plugin's own) change nodes of which the editor tells nobody.
 */
const PAUSE_MS = 2000;

const EDITS = [
  ...["nodes:add", "nodes:change", "nodes:remove"],
  ...["links:add", "links:remove"],
  ...["flows:add", "flows:change", "flows:remove"],
  ...["subflows:add", "subflows:change", "subflows:remove"],
  ...["groups:add", "groups:change", "groups:remove"],
  ...["junctions:add", "junctions:change", "junctions:remove"],
];

/**
 * What is known in this editor: the wiring of what stands on the canvas, deployed or not, and the last verdict of
 * the running flow. Listeners are told when either changes.
 */
export class LadderStore {
  /** The runtime's last report, undefined before the first. */
  report = undefined;
  #live = new IncrementalWiring([]);
  #declaredRoles = {};
  #listeners = new Set();
  /** Ids of what was edited since the wires were last read. */
  #edited = new Set();
  #waiting = undefined;
  #pausing = undefined;

  /** @returns {import("../../../runtime/ladder/wiring.ts").Wiring} */
  get wiring() {
    return this.#live.wiring;
  }

  /** What the last edit cost. */
  get work() {
    return this.#live.work;
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  /** Follows the edits made on the canvas from now on. */
  watch() {
    for (const event of EDITS) RED.events.on(event, (thing) => this.edited(thing));
    RED.events.on("flows:loaded", () => this.readCanvas());
  }

  /** A retained report arrives before the nodes are loaded, so it is kept here and drawn when they are. */
  take(report) {
    if (!Array.isArray(report?.twins)) return;
    this.report = report;
    const declaredRoles = report.declaredRoles ?? {};
    if (JSON.stringify(declaredRoles) !== JSON.stringify(this.#declaredRoles)) {
      this.#declaredRoles = declaredRoles;
      this.#live = new IncrementalWiring(this.#live.flow(), { declaredRoles });
    }
    this.#tell();
  }

  /**
   * Reads what was edited, once for all that is edited in one go.
   * @param thing a node, wire, port, group, junction, tab or subflow, as the editor's events hand it out
   */
  edited(thing) {
    for (const id of idsOf(thing)) this.#edited.add(id);
    this.#waiting ??= setTimeout(() => this.#readEdited(), 0);
    clearTimeout(this.#pausing);
    this.#pausing = setTimeout(() => this.compareCanvas(), PAUSE_MS);
  }

  #readEdited() {
    this.#waiting = undefined;
    const set = [];
    const removed = [];
    for (const id of this.#edited) {
      const thing = thingOf(id);
      if (thing) set.push(exported(thing));
      else removed.push(id);
    }
    this.#edited.clear();
    this.#edit({ set, removed });
  }

  #edit(edit) {
    const before = this.wiring;
    this.#live.edit(edit);
    if (this.wiring !== before) this.#tell();
  }

  /** Reads the whole canvas, and takes what differs from what is known of it. */
  compareCanvas() {
    this.#stopWaiting();
    const set = everyThing().map(exported);
    const there = new Set(set.map(({ id }) => id));
    const removed = this.#live.flow().flatMap(({ id }) => (there.has(id) ? [] : [id]));
    this.#edit({ set, removed });
  }

  /** Begins anew with what is on the canvas. */
  readCanvas() {
    this.#stopWaiting();
    const declaredRoles = this.#declaredRoles;
    this.#live = new IncrementalWiring(everyThing().map(exported), { declaredRoles });
    this.#tell();
  }

  #stopWaiting() {
    clearTimeout(this.#waiting);
    clearTimeout(this.#pausing);
    this.#waiting = undefined;
    this.#edited.clear();
  }

  /**
   * Every twin on the canvas: its live wiring, and `judged`, what the running flow holds of it (undefined where it
   * is not deployed).
   */
  twins() {
    const judged = new Map((this.report?.twins ?? []).map((twin) => [twin.address, twin]));
    return this.wiring.twins.map((wired) => ({ ...wired, judged: judged.get(wired.address) }));
  }

  twin(address) {
    return this.twins().find((twin) => twin.address === address);
  }

  /** The row of a twin as it is to be shown: the runtime's finding where the wires still are what it judged. */
  row(twin, rung) {
    const isWired = twin.capabilities.includes(rung);
    const judged = twin.judged?.rows[rung];
    if (judged !== undefined && judged.wired === isWired) return judged;
    if (isWired)
      return {
        row: rung,
        wired: true,
        verdict: "collecting",
        fact: "deploy to measure",
        limit: "",
        evidence: [],
      };
    return {
      row: rung,
      wired: false,
      verdict: "not wired",
      fact: missingWords(twin, rung),
      limit: "",
      evidence: [],
    };
  }

  /** Evidence of a node in the running flow, failures first. */
  evidenceOf(node) {
    const found = (this.report?.twins ?? []).flatMap(({ rows }) =>
      rows.flatMap(({ evidence }) => evidence.filter((record) => record.node === node)),
    );
    const order = ["fails", "collecting", "holds"];
    return found.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/** Ids of what an edited thing changes: the nodes a wire joins, the subflow of a port, a group's nodes. */
function idsOf(thing) {
  if (thing.source && thing.target) return [...idsOf(thing.source), ...idsOf(thing.target)];
  if (thing.type === "subflow" && thing.direction) return [thing.z];
  if (thing.type === "group") return [thing.id, ...thing.nodes.flatMap((node) => node?.id ?? [])];
  return [thing.id];
}

/** "needs a forecast", or what else keeps the row from being wired. */
export function missingWords(twin, rung) {
  const piece = twin.missing.find(({ row }) => row === rung);
  if (piece !== undefined) return `needs ${pieceWords(piece.role)}`;
  const codes = ["unguarded-output", "approval-caps", "no-request-block", "recorded-source"];
  const warning = rung === 5 ? twin.warnings.find(({ code }) => codes.includes(code)) : undefined;
  if (warning?.code === "unguarded-output") return "an unguarded output";
  if (warning?.code === "approval-caps") return "a person approves";
  if (warning?.code === "no-request-block") return "the PLC has no request block";
  if (warning?.code === "recorded-source") return "fed by a recording";
  return "not wired";
}
