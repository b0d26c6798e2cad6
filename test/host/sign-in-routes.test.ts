import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { SignInThrottle } from "../../runtime/core/sign-in-throttle.ts";
import { FirstLogin } from "../../runtime/host/first-login.ts";
import { hashPassword } from "../../runtime/host/password.ts";
import { Sessions } from "../../runtime/host/sessions.ts";
import { signInRoutes } from "../../runtime/host/sign-in-routes.ts";
import { SignedIn } from "../../runtime/host/signed-in.ts";
import { UserList } from "../../runtime/host/users.ts";

describe("signing in at the host", function () {
  this.timeout(20_000);
  let home: string;
  let server: Server;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-host-sign-in-"));
    const users = new UserList(home);
    users.add({ name: "anna", role: "admin", hash: await hashPassword("six grey rungs") });
    const app = express();
    app.use(
      signInRoutes({
        users,
        signedIn: new SignedIn(new Sessions(home, users), false),
        firstLogin: new FirstLogin(users),
        // A clock that stands, so that no wait ends while the passwords are compared.
        throttle: new SignInThrottle(() => 0),
        onFirstLogin: () => undefined,
      }),
    );
    server = createServer(app).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  });

  async function statuses(count: number, password: string): Promise<Map<number, number>> {
    const answers = await Promise.all(
      Array.from({ length: count }, async () => {
        const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sign-in`, {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "application/json" },
          body: JSON.stringify({ user: "anna", password }),
        });
        await answer.text();
        return answer.status;
      }),
    );
    return new Map([...new Set(answers)].sort().map((s) => [s, answers.filter((one) => one === s).length]));
  }

  it("a person who is right several times at once is let in each time", async () => {
    assert.deepEqual(await statuses(6, "six grey rungs"), new Map([[200, 6]]));
  });

  it("25 guesses at once are 3 guesses", async () => {
    assert.deepEqual(
      await statuses(25, "a guess"),
      new Map([
        [401, 3],
        [429, 22],
      ]),
    );
  });
});
