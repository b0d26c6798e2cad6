import assert from "node:assert/strict";
import { connectionError, serverLimit } from "../../runtime/describe/opcua/connection-error.ts";

describe("opc ua failures", () => {
  it("say what a server has no more of, and what to do", () => {
    const table: [string, string, RegExp][] = [
      ["BadTooManySessions (0x80560000)", "too-many-sessions", /close other clients/],
      ["serviceResult = BadTooManySubscriptions (0x80770000)", "too-many-subscriptions", /raise the limit/],
      ["BadTooManyMonitoredItems", "too-many-tags", /bind fewer tags/],
    ];
    for (const [message, code, advice] of table) {
      const limit = serverLimit("plant", message);
      assert.equal(limit?.code, code);
      assert.match(limit.message, advice);
      assert.equal(connectionError("plant", new Error(message)).code, code);
    }
    assert.equal(serverLimit("plant", "BadNodeIdUnknown"), undefined);
  });

  it("tell a login of the wrong kind from a wrong login", () => {
    const codeOf = (message: string) => connectionError("plant", new Error(message)).code;
    assert.equal(
      codeOf("Cannot find USERNAME user token policy in end point description"),
      "login-not-offered",
    );
    assert.equal(
      codeOf("Cannot find Certificate (X509) user token policy in end point description"),
      "login-not-offered",
    );
    assert.equal(codeOf(" Unsupported security Policy"), "login-needs-security");
    assert.equal(codeOf("serviceResult = BadIdentityTokenRejected (0x80210000)"), "login-refused");
  });

  it("say the rest in the server's own first line", () => {
    const error = connectionError("plant", new Error("BadOutOfMemory\n  at once"));
    assert.equal(error.code, "connection-failed");
    assert.match(error.message, /BadOutOfMemory \(it is tried again\)|BadOutOfMemory/);
    assert.ok(!error.message.includes("at once"));
  });
});
