import { flowDifference } from "../runtime/ladder/difference/flow-difference.js";
import { canonical } from "../runtime/ladder/difference/merge-content.js";
import { mergeFlows } from "../runtime/ladder/difference/merge-flows.js";
import { asWritten } from "../runtime/ladder/difference/merge-written.js";

/** What stands in the editor against what runs, both made from one base. */
export class Comparison {
  #base;
  #mine;
  #options;

  /**
   * @param base `{loaded, written}` of the revision the editor goes out from
   * @param now `{rev, flows}` as the runtime has it
   * @param deployments who deployed, the oldest first
   * @param options of flowDifference: roles that foreign packages declare
   */
  constructor(base, now, deployments, options) {
    this.#options = options;
    this.#base = base.written;
    // With credentials that were entered and wait for a deploy; they are merged and never shown.
    this.#mine = RED.nodes.createCompleteNodeSet();
    this.shown = RED.nodes.createCompleteNodeSet({ credentials: false });
    this.rev = now.rev;
    this.theirs = asWritten(base.loaded, base.written, now.flows);
    const at = deployments.findLastIndex(({ rev }) => rev === RED.nodes.version());
    this.deployments = deployments.slice(at + 1);
    this.theirChange = flowDifference(this.#base, this.theirs, options);
    this.myChange = flowDifference(this.#base, this.shown, options);
    this.credentialsOf = this.#mine.filter(({ credentials }) => credentials !== undefined);
    this.conflicts = mergeFlows(this.#base, this.#mine, this.theirs).conflicts;
    /** Names of tabs and subflows that both sides changed. */
    this.changedByBoth = this.theirChange.places
      .filter(({ id }) => this.myChange.places.some((place) => place.id === id))
      .map(({ name }) => name);
  }

  /**
   * What a person's choices make of it.
   * @param choices a Map of a conflict's place to "mine" or "theirs"
   */
  merge(choices) {
    const { merged, conflicts } = mergeFlows(this.#base, this.#mine, this.theirs, choices);
    return {
      merged,
      open: conflicts,
      isDeployed: isSameFlow(merged, this.theirs),
      effect: conflicts.length > 0 ? undefined : flowDifference(this.theirs, merged, this.#options),
    };
  }
}

/** Whether two flows are the same but for the order of what is no tab. */
function isSameFlow(one, other) {
  const texts = (flow) => flow.map(canonical).sort().join("\n");
  const tabs = (flow) => flow.flatMap(({ id, type }) => (type === "tab" ? id : [])).join();
  return one.length === other.length && tabs(one) === tabs(other) && texts(one) === texts(other);
}

/** Longer nobody waits under a shade for an answer, ms. */
const PATIENCE_MS = 15_000;

const ask = (url) =>
  $.ajax({ url, cache: false, timeout: PATIENCE_MS, headers: { Accept: "application/json" } });

/** What the runtime has, `{rev, flows}`. */
export const whatRuns = () => ask("flows");

/** Who deployed since the host started; nobody known where the host does not say. */
export async function whoDeployed() {
  try {
    return await ask("rung/deployments");
  } catch (answer) {
    console.warn("rung-deploy: who deployed is not known:", answer?.status);
    return [];
  }
}

/** "Deployed by anna at 10:31, somebody at 10:35." */
export function deployedWords(deployments) {
  if (deployments.length === 0) return "Who deployed is not known.";
  const last = deployments.slice(-3).map(({ by, atMs }) => {
    const time = new Date(atMs).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return `${by ?? "somebody"} at ${time}`;
  });
  const more = deployments.length - last.length;
  return `Deployed by ${last.join(", ")}${more > 0 ? `, and ${more} times before` : ""}.`;
}
