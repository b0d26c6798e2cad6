import assert from "node:assert/strict";
import { type BrowseResult, type ClientSession, StatusCodes } from "node-opcua";
import { referencesOf } from "../../runtime/describe/opcua/references.ts";

interface Asked {
  readonly browse: string[][];
  readonly next: { readonly points: string[]; readonly release: boolean }[];
}

/**
 * A server with a folder `wide<n>` of n pages, and leaves; it keeps `places` answers open at most, and refuses
 * requests about more than `mostAtOnce` nodes as too large.
 */
function stubSession(places: number, mostAtOnce: number): { session: ClientSession; asked: Asked } {
  const asked: Asked = { browse: [], next: [] };
  let open = 0;
  const page = (node: string, index: number, pages: number): BrowseResult => {
    const continued = index + 1 < pages;
    return {
      statusCode: StatusCodes.Good,
      references: [{ nodeId: `${node}/${index}`, referenceTypeId: "ns=0;i=47" }],
      continuationPoint: continued ? Buffer.from(`${node} ${index + 1} ${pages}`) : null,
    } as unknown as BrowseResult;
  };
  const session = {
    read: async (nodes: unknown[]) => nodes.map(() => ({ value: { value: 0 } })),
    browse: async (nodes: { nodeId: string }[]) => {
      asked.browse.push(nodes.map(({ nodeId }) => nodeId));
      if (nodes.length > mostAtOnce) throw new Error("BadResponseTooLarge (0x80b90000)");
      return nodes.map(({ nodeId }) => {
        const pages = Number(/^wide(\d+)/.exec(nodeId)?.[1] ?? 1);
        if (pages > 1 && open === places) {
          return { statusCode: StatusCodes.BadNoContinuationPoints, references: [] };
        }
        if (pages > 1) open++;
        return page(nodeId, 0, pages);
      });
    },
    browseNext: async (points: Buffer[], release: boolean) => {
      asked.next.push({ points: points.map(String), release });
      return points.map((point) => {
        const [node, index, pages] = String(point).split(" ");
        const answer = release
          ? { references: [], continuationPoint: null }
          : page(node!, Number(index), Number(pages));
        if (!answer.continuationPoint) open--;
        return answer;
      });
    },
  } as unknown as ClientSession;
  return { session, asked };
}

const found = (answers: Awaited<ReturnType<typeof referencesOf>>) =>
  answers.map(({ references }) => references.map(({ nodeId }) => String(nodeId)));

describe("references of a server with little room", () => {
  it("asks again for what the server had no place to continue, and keeps the order", async () => {
    const { session, asked } = stubSession(1, 100);
    const answers = await referencesOf(session, ["wide2a", "wide3b", "leaf", "wide2c"]);
    assert.deepEqual(found(answers), [
      ["wide2a/0", "wide2a/1"],
      ["wide3b/0", "wide3b/1", "wide3b/2"],
      ["leaf/0"],
      ["wide2c/0", "wide2c/1"],
    ]);
    assert.deepEqual(asked.browse, [["wide2a", "wide3b", "leaf", "wide2c"], ["wide3b"], ["wide2c"]]);
  });

  it("asks in halves where an answer would be too large", async () => {
    const { session, asked } = stubSession(1, 2);
    const answers = await referencesOf(session, ["a", "b", "c", "d", "e"]);
    assert.deepEqual(found(answers), [["a/0"], ["b/0"], ["c/0"], ["d/0"], ["e/0"]]);
    assert.deepEqual(
      asked.browse.map((nodes) => nodes.join("")),
      ["abcde", "abc", "ab", "c", "de"],
    );
  });

  it("gives the server its place back when it is stopped between two pages", async () => {
    const { session, asked } = stubSession(5, 100);
    const stop = new AbortController();
    const browseNext = session.browseNext.bind(session) as (points: Buffer[], release: boolean) => unknown;
    session.browseNext = ((points: Buffer[], release: boolean) => {
      stop.abort();
      return browseNext(points, release);
    }) as unknown as typeof session.browseNext;
    await assert.rejects(referencesOf(session, ["wide9"], { signal: stop.signal }), { name: "AbortError" });
    assert.deepEqual(asked.next, [
      { points: ["wide9 1 9"], release: false },
      { points: ["wide9 2 9"], release: true },
    ]);
  });
});
