import { RungError } from "../core/errors.ts";
import { isEverywhere, type Scoped, scopesText } from "../core/scopes.ts";
import type { LadderReport } from "../ladder/ladder-service.ts";
import { reportWithin } from "../ladder/report-within.ts";
import { deployWithin } from "./deploy-scope.ts";
import type { FlowNode } from "./flow-files.ts";
import type { FlowShops } from "./flow-shops.ts";
import type { Person } from "./sessions.ts";

interface Asked {
  readonly user?: { readonly username?: string };
}
type Act<Options = Asked> = (options: Options) => Promise<unknown>;

interface Deploy extends Asked {
  readonly flows: { readonly flows: unknown; readonly rev?: string; readonly credentials?: unknown };
  readonly deploymentType?: string;
}
interface OfNode extends Asked {
  /** None for the global context. */
  readonly id?: string;
}
interface Connection extends Asked {
  readonly client: {
    readonly user?: { readonly username?: string };
    send(topic?: string, data?: unknown): void;
  };
}

/** The part of Node-RED's runtime API that its admin API and its editor's socket go through. */
export interface EditorRuntime {
  readonly flows: {
    getFlows: Act;
    setFlows: Act<Deploy>;
    addFlow: Act;
    updateFlow: Act;
    deleteFlow: Act;
    setState: Act;
    getNodeCredentials: Act<OfNode>;
  };
  readonly context: { getValue: Act<OfNode>; delete: Act<OfNode> };
  readonly comms: { addConnection: Act<Connection> };
}

export interface EditorScopeParts {
  /** The person of a name, as of now. */
  readonly personNamed: (name: string) => Person | undefined;
  readonly shops: () => FlowShops;
  /** Whether flows come from version control alone. */
  readonly isReadOnly: boolean;
}

/**
 * Binds what people do in the editor to their scopes, where all its routes meet: at Node-RED's runtime API, which is
 * told whose request it is. It keeps an engineer from another shop's tabs; it does not keep the engineer's function
 * nodes from anything, since they run inside the host.
 */
export function bindEditor(
  runtime: EditorRuntime,
  { personNamed, shops, isReadOnly }: EditorScopeParts,
): void {
  const { flows, context, comms } = runtime;
  const personOf = ({ user }: Asked): Person => {
    const person = user?.username === undefined ? undefined : personNamed(user.username);
    if (person === undefined) throw refusal(401, "not-signed-in", "the editor", "sign in first");
    return person;
  };
  /** For people who are bound to nothing only. */
  const forEverywhere = <Options extends Asked>(act: Act<Options>, what: string): Act<Options> => {
    return async (options) => {
      const person = personOf(options);
      if (isReadOnly) throw refusal(403, "read-only", what, "is off in production");
      if (!isEverywhere(person)) throw outside(person, what);
      return act(options);
    };
  };
  const forNode = (act: Act<OfNode>): Act<OfNode> => {
    return async (options) => {
      const person = personOf(options);
      const { id = "" } = options;
      if (!shops().isWithin(person, id)) throw outside(person, shops().nameOf(id) || "global context");
      return act(options);
    };
  };

  const { getFlows, setFlows } = flows;
  flows.setFlows = async (options) => {
    const person = personOf(options);
    if (isReadOnly) throw refusal(403, "read-only", "the flows", "change by version control and a restart");
    if (isEverywhere(person)) return setFlows(options);
    const { flows: asked, deploymentType } = options;
    if (deploymentType === "reload") throw outside(person, "loading all flows anew");
    if (asked.credentials !== undefined) throw outside(person, "credentials of all nodes at once");
    const running = (await getFlows({ user: options.user })) as { flows: FlowNode[]; rev: string } | null;
    if (running === null) throw outside(person, "flows that could not be loaded");
    if (asked.rev !== undefined && asked.rev !== running.rev)
      throw refusal(409, "version_mismatch", "deploy", "is of flows that somebody has changed since");
    const allowed = within(person, running.flows, nodesOf(asked.flows));
    return setFlows({
      ...options,
      // What was compared with is what is replaced, though somebody else deploys at this moment.
      flows: { ...asked, flows: allowed, rev: running.rev },
      // "Full" would start every tab of everybody anew.
      deploymentType: deploymentType === "nodes" ? "nodes" : "flows",
    });
  };
  for (const name of ["addFlow", "updateFlow", "deleteFlow"] as const)
    flows[name] = forEverywhere(flows[name], "a flow by itself (deploy all flows together)");
  flows.setState = forEverywhere(flows.setState, "starting and stopping all flows");
  flows.getNodeCredentials = forNode(flows.getNodeCredentials);
  context.getValue = forNode(context.getValue);
  context.delete = forNode(context.delete);

  const { addConnection } = comms;
  comms.addConnection = async (options) => {
    const { client } = options;
    const person = personNamed(client.user?.username ?? "");
    // Removed at this moment: the line is cut, and is told nothing until then.
    if (person === undefined) return;
    const send = client.send.bind(client);
    client.send = (topic, data) => {
      // Without a topic it only keeps the line awake.
      const told = topic === undefined ? data : toldOnComms(person, topic, data, shops());
      if (topic === undefined || told !== undefined) send(topic, told);
    };
    return addConnection(options);
  };
}

/** What a person may be told of the editor's socket: all that is of no node, and what is of nodes within the scopes. */
function toldOnComms(person: Person, topic: string, data: unknown, shops: FlowShops): unknown {
  if (isEverywhere(person)) return data;
  const kind = topic.split("/", 1)[0]!;
  if (kind === "notification" || kind === "multiplayer" || kind === "hb") return data;
  if (kind === "status")
    return shops.isRunningWithin(person, topic.slice(kind.length + 1)) ? data : undefined;
  if (topic === "debug") return shops.isWithin(person, debuggedTab(data)) ? data : undefined;
  if (topic === "rung/ladder") return reportWithin(data as LadderReport, person);
  return undefined;
}

/** The tab a message of the debug sidebar comes from: the first of its path through subflows. */
const debuggedTab = (data: unknown): string =>
  String((data as { path?: unknown } | null)?.path ?? "").split("/")[0]!;

function within(
  person: Person,
  before: readonly FlowNode[],
  after: readonly FlowNode[],
): readonly FlowNode[] {
  try {
    return deployWithin(person, before, after);
  } catch (thrown) {
    throw Object.assign(thrown as Error, { status: 403 });
  }
}

/** @throws RungError `malformed-flow` for what is no list of nodes, or has one id twice: scopes go by ids */
function nodesOf(given: unknown): readonly FlowNode[] {
  const isNode = (node: Partial<FlowNode> | null) =>
    typeof node === "object" && typeof node?.id === "string" && typeof node.type === "string";
  if (Array.isArray(given) && given.every(isNode) && new Set(given.map(({ id }) => id)).size === given.length)
    return given as FlowNode[];
  throw refusal(400, "malformed-flow", "deploy", "is no list of nodes, each with type and an id of its own");
}

const outside = (person: Scoped & { readonly name: string }, what: string): Error =>
  refusal(
    403,
    "outside-scope",
    what,
    `is outside the scope of ${person.name}, who may touch ${scopesText(person)}`,
  );

/** Node-RED's admin API answers with an error's `status`. */
const refusal = (status: number, code: string, where: string, what: string): Error =>
  Object.assign(new RungError({ code, where, what }), { status });
