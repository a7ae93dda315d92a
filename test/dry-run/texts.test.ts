/** Values above the records, values that hold on, texts with names: files as providers publish them. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { pipelineOf } from "../config/folder.ts";
import { loadedRows, recordsOf } from "./running.ts";

/** A daily pipeline around what the tests are about. */
function daily(rest: string): string {
  return `description: A test.
source: test
target: daily
objects: { bucket: a-bucket, key: "data/{year:yyyy}.csv.gz" }
merge: { mode: upsert }
${rest}`;
}

const TG = "kpis: { list: [{ from: TG, in: 0.1 °C, to: TAVG, unit: °C, description: Mean. }] }";

const ECAD = daily(`format: { type: delimited, skip_to: "STAID,", header: always }
fields:
  station_id: { preamble: 'station .*\\(STAID: *(\\d+)\\)', pad: { to: 6 } }
  date: { column: DATE, format: yyyyMMdd }
  value: { sentinels: [-9999] }
  quality_flag: { pass: ["0"], otherwise: fail }
station:
  name: { preamble: 'of station ([^(]*)', case: lower }
  country_id: { preamble: 'station [A-Z -]+, ([A-Z]+)', lookup: { file: lookups/c.csv, key: name, value: id } }
measurements: [{ element: TG, value: TG, quality_flag: Q_TG }]
${TG}
`);

const ECAD_FILE = `EUROPEAN CLIMATE ASSESSMENT & DATASET (ECA&D), file created on: 22-08-2023
THESE DATA CAN BE USED FREELY PROVIDED THAT THE FOLLOWING SOURCE IS ACKNOWLEDGED:

Klein Tank, A.M.G. and Coauthors, 2002. Daily dataset of 20th-century surface
air temperature and precipitation series for the European Climate Assessment.
Int. J. of Climatol., 22, 1441-1453.

FILE FORMAT (MISSING VALUE CODE IS -9999):

01-06 STAID: Station identifier
21-25 TG   : mean temperature in 0.1 &#176;C

This is the blended series of station VAEXJOE, SWEDEN (STAID: 1).
See files sources.txt and stations.txt for more info.

STAID, SOUID,    DATE,   TG, Q_TG
     1, 35381,20200101,  22,    0
     1, 35381,20200102,-9999,    9
     1, 35381,20200103, -15,    1
`;

async function ecad(t: TestContext) {
  return pipelineOf(t, ECAD, { "lookups/c.csv": "name,id\nSWEDEN,SE\n" });
}

suite("values above the records", () => {
  test("ECA&D: the station's number and name in a sentence above the header", async (t) => {
    const [first, second] = await recordsOf(await ecad(t), ECAD_FILE);
    assert.equal(first?.line, 17);
    assert.equal(first.rows[0]?.["station_id"], "000001");
    assert.equal(first.rows[0]["data_value"], "2.2");
    assert.equal(first.station?.name, "vaexjoe, sweden");
    assert.equal(first.station.country_id, "SE");
    assert.deepEqual(second?.leftOut, [{ kind: "empty", name: "-9999", count: 1 }]);
    assert.equal((await loadedRows(await ecad(t), ECAD_FILE)).length, 2);
  });

  const OXFORD = daily(`format:
  type: delimited
  delimiter: whitespace
  header: none
  skip_lines: 7
  columns: { yyyy: 1, mm: 2, tmax: 3, tmin: 4, af: 5, rain: 6, sun: 7 }
texts:
  position: { preamble: 'Location: .*', replace: { ",": "" } }
fields:
  station_id: { preamble: '(\\S.*)', case: lower }
  date: { template: "{yyyy}-{mm}-1", format: yyyy-M-d }
  value: { strip: "*#", missing: ["---"] }
station:
  name: { preamble: '(\\S.*)' }
  latitude: { column: position, match: 'Lat (\\S+)' }
  longitude: { column: position, match: 'Lon (\\S+)' }
  elevation: { preamble: '(\\d+) metres amsl' }
measurements: [{ element: TG, value: tmax }]
kpis: { list: [{ from: TG, in: °C, to: TMAX_MON, unit: °C, description: Mean maximum. }] }
`);

  test("Met Office: name, position and height, and a title line without a label", async (t) => {
    const file = `Oxford
Location: 450900E 207200N, Lat 51.761 Lon -1.262, 63 metres amsl
Estimated data is marked with a * after the value.
Missing data (more than 2 days missing in month) is marked by  ---.
Sunshine data taken from an automatic Kipp & Zonen sensor marked with a #, otherwise Campbell Stokes.
   yyyy  mm   tmax    tmin      af    rain     sun
              degC    degC    days      mm   hours
   1853   1    8.4     2.7       4    62.8     ---
   1853   2    3.2*   -1.8      19    29.3     ---
`;
    const [first, second] = await recordsOf(await pipelineOf(t, OXFORD), file);
    assert.deepEqual(first?.station, {
      station_id: "oxford",
      name: "Oxford",
      country_id: null,
      latitude: "51.761",
      longitude: "-1.262",
      elevation: "63",
    });
    assert.equal(first.rows[0]?.["date_"], "1853-01-01");
    assert.equal(second?.rows[0]?.["data_value"], "3.2");
    const texts = first.fields.filter(({ text }) => text === "63");
    assert.equal(texts.length, 1, "what was found is shown among the record's fields");
  });

  const commented = (preamble: string, more = "") =>
    daily(`format: { type: delimited, comment: "#", header: always, encoding: latin-1${more} }
texts: { year: { preamble: '${preamble}' } }
fields:
  station_id: station
  date: { template: "{year}-{day}", format: yyyy-MM-dd }
  value: v
kpis: { element: { literal: TG }, list: [{ from: TG, in: °C, to: TAVG, unit: °C, description: Mean. }] }
`);
  const dates = async (t: TestContext, yaml: string, file: string | Buffer) =>
    (await recordsOf(await pipelineOf(t, yaml), file)).map(
      ({ rows, rejects }) =>
        rows[0]?.["date_"] ?? rejects.map(({ reason, field }) => `${reason}: ${field}`).join(),
    );

  test("comments, before and behind the header, but neither the header nor what comes later", async (t) => {
    const yaml = commented("year ?(\\d+)");
    const body = "station,day,v\nA,01-02,1\n# year 1999\nB,01-03,2\n";
    assert.deepEqual(await dates(t, yaml, `# year 2001\n# year 2002\n${body}`), ["2001-01-02", "2001-01-03"]);
    assert.deepEqual(await dates(t, yaml, body.replace("v\n", "v\n\n# year 2003\n")), [
      "2003-01-02",
      "2003-01-03",
    ]);
    assert.deepEqual(await dates(t, yaml, body), ["missing: date", "missing: date"]);
    assert.deepEqual(await dates(t, yaml, "station,day,v,year 2004\nA,01-02,1,\n"), ["missing: date"]);
  });

  test("a line by its place: all lines together", async (t) => {
    const yaml = commented("title\\n.*(\\d{4})$");
    assert.deepEqual(await dates(t, yaml, "#title\n# in 2001\nstation,day,v\nA,01-02,1\n"), ["2001-01-02"]);
    assert.deepEqual(await dates(t, yaml, "#title\n#\n# in 2001\nstation,day,v\nA,01-02,1\n"), [
      "missing: date",
    ]);
  });

  test("above fixed columns", async (t) => {
    const yaml =
      daily(`format: { type: fixed-width, skip_lines: 2, comment: "*", columns: { day: 1-8, v: 9-12 } }
fields:
  station_id: { preamble: 'Station +(\\S+)', prefix: "s" }
  date: { column: day, format: yyyyMMdd }
  value: v
kpis: { element: { literal: TG }, list: [{ from: TG, in: °C, to: TAVG, unit: °C, description: Mean. }] }
`);
    const file = "A title\n\n* Station 77\n20200102 1.5\n* Station 78\n20200103 1.5\n";
    const rows = (await recordsOf(await pipelineOf(t, yaml), file)).map(
      ({ rows: [row] }) => row?.["station_id"],
    );
    assert.deepEqual(rows, ["s77", "s77"]);
  });

  test("units below the header, other encodings, lines that are no text, line ends of Windows", async (t) => {
    const units = commented("jahr (\\d+) ä", ", skip_after_header: 1");
    const latin = Buffer.from(
      "#x\0 jahr 1990 ä\r\nstation,day,v\r\njahr 2001 ä,,\r\nA,01-02,1\r\n",
      "latin1",
    );
    assert.deepEqual(await dates(t, units, latin), ["2001-01-02"]);
  });
});

const LOGGER = daily(`format:
  type: delimited
  delimiter: ";"
  header: none
  short_lines: fill
  columns: { type: 1, second: 2, third: 3, fourth: 4 }
texts:
  day: { template: "{type} {third}", match: '^H (\\S+)', carry: true }
filter: [{ column: type, is: [D] }]
fields:
  station_id: { template: "{type} {second}", match: '^H (\\S+)', carry: true }
  date: { column: day, format: [yyyy-MM-dd, dd.MM.yyyy] }
  observ_time: { column: second, replace: { ":": "" } }
  value: third
kpis: { element: { literal: TG }, list: [{ from: TG, in: °C, to: TAVG, unit: °C, description: Mean. }] }
`);

suite("values that hold on", () => {
  test("a logger's station line before each block, left out by the filter", async (t) => {
    const file = "D;01:00;9\nH;0007;2020-01-02\nD;01:00;1\nD;02:00;2\nH;0012;03.01.2020\nD;01:00;3\n";
    const records = await recordsOf(await pipelineOf(t, LOGGER), file);
    const told = records.map(({ rows: [row], rejects: [reject], leftOut }) =>
      row === undefined
        ? (reject?.reason ?? leftOut[0]?.name)
        : [row["station_id"], row["date_"], row["observ_time"], row["data_value"]].join(" "),
    );
    assert.deepEqual(told, [
      "missing",
      "type",
      "0007 2020-01-02 0100 1",
      "0007 2020-01-02 0200 2",
      "type",
      "0012 2020-01-03 0100 3",
    ]);
  });

  test("a record that was refused ends it: it may have been the next station's line", async (t) => {
    const file = Buffer.concat([
      Buffer.from("H;0007;2020-01-02\nD;01:00;1\nH;00"),
      Buffer.from([0xff]),
      Buffer.from("12;2020-01-03\nD;01:00;3\nH;0013;2020-01-04\nD;01:00;4\n"),
    ]);
    const records = await recordsOf(await pipelineOf(t, LOGGER), file);
    const told = records.map(({ rows, rejects }) => rows[0]?.["station_id"] ?? rejects[0]?.reason);
    assert.deepEqual(told, [undefined, "0007", "invalid UTF-8", "missing", undefined, "0013"]);
  });

  /** The same by hand: what holds on, record by record. */
  function byHand(blocks: readonly Block[]): string[] {
    return blocks.flatMap(({ station, values }) => values.map((value) => `${station} ${value}`));
  }
  interface Block {
    readonly station: string;
    readonly values: readonly number[];
  }
  const blocks = fc.array(
    fc.record({
      station: fc.integer({ min: 0, max: 40 }).map((id) => `S${id}`),
      values: fc.array(fc.integer({ min: -999, max: 999 }), { maxLength: 400 }),
    }),
    { maxLength: 40 },
  );

  test("whole batches, stations met for the first time among them, give each value to its block", async (t) => {
    const pipeline = await pipelineOf(t, LOGGER);
    await fc.assert(
      fc.asyncProperty(blocks, async (some) => {
        const file = some
          .map(({ station, values }) => `H;${station};2020-01-02\n${values.map((v) => `D;;${v}\n`).join("")}`)
          .join("");
        const rows = (await loadedRows(pipeline, file)) as Record<string, unknown>[];
        // Of stations without a key the rows come at the batch's end.
        const told = rows.map((row) => `${String(row["station_id"])} ${String(row["data_value"])}`);
        assert.deepEqual(told.toSorted(), byHand(some).toSorted());
      }),
      { numRuns: 40 },
    );
  });

  const FIRST_ROW = daily(`format: { type: delimited, header: always }
texts: { Station: { column: Station, missing: [same], carry: true } }
fields:
  station_id: Station
  date: { column: Date, format: yyyy-MM-dd, carry: true }
  value: V
kpis: { element: { literal: TG }, list: [{ from: TG, in: °C, to: TAVG, unit: °C, description: Mean. }] }
`);

  test("cells filled in the first row of a block only, anew in every object", async (t) => {
    const pipeline = await pipelineOf(t, FIRST_ROW);
    const file = "Station,Date,V\nA,2020-01-02,1\n,,2\nsame,2020-01-03,3\nB,,4\n";
    const rows = (await recordsOf(pipeline, file)).map(({ rows: [row] }) => [
      row?.["station_id"],
      row?.["date_"],
    ]);
    const expected = [
      ["A", "2020-01-02"],
      ["A", "2020-01-02"],
      ["A", "2020-01-03"],
      ["B", "2020-01-03"],
    ];
    assert.deepEqual(rows, expected);
    const [next] = await recordsOf(pipeline, "Station,Date,V\n,2020-01-02,1\n");
    assert.deepEqual(next?.rejects, [{ reason: "missing", field: "station_id" }]);
  });
});
