import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import type { ClientSession } from "node-opcua";
import { DialogSearches } from "../../nodes/config/opcua-link/dialog-search.ts";
import { browse } from "../../runtime/describe/opcua/browse.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import {
  type FoundTag,
  type SearchOptions,
  type SearchProgress,
  searchTags,
} from "../../runtime/describe/opcua/search.ts";
import { tagMatcher } from "../../runtime/describe/opcua/tag-pattern.ts";
import { type LargeServer, startLargeServer } from "./opcua-large-server.ts";
import { newFolder } from "./opcua-test-server.ts";

const LINES = 5;
const CELLS = 20;
const TAGS = 20;
/** More than one page of node-opcua's server, which gives 9,876 references at most. */
const WIDE = 10_000;
const ALL = LINES * CELLS * TAGS + WIDE;
/** Objects, Locations and Works; lines; cells; Wide; and every variable. */
const NODES = 3 + LINES + LINES * CELLS + 1 + ALL;
const PER_BROWSE = 200;

describe("search in a large address space", function () {
  this.timeout(60_000);
  let server: LargeServer;
  let session: ClientSession;
  let release: () => Promise<void>;

  before(async () => {
    server = await startLargeServer({
      pki: newFolder("large-pki"),
      lines: LINES,
      cells: CELLS,
      tags: TAGS,
      wide: WIDE,
      maxNodesPerBrowse: PER_BROWSE,
      maxNodesPerRead: 500,
    });
    const link = new OpcuaLink({
      id: "search",
      name: "search",
      endpoint: server.endpoint,
      reality: "live",
      home: newFolder("home"),
      securityMode: "None",
      securityPolicy: "None",
    });
    session = await new Promise<ClientSession>((opened) => {
      release = link.use({ opened, closed: () => undefined, state: () => undefined });
    });
  });
  after(async () => {
    await release?.();
    await server?.stop();
  });

  async function search(
    options: SearchOptions,
  ): Promise<{ tags: FoundTag[]; progress: SearchProgress; steps: number }> {
    const tags: FoundTag[] = [];
    let progress: SearchProgress | undefined;
    let steps = 0;
    for await (const step of searchTags(session, options)) {
      tags.push(...step.tags);
      progress = step.progress;
      steps++;
    }
    return { tags, progress: progress!, steps };
  }

  it("finds every variable once, though folders lead round in circles, within the server's limits", async () => {
    await server.calls();
    const { tags, progress, steps } = await search({});
    assert.equal(tags.length, ALL);
    assert.equal(new Set(tags.map(({ nodeId }) => nodeId)).size, ALL);
    assert.deepEqual(progress, {
      visited: NODES,
      waiting: 0,
      found: ALL,
      refused: 0,
      depth: 4,
      ended: "all",
    });
    assert.ok(steps >= ALL / 1000, `results come step by step, in ${steps}`);
    const calls = await server.calls();
    // Levels are not mixed, so that each may leave one request half full.
    assert.equal(
      calls.BrowseRequest,
      1 + 1 + 1 + Math.ceil((CELLS * LINES + WIDE) / PER_BROWSE) + (LINES * CELLS * TAGS) / PER_BROWSE,
    );
    assert.equal(calls.BrowseNextRequest, 1, "the wide folder takes a second page");
  });

  it("tells data type, unit, access, description and the whole path of what it finds", async () => {
    const { tags } = await search({ under: "ns=1;s=Line4", text: "line4 cell13 /nothing" });
    assert.deepEqual(tags, []);
    const found = await search({ under: "ns=1;s=Line4", text: "LINE4 cell13 sensor temperature11" });
    assert.deepEqual(found.tags, [
      {
        nodeId: "ns=1;s=Line4.Cell13.Temperature11",
        browseName: "Temperature11",
        displayName: "Temperature11",
        path: "Works/Line4/Cell13/Temperature11",
        description: `sensor ${3 * CELLS * TAGS + 12 * TAGS + 10} of Line4.Cell13`,
        dataType: "Double",
        unit: "°C",
        unitText: "°C",
        access: ["read"],
      },
    ]);
  });

  it("searches by an expression in node ids, names and descriptions", async () => {
    const byId = await search({
      under: "ns=1;s=Line2",
      text: "/line[12]\\.cell\\d\\.temperature9$/",
    });
    assert.deepEqual(
      byId.tags.map(({ nodeId }) => nodeId),
      Array.from({ length: 9 }, (_, i) => `ns=1;s=Line2.Cell${i + 1}.Temperature9`),
    );
    const byDescription = await search({ under: "ns=1;s=Line5", text: "/^sensor 160[0-4] of/" });
    assert.deepEqual(
      byDescription.tags.map(({ browseName, access }) => [browseName, access.join(" ")]),
      [
        ["Temperature1", "read"],
        ["Count2", "read write"],
        ["Temperature3", "read"],
        ["Count4", "read write"],
        ["Temperature5", "read"],
      ],
    );
  });

  it("searches below one node, with paths from the top all the same", async () => {
    const { tags, progress } = await search({ under: "ns=1;s=Line3.Cell2" });
    assert.equal(tags.length, TAGS);
    assert.deepEqual([tags[0]!.path, progress.visited], ["Works/Line3/Cell2/Temperature1", 1 + TAGS]);
    assert.equal(tags[1]!.nodeId, `ns=1;i=${100_000 + 2 * CELLS * TAGS + TAGS + 1}`);
    const wide = await search({ under: "ns=1;s=Wide", text: "/^Item[01]$/" });
    assert.deepEqual(
      wide.tags.map(({ dataType }) => dataType),
      ["Boolean[]", "Boolean"],
    );
    // The server's own diagnostics are found where they are asked for.
    const own = await search({ under: "i=2253", text: "CurrentTime" });
    assert.deepEqual(
      own.tags.map(({ nodeId, dataType }) => [nodeId, dataType]),
      [["ns=0;i=2258", "UtcTime"]],
    );
  });

  it("stops at its bounds and says how far it got", async () => {
    const byTags = await search({ under: "ns=1;s=Line1", mostTags: 250 });
    assert.deepEqual([byTags.tags.length, byTags.progress.ended], [250, "most-tags"]);
    assert.ok(byTags.progress.waiting > 0);
    const byNodes = await search({ mostNodes: 300 });
    assert.deepEqual([byNodes.progress.visited, byNodes.progress.ended], [300, "most-nodes"]);
    assert.ok(byNodes.progress.waiting > 0);
    const byTime = await search({ withinMs: -1 });
    assert.deepEqual(byTime.progress, {
      visited: 0,
      waiting: 1,
      found: 0,
      refused: 0,
      depth: 0,
      ended: "time",
    });
  });

  it("stops when it is told to, and the session goes on", async () => {
    const stop = new AbortController();
    let last: SearchProgress | undefined;
    for await (const { progress } of searchTags(session, { signal: stop.signal })) {
      last = progress;
      if (progress.found > 0) stop.abort();
    }
    assert.equal(last!.ended, "stopped");
    assert.ok(last!.visited < NODES);
    assert.equal((await browse(session, "ns=1;s=Line1")).length, CELLS + 1);
  });

  it("runs one search of a person at a link: a new one ends the one before, and says so", async () => {
    const searches = new DialogSearches();
    const begin = (whose: string) => {
      const answer = Object.assign(new PassThrough({ highWaterMark: 1 }), { setHeader: () => undefined });
      const done = searches.stream(whose, session, { text: "" }, answer as unknown as ServerResponse);
      return { answer, done, text: textOf(answer) };
    };
    const lastOf = async (text: Promise<string>): Promise<SearchProgress> =>
      JSON.parse((await text).trimEnd().split("\n").at(-1)!).progress;
    const first = begin("link anna");
    const other = begin("link bert");
    const second = begin("link anna");
    assert.equal((await lastOf(first.text)).ended, "stopped");
    assert.equal((await lastOf(second.text)).ended, "all");
    assert.equal((await lastOf(other.text)).ended, "all");
    await Promise.all([first.done, second.done, other.done]);
  });

  it("gives an expression one budget for all batches of a search", () => {
    const matches = tagMatcher("/(a+)+b/")!;
    const batch = Array.from({ length: 10 }, () => ["a".repeat(17)]);
    let batches = 0;
    assert.throws(
      () => {
        for (; batches < 1e6; batches++) matches(batch);
      },
      { code: "slow-search", message: /search for words/ },
    );
    assert.ok(batches > 1, `${batches}: a batch alone is quick enough`);
    const plain = tagMatcher("/zone[1-3].*temp/")!;
    for (let i = 0; i < 100; i++)
      assert.deepEqual(plain([["Zone1 AirTemp"], ["zone4 temp"], ["x", "ZONE3/temp"]]), [true, false, true]);
  });

  it("opens a wide branch of the tree although the server takes few nodes at once", async () => {
    const nodes = await browse(session, "ns=1;s=Wide");
    assert.equal(nodes.length, WIDE);
    assert.deepEqual(nodes[WIDE - 1], {
      nodeId: `ns=1;s=Item${WIDE - 1}`,
      name: `Item${WIDE - 1}`,
      isVariable: true,
      hasChildren: false,
    });
  });

  it("refuses what it cannot search for", async () => {
    await assert.rejects(search({ text: "/(/" }), { code: "malformed-search" });
    await assert.rejects(search({ under: "no node id" }), { code: "unknown-node-id" });
    await assert.rejects(search({ under: "ns=1;s=Nowhere" }), {
      code: "unknown-node-id",
      message:
        "ns=1;s=Nowhere: the server does not let us look below it: BadNodeIdUnknown (give a node id such as ns=1;s=Line1, or leave it out)",
    });
    // A description without an end would keep this expression busy for years.
    await assert.rejects(search({ under: "ns=1;s=Line1.Cell1", text: "/(([a-z0-9. ]+)+)+!/" }), {
      code: "slow-search",
    });
  });
});
