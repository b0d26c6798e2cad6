import type { ServerResponse } from "node:http";
import type { NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import type { RuleTag } from "../../../runtime/describe/binding-rules.ts";
import type { BindingRow } from "../../../runtime/describe/binding-table.ts";
import { browse, readTags } from "../../../runtime/describe/opcua/browse.ts";
import type { OpcuaLink } from "../../../runtime/describe/opcua/opcua-link.ts";
import { SOURCE_DEFAULTS } from "../../../runtime/describe/opcua/opcua-source.ts";
import { spacedFingerprint } from "../../../runtime/describe/opcua/peer-certificate.ts";
import { previewBindings } from "../../../runtime/describe/opcua/preview.ts";
import { suggestRows } from "../../../runtime/describe/opcua/suggest.ts";
import { shownValue } from "../../../runtime/describe/opcua/value-text.ts";
import { DialogLeases } from "./dialog-lease.ts";
import { DialogSearches } from "./dialog-search.ts";
import type { OpcuaLinkNode } from "./link-node.ts";

/** Rows that one question may ask about; a dialog shows fewer. */
const MOST_ROWS = 500;

interface Request {
  params: { id: string };
  query: Record<string, unknown>;
  body: Record<string, unknown> | undefined;
  user?: { username?: string };
}
interface Response extends ServerResponse {
  status(code: number): Response;
  json(body: unknown): void;
}

/** The admin routes behind the dialog of a source: state and trust of its link, the server's tree, values. */
export function serveDialog(RED: NodeAPI): void {
  const leases = new DialogLeases();
  const searches = new DialogSearches();
  RED.events.on("flows:stopping", () => {
    leases.endAll().catch((thrown: unknown) => RED.log.error(`opc ua dialog: ${messageOf(thrown)}`));
  });

  /** Answers with what `act` gives, or with its error in words; nothing where it has answered itself. */
  const route =
    (act: (link: OpcuaLink, request: Request, response: Response) => Promise<unknown>) =>
    (request: Request, response: Response) => {
      const node = RED.nodes.getNode(request.params.id) as OpcuaLinkNode | null;
      if (!node?.link) {
        response.status(404).json({ error: "this link is not deployed yet, or its settings are wrong" });
        return;
      }
      const { link } = node;
      leases.renew(link);
      act(link, request, response)
        .then((body) => {
          if (!response.headersSent) response.json(body);
        })
        .catch((thrown: unknown) => response.status(409).json({ error: messageOf(thrown) }));
    };
  const read = RED.auth.needsPermission("rung.read");
  const write = RED.auth.needsPermission("rung.write");
  const path = (name: string): string => `/rung/opcua-link/:id/${name}`;
  const get = (name: string, act: Parameters<typeof route>[0]) =>
    RED.httpAdmin.get(path(name), read, route(act) as never);
  const post = (name: string, may: typeof read, act: Parameters<typeof route>[0]) =>
    RED.httpAdmin.post(path(name), may, route(act) as never);

  get("state", (link) => stateOf(link));
  post("trust", write, async (link, { body, user }) => {
    await link.trust(String(body?.fingerprint ?? ""), user?.username ?? "an engineer");
    return stateOf(link);
  });
  post("refuse", write, async (link, { body }) => {
    await link.refuse(String(body?.fingerprint ?? ""));
    return stateOf(link);
  });
  post("withdraw", write, async (link) => {
    await link.withdraw();
    return stateOf(link);
  });
  get("browse", async (link, { query }) =>
    browse(sessionOf(link), typeof query.node === "string" && query.node !== "" ? query.node : undefined),
  );
  post("values", read, async (link, { body }) => {
    const nodeIds = listOf(body?.nodeIds).map(String);
    return (await readTags(sessionOf(link), nodeIds)).map((reading) => ({
      ...reading,
      value: shownValue(reading.value),
      ageUs: reading.sourceTimeUs === undefined ? undefined : link.clock.nowUs() - reading.sourceTimeUs,
    }));
  });
  get("search", async (link, { query, user }, response) =>
    searches.stream(
      `${link.options.id} ${user?.username ?? ""}`,
      sessionOf(link),
      { text: String(query.text ?? ""), under: String(query.under ?? "") },
      response,
    ),
  );
  post("suggest", read, (link, { body }) =>
    suggestRows(sessionOf(link), listOf(body?.tags) as RuleTag[], String(body?.twin ?? ""), {
      askedSamplingMs: msOf(body?.samplingMs, SOURCE_DEFAULTS.samplingIntervalMs),
      publishingMs: msOf(body?.publishingMs, SOURCE_DEFAULTS.publishingIntervalMs),
      speed: link.clock.speed,
    }),
  );
  post("preview", read, (link, { body }) =>
    previewBindings(
      sessionOf(link),
      listOf(body?.rows) as BindingRow[],
      String(body?.twin ?? ""),
      link.clock.nowUs(),
    ),
  );
}

async function stateOf(link: OpcuaLink): Promise<object> {
  const peer = link.peerCertificate();
  return {
    phase: link.state.phase,
    error: link.state.error?.toJSON(),
    forMs: performance.now() - link.state.sinceMs,
    endpoint: link.endpoint,
    reality: link.options.reality,
    securityMode: link.options.securityMode,
    securityPolicy: link.options.securityPolicy,
    peer: peer && { ...peer, spaced: spacedFingerprint(peer.fingerprint) },
    trust: await link.trustRecord(),
    speed: link.clock.speed,
  };
}

function sessionOf(link: OpcuaLink) {
  const { session } = link;
  if (session === undefined) {
    throw (
      link.state.error ??
      new RungError({ code: "connecting", where: link.options.name, what: "is connecting" })
    );
  }
  return session;
}

/** What a field of the dialog says, ms; empty or no number means the source's default. */
function msOf(value: unknown, otherwise: number): number {
  const ms = Number(value ?? Number.NaN);
  return Number.isFinite(ms) && ms > 0 ? ms : otherwise;
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value) && value.length <= MOST_ROWS) return value;
  throw new RungError({
    code: "malformed-question",
    where: "dialog",
    what: `ask for a list of at most ${MOST_ROWS}`,
  });
}
