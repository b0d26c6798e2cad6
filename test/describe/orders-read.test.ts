import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { XMLParser } from "fast-xml-parser";
import { readB2mml } from "../../runtime/describe/orders/b2mml-read.ts";
import { writePerformance, writeSchedule } from "../../runtime/describe/orders/b2mml-write.ts";
import { compareVersions, type Order } from "../../runtime/describe/orders/order.ts";
import { readCsvOrders, writeCsvOrders } from "../../runtime/describe/orders/order-csv.ts";
import { readJsonOrders } from "../../runtime/describe/orders/order-json.ts";
import { formatOf, readOrders } from "../../runtime/describe/orders/read-orders.ts";
import { LARGEST_DOCUMENT } from "../../runtime/describe/orders/read-problems.ts";
import { jsonOfOrder } from "../../runtime/describe/orders/report-format.ts";
import { readXml } from "../../runtime/describe/orders/xml-element.ts";
import { needsFile } from "../needs.ts";

const PUBLISHED = fileURLToPath(new URL("../../../shared/data/standards/b2mml/ex", import.meta.url));
const COURBON = join(PUBLISHED, "Courbon B2MML v0401 Example XML Files");
const T0 = Date.UTC(2026, 8, 21, 6) * 1000;

/** All that the model holds, so that a round trip shows what gets lost. */
const FULL: Order = {
  id: "4711",
  version: "2",
  description: 'two "doors" & <roof>',
  product: "body-A",
  quantity: { value: 2, unit: "EA", dataType: "decimal" },
  priority: "1",
  equipment: "acme/leipzig/paint/oven1/zone1/deep",
  plannedStartUs: T0,
  plannedEndUs: T0 + 3600e6 + 1,
  state: "released",
  bodies: ["17", "18"],
  segments: [
    {
      id: "cure",
      processSegment: "CURE",
      equipment: "acme/leipzig/paint/oven1",
      plannedStartUs: T0,
      plannedEndUs: T0 + 3600e6,
      state: "ready",
      materials: [
        {
          definition: "paint",
          lot: "L1",
          use: "Consumed",
          amount: { value: 0.5, unit: "KG", dataType: "decimal" },
        },
        {
          definition: "body-A",
          subLot: "17",
          use: "Produced",
          amount: { value: 2, unit: "EA", dataType: "decimal" },
        },
        { definition: "body-A", subLot: "18", use: "Produced" },
      ],
    },
  ],
};
const DONE: Order = {
  id: "4711",
  version: "1",
  responseId: "4711-1",
  product: "body-A",
  producedQuantity: { value: 2, unit: "EA", dataType: "decimal" },
  equipment: "acme/leipzig/paint/oven1",
  actualStartUs: T0,
  actualEndUs: T0 + 1_800_000_007,
  state: "completed",
  bodies: ["17", "18"],
  segments: [
    {
      id: "cure",
      processSegment: "CURE",
      equipment: "acme/leipzig/paint/oven1",
      actualStartUs: T0,
      actualEndUs: T0 + 60e6,
      state: "completed",
      values: [{ id: "peak", text: "181.5", dataType: "decimal", unit: "°C" }],
      actualMaterials: [
        {
          definition: "body-A",
          subLot: "17",
          use: "Produced",
          amount: { value: 2, unit: "EA", dataType: "decimal" },
        },
        { definition: "body-A", subLot: "18", use: "Produced" },
      ],
    },
  ],
};

const read = (text: string) => {
  const { requests, responses, problems } = readB2mml(text, "orders.xml");
  assert.deepEqual(problems, []);
  return [...requests, ...responses];
};

describe("orders are read", () => {
  describe("from B2MML", () => {
    it("and written again without a loss, in the nouns of version 7 and of 4.01", () => {
      for (const dialect of ["operations", "production"] as const) {
        const options = { dialect, createdUs: T0 };
        const { segments, ...rest } = FULL;
        const [order] = read(writeSchedule([FULL], options));
        assert.deepEqual(order, { ...rest, segments }, dialect);
        assert.deepEqual(read(writePerformance([DONE], options)), [DONE], dialect);
      }
    });

    it("the published performance to its values, and back to the same elements", function () {
      needsFile(this, COURBON);
      const text = readFileSync(join(COURBON, "PES-20121229115825-53107.xml"), "utf8");
      const { requests, responses, problems } = readB2mml(text, "PES");
      assert.deepEqual([requests, problems], [[], []]);
      const value = (id: string, v: string) => ({ id, values: [{ text: v, dataType: "string" }] });
      assert.deepEqual(responses, [
        {
          id: "53107",
          version: "1",
          segments: [
            {
              id: "Weighing",
              actualMaterials: [
                {
                  definition: "CRBN0001",
                  lot: "CRBN0001_LOT01",
                  subLot: "430147330000056734",
                  use: "Consumed",
                  amount: { value: 0.41, unit: "KG", dataType: "decimal" },
                  properties: [value("EmptyFlag", "0"), value("Indice", "0010"), value("CompleteFlag", "0")],
                },
              ],
            },
          ],
        },
      ]);
      const written = writePerformance(responses, { dialect: "production", createdUs: T0 });
      const elements = (xml: string) => {
        const { SyncProductionPerformance: root } = new XMLParser({ parseTagValue: false }).parse(
          xml.replace("\uFEFF", ""),
        );
        return root.DataArea;
      };
      assert.deepEqual(elements(written), elements(text));
      assert.deepEqual(readB2mml(written, "again").responses, responses);
    });

    it("and the other published documents are named as what they are", function () {
      needsFile(this, PUBLISHED);
      for (const [folder, file, root] of [
        [COURBON, "MAT-20121210170256-CRBN0001.xml", "SyncMaterialDefinition"],
        [COURBON, "LOT-20121210170718-0001L0001.xml", "SyncMaterialInformation"],
        [join(PUBLISHED, "BatchML v02 Cough Syrup Example Files"), "cough syrup pmw.xml", "BatchInformation"],
      ] as const) {
        assert.throws(
          () => readB2mml(readFileSync(join(folder, file), "utf8"), file),
          (error: Error) => error.message.includes(`${root}: is no production schedule or performance`),
        );
      }
      assert.equal(readdirSync(COURBON).length, 3);
    });

    it("with prefixes, older words, CDATA and references, without a version by its date", () => {
      const [order] = read(`<?xml version="1.0"?>
        <b:ProcessProductionSchedule xmlns:b="http://www.wbf.org/xml/B2MML-V03">
          <b:ApplicationArea><b:CreationDateTime>2026-09-20T22:00:00Z</b:CreationDateTime></b:ApplicationArea>
          <b:DataArea><b:Process/><b:ProductionSchedule>
            <b:Location><b:EquipmentID>acme</b:EquipmentID><b:Location><b:EquipmentID>site/1</b:EquipmentID></b:Location></b:Location>
            <b:ProductionRequest>
              <b:ID> A&amp;B&#x31;</b:ID><b:Description><![CDATA[<raw> &amp;]]></b:Description>
              <b:SegmentRequirement>
                <b:ProductSegmentID>CURE</b:ProductSegmentID>
                <b:EarliestStartTime>2026-09-21T08:00:00+02:00</b:EarliestStartTime>
                <b:LatestEndTime>2026-09-21T07:00:00.000001Z</b:LatestEndTime>
                <b:EquipmentRequirement><b:EquipmentID>acme/leipzig/oven1</b:EquipmentID></b:EquipmentRequirement>
                <b:MaterialProducedRequirement><b:MaterialDefinitionID>door</b:MaterialDefinitionID>
                  <b:MaterialLotID>L7</b:MaterialLotID><b:Quantity><b:QuantityString>3e1</b:QuantityString></b:Quantity>
                </b:MaterialProducedRequirement>
              </b:SegmentRequirement>
            </b:ProductionRequest>
          </b:ProductionSchedule></b:DataArea>
        </b:ProcessProductionSchedule>`);
      assert.deepEqual(order, {
        id: "A&B1",
        version: "2026-09-20T22:00:00Z",
        description: "<raw> &amp;",
        product: "door",
        quantity: { value: 30 },
        equipment: "acme/site/1",
        plannedStartUs: T0,
        plannedEndUs: T0 + 3600e6 + 1,
        bodies: ["L7"],
        segments: [
          {
            id: "CURE",
            processSegment: "CURE",
            equipment: "acme/leipzig/oven1",
            plannedStartUs: T0,
            plannedEndUs: T0 + 3600e6 + 1,
            materials: [{ definition: "door", lot: "L7", use: "Produced", amount: { value: 30 } }],
          },
        ],
      });
    });

    it("and a cancellation says only that", () => {
      const { responses } = readB2mml(
        "<CancelOperationsSchedule><DataArea><OperationsSchedule><OperationsRequest><ID>7</ID></OperationsRequest></OperationsSchedule></DataArea></CancelOperationsSchedule>",
        "c.xml",
      );
      assert.deepEqual(responses, [{ id: "7", version: "1", state: "cancelled" }]);
    });

    it("with every wrong order named by line and path, and the others taken", () => {
      const request = (inside: string) => `<OperationsRequest>\n${inside}\n</OperationsRequest>\n`;
      const { requests, problems } = readB2mml(
        `<OperationsSchedule>\n${[
          request("<ID>1</ID>"),
          request("<ID>2</ID><StartTime>soon</StartTime>"),
          request("<Description>nameless</Description>"),
          request(
            "<ID>4</ID>\n<SegmentRequirement><MaterialRequirement><Quantity><QuantityString>many</QuantityString></Quantity></MaterialRequirement></SegmentRequirement>",
          ),
          request("<ID>5</ID><RequestState>Dreaming</RequestState>"),
          request("<ID>6 &bomb;</ID>"),
          request("<ID>7</ID>"),
        ].join("")}</OperationsSchedule>`,
        "plan.xml",
      );
      assert.deepEqual(
        requests.map(({ id }) => id),
        ["1", "7"],
      );
      assert.deepEqual(
        problems.map(({ message }) => message.replace(/ \(.*/, "")),
        [
          'plan.xml:6, OperationsSchedule/OperationsRequest/StartTime: "soon" is no time',
          "plan.xml:8, OperationsSchedule/OperationsRequest: has no ID",
          'plan.xml:13, OperationsSchedule/OperationsRequest/SegmentRequirement/MaterialRequirement/Quantity/QuantityString: "many" is no number',
          'plan.xml:16, OperationsSchedule/OperationsRequest/RequestState: "Dreaming" is no state',
          "plan.xml:19, OperationsSchedule/OperationsRequest/ID: &bomb; is no entity of XML",
        ],
      );
    });

    it("but no document type, no entity, nothing too deep, too large or broken", async () => {
      const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<x>&b;</x>`;
      assert.throws(() => readXml(bomb, "b.xml"), /b\.xml:1: has a document type/);
      assert.throws(
        () => readXml('<?xml version="1.0"?>\n<!DOCTYPE x SYSTEM "file:///etc/passwd">\n<x/>', "f"),
        /f:2: has a document type/,
      );
      assert.throws(() => readXml("<a>\n<b>\n</a>", "n"), /n:3: Expected closing tag 'b'/);
      assert.throws(() => readXml("", "e"), /e:1: Start tag expected/);
      assert.throws(() => readXml("<a/><b/>", "r"), /has 2 root elements/);
      assert.throws(() => readXml("<a>".repeat(500) + "</a>".repeat(500), "d"), { code: "malformed-xml" });
      assert.throws(() => readB2mml("<GetOperationsSchedule/>", "g"), { code: "not-orders" });
      assert.throws(() => readB2mml("<__proto__/>", "p"), { code: "malformed-xml" });
      await assert.rejects(readOrders(Buffer.alloc(LARGEST_DOCUMENT + 1, 32), "big"), { code: "too-large" });
      await assert.rejects(readOrders(Buffer.from([0x3c, 0xff, 0xfe]), "odd"), /is not in UTF-8/);
      assert.throws(
        () => writeSchedule([{ id: "a\u0001", version: "1" }], { dialect: "operations", createdUs: 0 }),
        /XML cannot/,
      );
    });

    it("and a large document in a thread of its own gives the same", async () => {
      const many = Array.from({ length: 2000 }, (_, i) => ({ ...FULL, id: `o${i}` }));
      const text = writeSchedule(many, { dialect: "operations", createdUs: T0 }).replace(
        "<ID>o7</ID>",
        "<ID></ID>",
      );
      assert.ok(text.length > 1e6);
      const { requests, problems } = await readOrders(Buffer.from(text), "many.xml");
      assert.equal(requests.length, 1999);
      assert.deepEqual(requests[7], many[8]);
      assert.match(
        problems[0]!.message,
        /many\.xml:\d+, .*OperationsRequest: has no ID \(correct the document\)$/,
      );
      assert.equal(problems[0]!.code, "malformed-order");
    });
  });

  describe("from CSV", () => {
    it("with lines of one order as its segments, and written again without a loss", () => {
      const text =
        "\uFEFFid;version;product;quantity;unit;plannedStart;plannedEnd;segment;equipment;bodies;state\r\n" +
        "1;;door;2;EA;2026-09-21T06:00:00Z;2026-09-21 07:00;;acme/leipzig/oven1;17 18|19;Released\r\n" +
        "2;3;roof;;;2026-09-21T06:00Z;2026-09-21T07:00Z;dip;acme/l/bath;20;\r\n" +
        "2;3;roof;;;2026-09-21T07:00Z;2026-09-21T08:00Z;cure;acme/l/oven;;waiting\r\n";
      const { requests, problems } = readCsvOrders(text, "plan.csv");
      assert.deepEqual(problems, []);
      assert.deepEqual(requests, [
        {
          id: "1",
          version: "1",
          product: "door",
          quantity: { value: 2, unit: "EA" },
          equipment: "acme/leipzig/oven1",
          plannedStartUs: T0,
          plannedEndUs: T0 + 3600e6,
          state: "released",
          bodies: ["17", "18", "19"],
        },
        {
          id: "2",
          version: "3",
          product: "roof",
          plannedStartUs: T0,
          plannedEndUs: T0 + 7200e6,
          bodies: ["20"],
          segments: [
            { id: "dip", equipment: "acme/l/bath", plannedStartUs: T0, plannedEndUs: T0 + 3600e6 },
            {
              id: "cure",
              equipment: "acme/l/oven",
              plannedStartUs: T0 + 3600e6,
              plannedEndUs: T0 + 7200e6,
              state: "waiting",
            },
          ],
        },
      ]);
      assert.deepEqual(readCsvOrders(writeCsvOrders(requests), "again").requests, requests);
      const odd: Order = {
        id: 'a,"b"',
        version: "1",
        quantity: { value: 1 },
        description: "two\nlines; and more",
      };
      assert.deepEqual(readCsvOrders(writeCsvOrders([odd]), "odd").requests, [odd]);
    });

    it("with every wrong line named, and the others taken", () => {
      const { requests, problems } = readCsvOrders(
        "id,quantity,plannedStart,equipment\n1,2,,\n,1,,\n3,two,,\n4,1,someday,\n5,1,,a//b\n6,1,,\n",
        "plan.csv",
      );
      assert.deepEqual(
        requests.map(({ id }) => id),
        ["1", "6"],
      );
      assert.deepEqual(
        problems.map(({ message }) => message.replace(/ \(.*/, "")),
        [
          "plan.csv:3, id: is empty",
          'plan.csv:4, quantity: "two" is no number',
          'plan.csv:5, plannedStart: "someday" is no time',
          'plan.csv:6, equipment: "a//b" is no address of equipment',
        ],
      );
      assert.throws(() => readCsvOrders("nr,quantity\n1,2\n", "x"), /has an unknown column "nr"/);
      assert.throws(() => readCsvOrders("version,product\n", "x"), /x:1: has no column id/);
      assert.throws(() => readCsvOrders('id,product\n1,"open', "x"), /x: is no CSV/);
      assert.throws(() => readCsvOrders("", "x"), /has no column id/);
    });
  });

  describe("from JSON", () => {
    it("as one, a list or a wrapped list; what was done is told from what is wanted", () => {
      const one = {
        id: 4711,
        product: "door",
        quantity: 2,
        unit: "EA",
        plannedStart: "2026-09-21T06:00:00Z",
        bodies: [17, "18", "18"],
      };
      const expected: Order = {
        id: "4711",
        version: "1",
        product: "door",
        quantity: { value: 2, unit: "EA" },
        plannedStartUs: T0,
        bodies: ["17", "18"],
      };
      for (const document of [one, [one], { orders: [one] }])
        assert.deepEqual(readJsonOrders(JSON.stringify(document), "rest").requests, [expected]);
      const done = readJsonOrders(
        '{"id":"1","actualEnd":"2026-09-21T06:00:00Z","produced":{"value":2,"unit":"EA"}}',
        "rest",
      );
      assert.deepEqual([done.requests, done.responses.length], [[], 1]);
      const whole = jsonOfOrder({ ...FULL, segments: [{ id: "a", plannedStartUs: T0 }] });
      const { dataType: _kind, ...quantity } = FULL.quantity!;
      assert.deepEqual(readJsonOrders(JSON.stringify(whole), "again").requests, [
        { ...FULL, quantity, segments: [{ id: "a", plannedStartUs: T0 }] },
      ]);
    });

    it("with every wrong order named, and the others taken", () => {
      const { requests, problems } = readJsonOrders(
        JSON.stringify([
          { id: "1" },
          { id: "" },
          { id: "3", quantity: -1 },
          { id: "4", quantitiy: 1 },
          5,
          { id: "6", bodies: "17" },
          { id: "7", segments: [{}] },
        ]),
        "rest",
      );
      assert.deepEqual(
        requests.map(({ id }) => id),
        ["1"],
      );
      assert.deepEqual(
        problems.map(({ message }) => message.replace(/ \(.*/, "")),
        [
          "rest, order 2: has no id",
          "rest, order 3, quantity: must be a number of 0 or more",
          'rest, order 4: has an unknown field "quantitiy"',
          "rest, order 5: is no object",
          "rest, order 6, bodies: must be a list",
          "rest, order 7, segment 1: has no id",
        ],
      );
      assert.throws(() => readJsonOrders("{", "rest"), /rest: is no JSON/);
    });
  });

  it("by what a document looks like, and versions by number", () => {
    assert.deepEqual(["\uFEFF <a/>", " [1]", "{}", "id;x", ""].map(formatOf), [
      "b2mml",
      "json",
      "json",
      "csv",
      "csv",
    ]);
    const versions = ["10", "9", "1", "1.2", "1.10", "2026-09-21T08:00", "2026-09-21T07:59", "009"];
    assert.deepEqual(versions.sort(compareVersions), [
      "1",
      "1.2",
      "1.10",
      "9",
      "009",
      "10",
      "2026-09-21T07:59",
      "2026-09-21T08:00",
    ]);
    assert.equal(compareVersions("99999999999999999999", "99999999999999999998") > 0, true);
  });
});
