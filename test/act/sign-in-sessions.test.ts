import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignInSessions } from "../../runtime/act/http/sign-in-sessions.ts";
import { People } from "../../runtime/act/people.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { SignInThrottle } from "../../runtime/core/sign-in-throttle.ts";

describe("signing in at the actuator", function () {
  this.timeout(20_000);
  let directory: string;
  let sessions: SignInSessions;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-sign-in-"));
    const people = new People(directory);
    people.set("anna", "right password");
    // A clock that stands, so that no wait ends while the passwords are compared.
    sessions = new SignInSessions(people, new SignInThrottle(() => 0));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const codesOf = async (tries: Promise<unknown>[]) =>
    (await Promise.allSettled(tries)).map((one) =>
      one.status === "fulfilled" ? "in" : (one.reason as RungError).code,
    );

  it("25 guesses at once are 3 guesses, whichever way they come", async () => {
    const codes = await codesOf(
      Array.from({ length: 25 }, (_, i) =>
        i % 2 === 0 ? sessions.signIn("Anna", `guess ${i}`) : sessions.prove("anna", `guess ${i}`),
      ),
    );
    assert.equal(codes.filter((code) => code === "wrong-password").length, 3);
    assert.equal(codes.filter((code) => code === "too-many-tries").length, 22);
  });

  it("a person who is right several times at once is let in each time", async () => {
    const codes = await codesOf(Array.from({ length: 6 }, () => sessions.signIn("anna", "right password")));
    assert.deepEqual(codes, Array(6).fill("in"));
  });
});
