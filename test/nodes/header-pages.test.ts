import assert from "node:assert/strict";
import { crumbsOf, navigationOf, worstOf } from "../../nodes/dashboard/header/header-pages.ts";
import type { HeaderView } from "../../nodes/dashboard/header/header-view.ts";
import { askFor, type PageOf } from "../../nodes/dashboard/look/pages.ts";

const page = (name: string, display: string): PageOf => ({
  name,
  path: `/dashboard/${name.toLowerCase()}`,
  widget: { id: name, type: "ui-rung-header", props: { display } },
});
const PAGES = [
  page("Paint", "shop"),
  page("Plant", "plant"),
  page("Assembly", "shop"),
  page("Detail", "station"),
];
const view = (address: string, counts: Partial<HeaderView["counts"]> = {}): HeaderView => ({
  place: "",
  address,
  display: "shop",
  reality: "virtual",
  speed: 1,
  timeUs: 0,
  counts: { p1: 0, p2: 0, p3: 0, stale: 0, ...counts },
});
const VIEWS = new Map([
  ["Plant", view("acme/leipzig", { p1: 1 })],
  ["Paint", view("acme/leipzig/paint/oven1", { p3: 2, stale: 1 })],
  ["Assembly", view("acme/leipzig/assembly/line1", { stale: 4 })],
  ["Detail", view("acme/leipzig")],
]);

describe("the pages that a header leads to", () => {
  it("are plant first, then the shops with their worst mark, and no page of one station", () => {
    assert.deepEqual(navigationOf(PAGES, VIEWS), [
      { name: "Plant", path: "/dashboard/plant" },
      { name: "Paint", path: "/dashboard/paint", mark: 3 },
      { name: "Assembly", path: "/dashboard/assembly", mark: "stale" },
    ]);
    assert.equal(navigationOf(PAGES, new Map())[1]!.mark, undefined, "before anything was told");
  });

  it("rank a mark by its priority, and stale last", () => {
    const of = (counts: Partial<HeaderView["counts"]>) => worstOf(view("a", counts).counts);
    assert.deepEqual(
      [
        of({ p1: 1, p2: 9, stale: 9 }),
        of({ p2: 1, p3: 9 }),
        of({ p3: 1, stale: 2 }),
        of({ stale: 1 }),
        of({}),
      ],
      [1, 2, 3, "stale", undefined],
    );
  });

  it("lead from a value back over station and shop to the plant", () => {
    const asked = { property: "acme/leipzig/paint/oven1/zone3/airTemperature" };
    assert.deepEqual(crumbsOf(asked, "/dashboard/detail", PAGES, VIEWS), [
      { name: "Plant", to: "/dashboard/plant" },
      { name: "Paint", to: "/dashboard/paint" },
      { name: "zone3", to: "/dashboard/detail?station=acme/leipzig/paint/oven1/zone3" },
      { name: "airTemperature" },
    ]);
    const twin = crumbsOf({ station: "acme/leipzig/assembly/line1" }, "/d", PAGES, VIEWS);
    assert.deepEqual(
      twin.map(({ name }) => name),
      ["Plant", "Assembly"],
    );
    assert.deepEqual(crumbsOf({}, "/d", PAGES, VIEWS), []);
    assert.deepEqual(
      crumbsOf({ station: "other/site" }, "/d", PAGES, VIEWS),
      [{ name: "other", to: "/d?station=other" }, { name: "site" }],
      "what no page is of stands alone",
    );
  });

  it("do not mistake a name that begins alike for a part", () => {
    const views = new Map(VIEWS).set("Assembly", view("acme/leipzig/paint/oven"));
    const way = crumbsOf({ station: "acme/leipzig/paint/oven1/zone3" }, "/d", PAGES, views);
    assert.deepEqual(
      way.map(({ name }) => name),
      ["Plant", "Paint", "zone3"],
    );
  });

  it("ask by an address that survives any name in it", () => {
    const query = askFor({ station: "acme/a&b=c/häuser" });
    assert.equal(new URLSearchParams(query).get("station"), "acme/a&b=c/häuser");
  });
});
