import assert from "node:assert/strict";
import { AlarmEpisode } from "../../runtime/diagnose/alarm-episode.ts";

const options = { confirm: 2, clearBelow: 0.8, hold: 3, recovery: 4, recoveryFactor: 1.5 };
const play = (scores: number[]): string[] => {
  const episode = new AlarmEpisode(options);
  return scores.map((score) => {
    const change = episode.step(score);
    return change === "none" ? (episode.active ? "on" : "off") : change;
  });
};

describe("diagnose/alarm episode", () => {
  it("confirms, holds with hysteresis and clears", () => {
    assert.deepEqual(play([1.1, 0.9, 1.1, 1.1, 0.9, 0.7, 0.7, 0.9, 0.7, 0.7, 0.7]), [
      "off",
      "off",
      "off",
      "raised",
      "on",
      "on",
      "on",
      "on",
      "on",
      "on",
      "cleared",
    ]);
  });

  it("asks more while it recovers, and not after", () => {
    const raised = [1.1, 1.1, 0, 0, 0];
    assert.equal(play([...raised, 1.4, 1.4, 1.4, 1.4]).filter((state) => state === "raised").length, 1);
    assert.equal(play([...raised, 1.6, 1.6]).filter((state) => state === "raised").length, 2);
    assert.equal(play([...raised, 0, 0, 0, 0, 1.1, 1.1]).at(-1), "raised");
  });
});
