import assert from "node:assert/strict";
import { acceptFix } from "../../nodes/dashboard/cell/accept-fix.ts";
import { awaitedText } from "../../nodes/dashboard/cell/awaited-text.ts";
import { meshFromBytes, meshToBytes } from "../../nodes/dashboard/cell/mesh-bytes.ts";
import {
  anglesAt,
  anglesOfFinding,
  doingAt,
  endOf,
  ticksOf,
  waitsText,
  weldNames,
} from "../../nodes/dashboard/cell/playback.ts";
import {
  findingCounts,
  fixInShort,
  fixLine,
  gapText,
  pairText,
  versionText,
  weldCounts,
  weldLine,
} from "../../nodes/dashboard/cell/rows.ts";
import { Shelf } from "../../nodes/dashboard/cell/shelf.ts";
import { BOX_STUDY, CLEAN_STUDY } from "./box-cell.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("tables of a cell's screen", () => {
  it("say a gap, a clip and no pose each in its own words", () => {
    assert.equal(gapText(-38.84), "clips 38.8");
    assert.equal(gapText(8.9), "8.9");
    assert.equal(gapText(0), "0.0");
    assert.equal(gapText(null), "");
    assert.equal(plain(pairText(-38.84)), "clips by 38.8 mm");
    assert.equal(plain(pairText(16.4)), "clear by 16.4 mm");
    assert.equal(pairText(null), "no pose");
    assert.equal(versionText("7c1e90aa12"), "7c1e90");
    assert.equal(versionText("v7, by hand"), "v7, by hand");
  });

  it("draw a weld by its result, its place on the one scale and the mark of its worst finding", () => {
    const [clips, short, near, ...rest] = BOX_STUDY.welds.map((row) => weldLine(row, BOX_STUDY));
    assert.deepEqual(
      { ...clips!, result: plain(clips!.result) },
      {
        weld: "W-118",
        robot: "R1",
        disc: "half",
        result: "fixable",
        at: 0,
        limitAt: 0.2,
        gap: "clips 38.8",
        helps: "back 65, −4°",
        priority: 1,
        finding: "clash/R1/gun/reinforcement/W-118",
      },
    );
    assert.equal(plain(short!.result), "short by 67.5 mm");
    assert.deepEqual([short!.disc, short!.at, short!.priority], ["empty", null, 2]);
    assert.deepEqual([near!.disc, near!.priority, near!.finding], ["half", null, null]);
    assert.equal(rest.at(-1)!.at, 1, "beyond the scale stands at its end");
  });

  it("count in the headings only what there is", () => {
    assert.equal(weldCounts(BOX_STUDY.welds), "6 reachable · 2 fixable · 1 short");
    assert.equal(weldCounts([]), "");
    assert.equal(findingCounts(BOX_STUDY), "3 open, 1 stops the release");
    assert.equal(findingCounts(CLEAN_STUDY), "none open");
    const twice = { ...BOX_STUDY, findings: [BOX_STUDY.findings[0]!, BOX_STUDY.findings[0]!] };
    assert.equal(findingCounts(twice), "2 open, 2 stop the release");
  });

  it("compare a fix with what is programmed, and never subtract a gap from a clip", () => {
    const [fix] = BOX_STUDY.fixes;
    assert.deepEqual(
      fix!.rows.map((row) => fixLine(row)),
      [
        {
          label: "Gun to reinforcement, mm",
          asProgrammed: "clips 38.8",
          withFix: "16.4",
          difference: "limit 10.0",
        },
        { label: "Cycle of R1, s", asProgrammed: "10.0", withFix: "10.3", difference: "+0.3" },
        { label: "Contacts on the path", asProgrammed: "1", withFix: "0", difference: "−1" },
        { label: "New findings", asProgrammed: "–", withFix: "0", difference: "" },
        { label: "Base moved, mm", asProgrammed: "0", withFix: "0", difference: "none" },
      ],
    );
    assert.equal(plain(fixInShort(fix!)), "back 65 mm, gun −4°");
    const moved = { ...fix!, retractMm: 0, rotateDeg: 0, baseShift: { xMm: 30, yMm: -40, yawDeg: 0 } };
    assert.equal(plain(fixInShort(moved)), "base 50 mm");
  });
});

describe("taking a fix into the plan", () => {
  const { computedAt } = BOX_STUDY;
  const AT = "2026-03-02T11:00:00.000Z";

  it("orders what the fix mends, and says who took it", () => {
    const accepted = acceptFix(BOX_STUDY, { accept: "F-1", computedAt }, "novak", AT);
    assert.deepEqual([accepted.acceptedBy, accepted.acceptedAt, accepted.fix.id], ["novak", AT, "F-1"]);
    assert.deepEqual(
      accepted.orders.map(({ order, finding, change }) => [order, finding, change]),
      [
        [
          1,
          "R1 clips reinforcement by 38.8 mm",
          "F-1: move the W-118 approach back 65 mm, rotate the gun −4°",
        ],
      ],
    );
  });

  for (const [what, study, action] of [
    ["another fix", BOX_STUDY, { accept: "F-9", computedAt }],
    ["a fix of an older study", BOX_STUDY, { accept: "F-1", computedAt: "2026-03-01T00:00:00.000Z" }],
    ["a fix before any study", undefined, { accept: "F-1", computedAt }],
    ["something else", BOX_STUDY, null],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => acceptFix(study, action, "novak", AT), /of another study than the one shown now/);
    });
});

describe("time in a cell's pictures", () => {
  const [path] = BOX_STUDY.paths;

  it("goes straight between two samples, and holds the first and the last pose", () => {
    assert.deepEqual(anglesAt(path!, -1), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(anglesAt(path!, 2), [0, 0.175, 0.05, 0, -0.1, 0]);
    assert.deepEqual(anglesAt(path!, 5), [0, 0.35, 0.1, 0, -0.2, 0]);
    assert.deepEqual(anglesAt(path!, 99), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(anglesAt({ robot: "R1", samples: [] }, 1), []);
    assert.equal(endOf(BOX_STUDY.paths), 10);
    assert.equal(endOf([]), 0);
  });

  it("tells who moves, who welds and who waits", () => {
    const welds = weldNames(BOX_STUDY.welds);
    assert.equal(doingAt(path!, 1, welds), "moves");
    assert.equal(doingAt(path!, 5, welds), "welding");
    assert.equal(doingAt(path!, 5, new Set()), "waits");
    assert.equal(doingAt(path!, 99, welds), "waits");
  });

  it("marks findings on the time line, of those near each other the worst", () => {
    const [clash, , shared] = BOX_STUDY.findings;
    const near = { ...shared!, id: "near", atS: 4.3 };
    assert.deepEqual(
      ticksOf([clash!, near, shared!], 10, 0.06).map(({ id, left }) => [id, left]),
      [
        [clash!.id, "40.00%"],
        [shared!.id, "70.00%"],
      ],
    );
    assert.deepEqual(
      ticksOf([clash!, shared!], 10, 0.31).map(({ id }) => id),
      [clash!.id],
      "a finger is wider",
    );
    assert.deepEqual(ticksOf([clash!], 0, 0.06), []);
  });

  it("shows a finding in its own pose, the others at the same moment", () => {
    const angles = anglesOfFinding(BOX_STUDY, { robot: "R1", atS: 2, qRad: [1, 1, 1, 1, 1, 1] });
    assert.deepEqual(angles.get("R1"), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(angles.get("R2"), [0, 0.175, 0.05, 0, -0.1, 0]);
  });
});

describe("what a cell's screen says of what it does not show", () => {
  it("tells whence the first study comes, what comes soonest first", () => {
    const asked = { node: "reach of B7", startsInS: null, says: "" };
    const timed = { node: "will B7 clash?", startsInS: 26, says: "" };
    assert.equal(
      awaitedText([asked, timed]),
      "No study yet. “will B7 clash?” starts in 26 s. “reach of B7” starts when asked. For four robots it takes a minute or more.",
    );
    assert.match(
      awaitedText([timed, { ...asked, says: "study · 42 %" }]),
      /^No study yet\. “reach of B7”: study · 42 %\./,
    );
    assert.match(awaitedText([]), /comes from a variant check or a reach study wired to this widget/);
  });

  it("tells the waits that each robot's own time leaves out, and nothing where none waits", () => {
    const cycle = { robot: "R1", seconds: 50, movingS: 20, weldingS: 30, waitingS: 0 };
    assert.equal(waitsText([cycle]), "");
    assert.equal(
      waitsText([cycle, { ...cycle, robot: "R3", waitingS: 0.94 }]),
      "Each robot is drawn on its own time, without its waits at interlocks (R3 0.9 s).",
    );
  });
});

describe("what a cell's screen fetches", () => {
  it("brings a mesh as it was laid out, and refuses half of one", () => {
    const mesh = { positions: [0, 0, 0, 1.5, 0, 0, 0, -2.25, 0.5], triangles: [0, 1, 2] };
    const bytes = meshToBytes(mesh).buffer as ArrayBuffer;
    const read = meshFromBytes(bytes);
    assert.deepEqual([...read.positions], mesh.positions);
    assert.deepEqual([...read.triangles], mesh.triangles);
    assert.throws(() => meshFromBytes(bytes.slice(0, -4)), /came incomplete/);
    assert.throws(() => meshFromBytes(new ArrayBuffer(3)), /came incomplete/);
  });

  it("lies at an address of its own digest until its owner clears it", () => {
    const shelf = new Shelf("/");
    const bytes = new TextEncoder().encode("a mesh");
    const address = shelf.lay("one", "application/octet-stream", bytes);
    assert.match(address, /^\/dashboard\/rung-cell\/[\w-]{43}$/);
    assert.equal(shelf.lay("two", "application/octet-stream", bytes), address);
    const digest = address.split("/").at(-1)!;
    shelf.clear("one");
    assert.equal(shelf.find(digest)!.bytes.toString(), "a mesh");
    shelf.clear("two");
    assert.equal(shelf.find(digest), undefined);
  });
});
