import assert from "node:assert/strict";
import { flowDifference } from "../../../runtime/ladder/difference/flow-difference.ts";
import { flowText } from "../../../runtime/ladder/difference/flow-text.ts";

const OLD = "hunter2old";
const NEW = "hunter2new";

/** Where a secret stands in flows people really write; `%` is the secret. */
const PLACES: Readonly<Record<string, Record<string, unknown>>> = {
  "a field named password": { password: "%" },
  "a field named token, in an object": { settings: { deep: { accessToken: "%", access_token: "%" } } },
  "the credentials of a node of a type that is not installed": {
    credentials: { user: "anna", password: "%" },
  },
  "an environment entry of type credential": { env: [{ name: "KEY", type: "cred", value: "%" }] },
  "an environment entry named like a secret": { env: [{ name: "API_KEY", type: "str", value: "%" }] },
  "a header of an http request": {
    headers: [{ keyType: "other", keyValue: "Authorization", valueType: "other", valueValue: "%" }],
  },
  "a bearer token in a header of another name": { headers: { "X-Any": "Bearer %" } },
  "the login of an address": { url: "mqtt://anna:%@broker:1883" },
  "an address behind another one": { url: "http://proxy/?to=mqtt://anna:p@%@broker" },
  "a query": { url: "https://host/path?token=%" },
  "a change rule that sets a header": {
    rules: [{ t: "set", p: "headers.authorization", to: "%", tot: "str" }],
  },
  "an inject's property": { props: [{ p: "payload.password", v: "%", vt: "str" }] },
  "JSON in a text": { payload: '{"password": "%"}' },
  "a private key": { key: "-----BEGIN PRIVATE KEY-----\n%\n-----END PRIVATE KEY-----" },
  "a line of a function": { func: "const a = 1;\nconst password = '%';\nreturn msg;" },
  "the login of an address that names a row": { rows: [{ address: "mqtt://anna:%@a" }, { address: "b" }] },
  "a row named by what looks like a secret": { rows: [{ name: "token=%", x: 1 }] },
  "a list of texts": { arguments: ["--user=anna", "--password=%"] },
};

const filled = (fields: object, secret: string): unknown[] => [
  { id: "t", type: "tab", label: "one" },
  {
    id: "n",
    type: "foreign",
    z: "t",
    name: "a",
    x: 1,
    y: 1,
    wires: [],
    ...JSON.parse(JSON.stringify(fields).replaceAll("%", secret)),
  },
];

describe("secrets in a difference", () => {
  for (const [name, fields] of Object.entries(PLACES)) {
    it(`does not show ${name}`, () => {
      const [before, after, without] = [filled(fields, OLD), filled(fields, NEW), filled({}, "")];
      for (const [a, b] of [
        [before, after],
        [without, after],
        [before, without],
      ]) {
        const said = flowDifference(a, b);
        assert.equal(said.isSame, false, "that something changed is said");
        assert.doesNotMatch(JSON.stringify(said), /hunter2/);
      }
      assert.doesNotMatch(flowText(after), /hunter2/);
    });
  }

  it("shows what only looks like one from afar", () => {
    const said = flowDifference(
      filled({ tokens: 3, url: `\${URL}` }, ""),
      filled({ tokens: 4, url: `\${OTHER}` }, ""),
    );
    assert.deepEqual(said.places[0]!.sentences, [
      "foreign a: Tokens 3 -> 4",
      `foreign a: Url \${URL} -> \${OTHER}`,
    ]);
  });
});
