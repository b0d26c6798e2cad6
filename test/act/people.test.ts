import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../runtime/act/authority.ts";
import { People } from "../../runtime/act/people.ts";
import { type Person, RIGHTS, type Right, ROLES, type Role, requireRight } from "../../runtime/act/rights.ts";
import { notTwoPeople } from "../../runtime/act/two-people.ts";
import { TWIN } from "./oven-envelope.ts";

const PAINT = "acme/leipzig/paint";
const HOUR_MS = 3600_000;

const person = (name: string, changes: Partial<Person> = {}): Person => ({
  name,
  role: "engineer",
  scopes: [""],
  setBy: "boss",
  setAtMs: 0,
  ...changes,
});

describe("people of the actuator", () => {
  let directory: string;
  let people: People;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-people-"));
    people = new People(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const file = () => join(directory, "people.json");

  it("begin with an admin of everything, whose password lies apart until it is changed", async () => {
    const firstLogin = people.prepare()!;
    const { user, password } = JSON.parse(readFileSync(firstLogin, "utf8"));
    assert.equal(statSync(firstLogin).mode & 0o777, 0o600);
    const admin = await people.check(user, password);
    assert.deepEqual([admin!.role, admin!.scopes, admin!.setBy], ["admin", [""], "the first start"]);
    people.set("admin", { password: "another password", by: "os:root" });
    assert.throws(() => statSync(firstLogin), /ENOENT/);
    assert.equal(people.prepare(), undefined);
  });

  it("are viewers of everything until more is said, and never show a hash", async () => {
    people.set("anna", { password: "right password", by: "os:boss" });
    const anna = (await people.check("ANNA", "right password"))!;
    assert.deepEqual([anna.name, anna.role, anna.scopes, anna.setBy], ["anna", "viewer", [""], "os:boss"]);
    assert.equal("passwordHash" in anna, false);
    assert.equal(JSON.stringify(people.all()).includes("$2"), false);
    assert.equal(await people.check("anna", "wrong password"), undefined);
    assert.equal(await people.check("nobody", "right password"), undefined);
  });

  it("keep what is not changed, and remember who gave the password, which they themselves are not", async () => {
    people.set("anna", { password: "right password", role: "engineer", scopes: [PAINT], by: "boss" });
    const made = people.find("anna")!;
    people.set("anna", { role: "operator", by: "chief" });
    assert.deepEqual(people.find("anna"), { ...made, role: "operator" });
    people.set("Anna", { password: "my own password", by: "ANNA" });
    assert.deepEqual(people.find("anna"), { ...made, role: "operator" }, "her own change shortens nothing");
    assert.ok(await people.check("anna", "my own password"));
    people.set("anna", { password: "a reset password", by: "chief" });
    assert.equal(people.find("anna")!.setBy, "chief");
    assert.ok(people.find("anna")!.setAtMs >= made.setAtMs);
    assert.equal(people.all().length, 1);
  });

  for (const [what, name, change, said] of [
    ["a name with a blank", "the host", { password: "right password" }, /1 to 64 letters/],
    ["a name that looks like the system's", "os:root", { password: "right password" }, /1 to 64 letters/],
    ["a short password", "anna", { password: "short" }, /at least 8 characters/],
    ["a password that bcrypt cuts", "anna", { password: "ä".repeat(37) }, /at most 72 bytes/],
    ["a role nobody has", "anna", { password: "right password", role: "root" as Role }, /root is no role/],
    [
      "a scope that ends in a slash",
      "anna",
      { password: "right password", scopes: ["acme/"] },
      /segment 2 is empty/,
    ],
    ["a new person without a password", "anna", {}, /needs a password/],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(() => people.set(name, { ...change, by: "boss" }), said);
      assert.equal(people.all().length, 0);
    });
  }

  it("of a file from before there were roles keep what they could; a broken role is a viewer's", () => {
    writeFileSync(
      file(),
      JSON.stringify([
        { name: "admin", passwordHash: "x" },
        { name: "anna", passwordHash: "x" },
        { name: "ben", passwordHash: "x", role: "king", scopes: [""], setBy: "boss", setAtMs: 1 },
        {
          name: "cleo",
          passwordHash: "x",
          role: "engineer",
          scopes: "everything",
          setBy: "boss",
          setAtMs: 1,
        },
      ]),
    );
    assert.deepEqual(
      people.all().map(({ name, role, scopes }) => [name, role, scopes]),
      [
        ["admin", "admin", [""]],
        ["anna", "engineer", [""]],
        ["ben", "viewer", [""]],
        ["cleo", "engineer", []],
      ],
    );
  });

  it("are read anew when the file is another", () => {
    people.set("anna", { password: "right password", role: "engineer", by: "boss" });
    assert.equal(people.find("anna")!.role, "engineer");
    new People(directory).set("anna", { role: "viewer", by: "boss" });
    assert.equal(people.find("anna")!.role, "viewer");
    new People(directory).remove("Anna");
    assert.equal(people.find("anna"), undefined);
  });
});

describe("rights at the actuator", () => {
  const address = `${TWIN}/zone1/airTemperatureSetpoint`;
  const may = (who: Person, right: Right, addresses: readonly string[] = [TWIN, address]): boolean => {
    try {
      requireRight(who, right, addresses);
      return true;
    } catch (error) {
      assert.equal((error as { code?: string }).code, "not-allowed");
      return false;
    }
  };

  it("grow with the role", () => {
    const rights = Object.keys(RIGHTS) as Right[];
    const table = ROLES.map((role) => rights.filter((right) => may(person("p", { role }), right)).sort());
    assert.deepEqual(table, [
      ["see"],
      ["approve", "disarm", "see"],
      ["approve", "arm", "commission", "disarm", "see"],
      ["approve", "arm", "commission", "disarm", "see"],
    ]);
  });

  it("end at the scope: of an address, not of its letters", () => {
    for (const [scopes, expected] of [
      [[""], true],
      [[PAINT], true],
      [[TWIN], true],
      [["acme/dresden", PAINT], true],
      [["acme/leipzig/pai"], false],
      [[`${TWIN}/zone1`], false],
      [[`${TWIN}2`], false],
      [["acme/dresden"], false],
      [[], false],
    ] as const) {
      assert.equal(may(person("p", { scopes }), "arm"), expected, JSON.stringify(scopes));
    }
    assert.equal(may(person("p", { scopes: [PAINT] }), "arm", [TWIN, "acme/leipzig/press/p1/force"]), false);
    assert.equal(may(person("p"), "arm", []), false, "what is about nothing is nobody's");
  });

  it("are nobody's at a live plant without a list of people, and asked by name otherwise", () => {
    assert.throws(
      () => new Authority("live", undefined).require("anna", "disarm", [TWIN]),
      /anna: is nobody/,
    );
    new Authority("virtual", undefined).require("anna", "arm", [TWIN]);
    const authority = new Authority("virtual", (name) =>
      name === "anna" ? person("anna", { role: "viewer" }) : undefined,
    );
    assert.throws(() => authority.require("anna", "arm", [TWIN]), /anna: is viewer: arm needs engineer/);
    assert.throws(() => authority.require("ben", "see", [TWIN]), /ben: is nobody at this actuator/);
  });
});

describe("two accounts as two people", () => {
  const nowMs = 1_790_000_000_000;
  const set = (name: string, setBy: string, hoursAgo: number) =>
    person(name, { setBy, setAtMs: nowMs - hoursAgo * HOUR_MS });

  const CASES: [what: string, one: Person, other: Person, hand: string | undefined][] = [
    ["made by two", set("anna", "boss", 1), set("ben", "chief", 1), undefined],
    ["made by one, a day ago", set("anna", "boss", 24), set("ben", "boss", 24), undefined],
    [
      "one of them made by one, just under a day ago",
      set("anna", "boss", 23.99),
      set("ben", "boss", 23.99),
      "boss",
    ],
    ["made by one, one of them long ago", set("anna", "boss", 1000), set("ben", "boss", 1), undefined],
    ["one that made the other", set("anna", "ben", 1), set("ben", "boss", 1000), "ben"],
    ["one that made the other, a day ago", set("anna", "ben", 24), set("ben", "boss", 1000), undefined],
    ["made by one in two spellings", set("anna", "Boss", 1), set("ben", "boss", 1), "Boss"],
    ["made after now", set("anna", "boss", -5), set("ben", "boss", -5), "boss"],
  ];
  for (const [what, one, other, hand] of CASES) {
    it(`${hand === undefined ? "takes" : "refuses"} accounts ${what}`, () => {
      for (const said of [notTwoPeople(one, other, nowMs), notTwoPeople(other, one, nowMs)]) {
        assert.equal(said !== undefined, hand !== undefined, said);
        if (hand !== undefined)
          assert.match(said!, new RegExp(`in one hand within 24 h, that of ${hand}`, "i"));
      }
    });
  }

  it("refuses one name in two spellings", () => {
    assert.match(notTwoPeople(person("Anna"), person("anna"), nowMs)!, /is one person/);
  });

  it("asks for that at a live plant alone", () => {
    const now = Date.now();
    const find = (name: string) => person(name, { setBy: "boss", setAtMs: now });
    assert.throws(() => new Authority("live", find).requireTwo("anna", "ben"), /in one hand/);
    new Authority("virtual", find).requireTwo("anna", "ben");
  });
});
