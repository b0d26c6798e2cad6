import { analyse } from "../runtime/ladder/wiring.js";

/** Quiet time after an edit before the wires are read again, ms. */
const SETTLE_MS = 120;

/**
 * What is known in this editor: the wiring of what stands on the canvas, deployed or not, and the last verdict of
 * the running flow. Listeners are told when either changes.
 */
export class LadderStore {
  /** @type {import("../../../runtime/ladder/wiring.ts").Wiring} */
  wiring = analyse([]);
  /** The runtime's last report, undefined before the first. */
  report = undefined;
  #listeners = new Set();
  #waiting = undefined;

  listen(listener) {
    this.#listeners.add(listener);
  }

  /** A retained report arrives before the nodes are loaded, so it is kept here and drawn when they are. */
  take(report) {
    if (!Array.isArray(report?.twins)) return;
    this.report = report;
    this.#tell();
  }

  /** Reads the canvas again, soon. */
  edited() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.readCanvas(), SETTLE_MS);
  }

  readCanvas() {
    clearTimeout(this.#waiting);
    this.wiring = analyse(RED.nodes.createCompleteNodeSet({ credentials: false }));
    this.#tell();
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

/** The words for a piece, as the palette has them. */
const WORDS = {
  source: "an online source",
  history: "a history",
  state: "a state",
  detect: "a detector",
  forecast: "a forecast",
  optimise: "an optimiser",
  envelope: "an envelope",
  actuate: "an actuate",
  measurement: "a measurement that answers",
};

/** "a forecast". */
export const pieceWords = (role) => WORDS[role] ?? role;

/** "needs a forecast", or what else keeps the row from being wired. */
export function missingWords(twin, rung) {
  const piece = twin.missing.find(({ row }) => row === rung);
  if (piece !== undefined) return `needs ${pieceWords(piece.role)}`;
  const codes = ["unguarded-output", "approval-caps", "recorded-source"];
  const warning = rung === 5 ? twin.warnings.find(({ code }) => codes.includes(code)) : undefined;
  if (warning?.code === "unguarded-output") return "an unguarded output";
  if (warning?.code === "approval-caps") return "a person approves";
  if (warning?.code === "recorded-source") return "fed by a recording";
  return "not wired";
}
