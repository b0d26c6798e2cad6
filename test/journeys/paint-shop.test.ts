import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { ActuatorPerson } from "../flows/actuator-person.ts";
import { pageFaults } from "../flows/page-check.ts";
import { eventually } from "../flows/product.ts";
import { hold, RunningPlant } from "./running-plant.ts";

/** Plant seconds a wall second while a person reads and holds a button: a recommendation lives for five minutes. */
const READING_SPEED = 5;
const DEMO_SPEED = 60;
/** How long the link to the plant is cut: wall time, twenty minutes of the plant. */
const CUT_S = 20;
const SLOW_MS = 120_000;

/**
 * Covers: journeys of operators and engineers at the paint shop, one after the other on one plant.
 * Scenario: two people arm; a nozzle fouls while one page has lost its connection; the alarm is acknowledged by name; the
 * operator approves what is recommended and sees it read back; the nozzle is clean again, the alarm over; the link to the
 * plant is cut, and no gap remains.
 */
describe("journeys at the paint shop", function () {
  this.timeout(240_000);
  let plant: RunningPlant;
  /** The shop's page, and the plant's in another browser. */
  let shop: Page;
  let overview: Page;

  before(async function () {
    plant = await RunningPlant.start(this);
    shop = await plant.page("/paint");
    overview = await plant.page("/plant");
  });
  after(() => plant?.stop());

  /** How many alarms of the oven are open, and how many of them nobody has seen, as the list's heading says. */
  const alarmsOn = async (page: Page): Promise<{ open: number; unseen: number }> => {
    const heads = (await page.locator(".rung-head").allTextContents()).join(" ");
    const [, open, unseen] = /(\d+) open · (\d+) not acknowledged/.exec(heads) ?? [];
    return { open: Number(open), unseen: Number(unseen) };
  };
  /** Acknowledges what nobody has seen, as at the begin of a shift, until all that was abnormal is over. */
  const noAlarmLeft = () =>
    eventually(
      "no alarm open",
      async () => {
        const { open, unseen } = await alarmsOn(shop);
        if (open === 0) return true;
        // A row, or its card, may go while it is pressed: the next look finds what is left.
        const press = (button: Locator) =>
          button
            .first()
            .click({ timeout: 2_000 })
            .catch(() => undefined);
        if (unseen > 0 && open > 1)
          await press(shop.locator(".alarm-rows button", { hasText: "not acknowledged" }));
        if (unseen > 0) await press(shop.getByRole("button", { name: "Acknowledge", exact: true }));
        return undefined;
      },
      SLOW_MS,
    );
  const isMarked = (page: Page) => page.locator(".rung-header .count:not(.none)").first().waitFor();
  const kept = (): { event: string; by?: string }[] =>
    readFileSync(join(plant.product.home, "history", "alarms.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  let anna: Page;
  let ben: Page;

  describe("two people at the actuator", () => {
    it("is armed by two engineers, of whom none is enough", async () => {
      const person = await ActuatorPerson.signIn(plant.product);
      await eventually(
        "every check before arming holds",
        async () => {
          const [envelope] = (await person.status()).envelopes;
          return envelope?.checks.every(({ holds }) => holds) || undefined;
        },
        SLOW_MS,
      );
      anna = await plant.atActuator("anna");
      await anna.getByLabel("Minutes").fill("30");
      await anna.getByLabel("What it does").selectOption("advise");
      await hold(anna, /to arm/);
      await anna.getByText("You asked: another person must agree").waitFor();
      const agree = anna.getByRole("button", { name: /to agree/ });
      assert.equal(await agree.getAttribute("aria-disabled"), "true", "nobody agrees with herself");
      ben = await plant.atActuator("ben");
      await hold(ben, /to agree and arm/);
      await ben.getByText("Armed by anna and ben.").waitFor();
      await anna.getByText("Armed by anna and ben.").waitFor();
      await shop.locator("#nrdb-ui-widget-recommendation", { hasText: /Actuator: (asks|hold)/ }).waitFor();
    });
  });

  describe("an operator and an alarm, one page cut off", () => {
    it("begins with nothing abnormal, and every page says so", async () => {
      await noAlarmLeft();
      for (const page of [shop, overview]) await page.getByText("Nothing abnormal.").waitFor();
    });

    it("sees the alarm with what it is, why, what comes of it and what to do", async () => {
      await overview.context().setOffline(true);
      await plant.product.plant("POST", "/faults", { fault: "fouled-nozzle", zone: 3 });
      const card = shop.locator(".alarm-card");
      await card.getByRole("heading", { name: /Zone 3 .* below normal/ }).waitFor({ timeout: SLOW_MS });
      const told = (await card.locator("dt").allTextContents()).join(", ");
      assert.match(told, /Why.*Otherwise.*Action/);
      await isMarked(shop);
      assert.deepEqual(await pageFaults(shop), []);
    });

    it("missed nothing on the page that had no connection, as soon as it has one again", async () => {
      await overview.locator(".rung-stale").first().waitFor({ timeout: SLOW_MS });
      assert.equal((await alarmsOn(overview)).open, 0, "it could not know");
      await overview.context().setOffline(false);
      await overview
        .locator(".alarm-card")
        .getByRole("heading", { name: /Zone 3 .* below normal/ })
        .waitFor({ timeout: SLOW_MS });
      await eventually("no STALE mark", async () =>
        (await overview.locator(".rung-stale").count()) === 0 ? true : undefined,
      );
      await isMarked(overview);
    });

    it("acknowledges it by name, and the other page knows", async () => {
      await shop.getByRole("button", { name: "Acknowledge", exact: true }).click();
      for (const page of [shop, overview])
        await page
          .getByText(/acknowledged by operator/)
          .first()
          .waitFor();
      assert.ok(kept().some(({ event, by }) => event === "acknowledged" && by === "operator"));
    });
  });

  describe("an operator who approves", () => {
    let olga: Page;

    it("writes nothing until the operator has approved, then reads it back", async () => {
      olga = await plant.atActuator("olga");
      await plant.product.plant("POST", "/speed", { speed: READING_SPEED });
      const before = await setpoints();
      const approve = olga.getByRole("button", { name: /to approve \d+ setpoints?$/ }).first();
      await approve.waitFor({ timeout: SLOW_MS });
      assert.deepEqual(await setpoints(), before, "an open approval writes nothing");
      await hold(olga, /to approve \d+ setpoints?$/);
      await olga.locator(".writes", { hasText: /read back/ }).waitFor({ timeout: SLOW_MS });
      const written = await eventually("other setpoints in the plant", async () => {
        const now = await setpoints();
        return now.join() === before.join() ? undefined : now;
      });
      await eventually("the setpoints of the plant on the shop's page", async () => {
        const shown = await shop.locator("#nrdb-ui-widget-zones .setpoint").allTextContents();
        return written.every((value, i) => shown[i] === `SP ${Math.round(value)}`) || undefined;
      });
      assert.deepEqual(await pageFaults(olga), []);
    });

    it("is disarmed by one press, and says so everywhere", async () => {
      await olga.getByRole("button", { name: "Disarm" }).click();
      for (const page of [anna, ben, olga])
        await page
          .locator(".state", { hasText: /^(?!.*Armed)/ })
          .first()
          .waitFor();
      await shop
        .locator("#nrdb-ui-widget-recommendation", { hasText: /Actuator: (not armed|disarmed)/ })
        .waitFor();
      for (const page of [anna, ben, olga]) await page.context().close();
      await plant.product.plant("POST", "/speed", { speed: DEMO_SPEED });
    });

    const setpoints = async (): Promise<number[]> =>
      (await plant.product.plant<{ setpoints: number[] }>("GET", "/status")).setpoints;
  });

  describe("the plant is normal again, and its link is cut", () => {
    it("has no alarm left once the fault is gone and every one was seen, on every page", async () => {
      await plant.product.plant("DELETE", "/faults");
      await noAlarmLeft();
      await overview.getByText("Nothing abnormal.").waitFor();
    });

    it("fills in what a cut link kept back, and the trend is whole", async () => {
      // Of the booth, whose broker keeps nothing, a gap stays open, and says so.
      const gaps = shop.locator("#nrdb-ui-widget-gaps tr", { hasText: "oven PLC" });
      const before = await gaps.count();
      await plant.product.plant("POST", "/faults", { fault: "network-cut", durationS: CUT_S });
      await eventually("values that no longer count", async () =>
        (await shop.locator("#nrdb-ui-widget-zones .struck").count()) > 0 ? true : undefined,
      );
      await eventually(
        "one gap more of the oven, and all of them filled in",
        async () => {
          const told = await gaps.allTextContents();
          return (told.length > before && told.every((row) => row.startsWith("filled"))) || undefined;
        },
        SLOW_MS,
      );
      const trend = shop.locator("#nrdb-ui-widget-trend .trend-host");
      await eventually("a curve without a break", async () =>
        /without data/.test((await trend.getAttribute("aria-label")) ?? "") ? undefined : true,
      );
    });
  });

  describe("all of them", () => {
    it("met no error on any page", () => assert.deepEqual(plant.wrong, []));
  });
});
