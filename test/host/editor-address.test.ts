import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { ROLES } from "../../runtime/core/roles.ts";
import { editorAddress } from "../../runtime/host/editor-address.ts";
import type { Profile } from "../../runtime/host/profile.ts";
import type { SignedIn } from "../../runtime/host/signed-in.ts";

describe("the address of the editor, as pages are told it", () => {
  /** What a person of each role, and somebody unknown, is told. */
  async function told(profile: Profile): Promise<object> {
    const person = (request: express.Request) => {
      const role = request.headers.authorization;
      return role && { name: role, role, scopes: ["acme"] };
    };
    const app = express();
    app.use(editorAddress({ signedIn: { person } as unknown as SignedIn, adminRoot: "/editor", profile }));
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const answers: [string, unknown][] = [];
    for (const role of [...ROLES, ""]) {
      const headers = { authorization: role };
      const answer = await fetch(`http://127.0.0.1:${port}/dashboard/rung-editor`, { headers });
      assert.equal(answer.headers.get("cache-control"), "no-store");
      answers.push([role, await answer.json()]);
    }
    await new Promise((ended) => server.close(ended));
    return Object.fromEntries(answers);
  }

  it("is for those who may change flows", async () => {
    const root = "/editor/";
    assert.deepEqual(await told("engineering"), {
      viewer: {},
      operator: {},
      engineer: { root },
      admin: { root },
      "": {},
    });
  });

  it("is for nobody where there is no editor", async () => {
    assert.deepEqual(
      new Set(Object.values(await told("production")).map((one) => JSON.stringify(one))),
      new Set(["{}"]),
    );
  });
});
