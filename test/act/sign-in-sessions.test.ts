import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Request } from "express";
import { SignInSessions } from "../../runtime/act/http/sign-in-sessions.ts";
import { People } from "../../runtime/act/people.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { SignInThrottle } from "../../runtime/core/sign-in-throttle.ts";

describe("signing in at the actuator", function () {
  this.timeout(20_000);
  let directory: string;
  let sessions: SignInSessions;
  let people: People;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-sign-in-"));
    people = new People(directory);
    people.set("anna", { password: "right password", by: "test" });
    // A clock that stands, so that no wait ends while the passwords are compared.
    sessions = new SignInSessions(people, new SignInThrottle(() => 0));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const codesOf = async (tries: Promise<unknown>[]) =>
    (await Promise.allSettled(tries)).map((one) =>
      one.status === "fulfilled" ? "in" : (one.reason as RungError).code,
    );

  for (const way of ["signIn", "prove"] as const) {
    it(`25 guesses at once are 3 guesses by ${way}`, async () => {
      const codes = await codesOf(
        Array.from({ length: 25 }, (_, i) => sessions[way](i % 2 === 0 ? "Anna" : "anna", `guess ${i}`)),
      );
      assert.equal(codes.filter((code) => code === "wrong-password").length, 3);
      assert.equal(codes.filter((code) => code === "too-many-tries").length, 22);
    });
  }

  it("who has a session can prove the password while somebody without one guesses it", async () => {
    await codesOf(Array.from({ length: 4 }, (_, i) => sessions.signIn("anna", `guess ${i}`)));
    assert.deepEqual(await codesOf([sessions.signIn("anna", "right password")]), ["too-many-tries"]);
    assert.deepEqual(await codesOf([sessions.prove("anna", "right password")]), ["in"]);
  });

  it("a person who is right several times at once is let in each time", async () => {
    const codes = await codesOf(Array.from({ length: 6 }, () => sessions.signIn("anna", "right password")));
    assert.deepEqual(codes, Array(6).fill("in"));
  });

  it("a token ends when somebody else gives the person a new password, and with the person", async () => {
    const { token } = await sessions.signIn("anna", "right password");
    const request = { headers: { authorization: `Bearer ${token}` } } as Request;
    assert.equal(sessions.personOf(request)?.name, "anna");
    people.set("anna", { role: "operator", by: "test" });
    assert.equal(sessions.personOf(request)?.role, "operator", "a role is read anew");
    // A password of the same millisecond would be the same one.
    await new Promise((resolve) => setTimeout(resolve, 5));
    people.set("anna", { password: "another password", by: "test" });
    assert.equal(sessions.personOf(request), undefined);
  });
});
