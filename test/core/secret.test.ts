import assert from "node:assert/strict";
import {
  holdsUrlLogin,
  isInClear,
  isSecretName,
  looksSecret,
  namesSecret,
  withoutUrlLogins,
} from "../../runtime/core/secret.ts";

describe("what betrays a secret", () => {
  it("is the name it stands under", () => {
    for (const name of [
      "password",
      "Passwd",
      "token",
      "accessToken",
      "api_key",
      "clientSecret",
      "privateKey",
    ])
      assert.equal(isSecretName(name), true, name);
    for (const name of ["tokens", "passwordHint", "key", "keyring", ""])
      assert.equal(isSecretName(name), false, name);
    for (const path of ["msg.headers.authorization", "payload['password']", "X-API-Key", "headers.Cookie"])
      assert.equal(namesSecret(path), true, path);
    for (const path of ["payload", "password.length", "a bearer of news", ""])
      assert.equal(namesSecret(path), false, path);
  });

  it("is the login of an address, unless it comes from the environment", () => {
    const cases: [string, string][] = [
      ["mqtt://anna:pw@host:1883/a", "mqtt://anna:***@host:1883/a"],
      ["mqtt://:pw@host", "mqtt://:***@host"],
      ["a mqtt://u:p@ss@host b ftp://x:y@z", "a mqtt://u:***@host b ftp://x:***@z"],
      ["http://host:8080/a@b", "http://host:8080/a@b"],
      ["http://anna@host", "http://anna@host"],
      [`http://anna:\${PASSWORD}@host`, `http://anna:\${PASSWORD}@host`],
      ["no address: a@b", "no address: a@b"],
    ];
    for (const [text, shown] of cases) {
      assert.equal(withoutUrlLogins(text), shown);
      assert.equal(holdsUrlLogin(text), text !== shown);
    }
    const long = "a".repeat(2_000_000);
    assert.equal(withoutUrlLogins(long), long);
  });

  it("is how it looks", () => {
    for (const text of [
      '{"password": "x"}',
      "?token=x",
      "Authorization: x",
      "Bearer x",
      "-----BEGIN RSA PRIVATE KEY-----",
    ])
      assert.equal(looksSecret(text), true, text);
    for (const text of ["oven 1", "-----BEGIN CERTIFICATE-----", "the token ring", "basic"])
      assert.equal(looksSecret(text), false, text);
    assert.equal(isInClear("x"), true);
    for (const value of ["", `\${NAME}`, 3, undefined]) assert.equal(isInClear(value), false);
  });
});
