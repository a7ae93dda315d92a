/** The pipelines that come with the program: in order, and agreeing with the providers' real files. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipelines } from "../../src/config/read.ts";
import { compileTemplate } from "../../src/discover/template.ts";
import { samples, skipWithoutSamples } from "../samples.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "pipelines");
const { pipelines, problems } = await readPipelines(FOLDER);

function pipeline(name: string): Pipeline {
  const found = pipelines.find((one) => one.name === name);
  assert(found !== undefined, `no pipeline ${name}`);
  return found;
}

async function sampleLines(...path: string[]): Promise<string[]> {
  const bytes = await readFile(join(samples ?? "", ...path));
  const content = path.at(-1)?.endsWith(".gz") === true ? gunzipSync(bytes) : bytes;
  return content
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

/** The columns of fixed-width lines by the positions in the pipeline file. */
function fixedWidth(name: string, lines: readonly string[]): Record<string, string>[] {
  const { format } = pipeline(name);
  assert(format.type === "fixed-width");
  const columns = Object.entries(format.columns).map(([column, range]) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return { column, first: first - 1, last };
  });
  return lines.map((line) => {
    const bytes = Buffer.from(line);
    return Object.fromEntries(
      columns.map(({ column, first, last }) => [column, bytes.subarray(first, last).toString().trim()]),
    );
  });
}

suite("the shipped pipelines", () => {
  test("have no mistakes", () => {
    assert.deepEqual(problems, []);
    assert.deepEqual(
      pipelines.map(({ name, source, target, enabled }) => [name, source, target, enabled]),
      [
        ["dwd-daily", "dwd", "daily", false],
        ["dwd-stations", "dwd", "stations", false],
        ["epa-aqs-api", "epa_aqs", "daily", false],
        ["epa-aqs-daily", "epa_aqs", "daily", false],
        ["iem-asos", "iem_asos", "observations", false],
        ["meteofrance-daily", "meteofrance", "daily", false],
        ["noaa-countries", "noaa", "countries", true],
        ["noaa-daily", "noaa", "daily", true],
        ["noaa-ghcn-hourly", "noaa_ghcnh", "observations", false],
        ["noaa-gsod", "noaa_gsod", "daily", false],
        ["noaa-inventory", "noaa", "inventory", true],
        ["noaa-isd", "noaa_isd", "observations", false],
        ["noaa-stations", "noaa", "stations", true],
        ["openaq-archive", "openaq", "observations", true],
        ["openaq-fetches", "openaq", "observations", false],
        ["sensor-community-bme280", "sensor_community", "observations", false],
        ["sensor-community-sds011", "sensor_community", "observations", false],
      ],
    );
  });

  test("say whose data they bring, and on what terms", () => {
    for (const { name, provider } of pipelines) {
      assert(provider !== undefined, name);
      assert(provider.licence !== "" && provider.attribution !== "", name);
    }
  });

  const keys: [name: string, key: string, variables: Record<string, string>][] = [
    ["noaa-countries", "ghcnd-countries.txt", {}],
    ["noaa-countries", "ghcnd-countries.txt.gz", {}],
    ["noaa-stations", "ghcnd-stations.txt.gz", {}],
    ["noaa-inventory", "ghcnd-inventory.txt", {}],
    ["noaa-daily", "csv.gz/by_year/1872.csv.gz", { year: "1872" }],
    [
      "openaq-archive",
      "records/csv.gz/locationid=2178/year=2022/month=05/location-2178-20220503.csv.gz",
      { location: "2178", day: "20220503" },
    ],
    [
      "openaq-fetches",
      "realtime-gzipped/2017-09-28/1506558318.ndjson.gz",
      { day: "2017-09-28", file: "1506558318" },
    ],
  ];
  for (const [name, key, variables] of keys) {
    test(`${name} takes ${key}`, () => {
      assert.deepEqual(compileTemplate(pipeline(name).objects.key).match(key)?.variables, variables);
    });
  }

  test("noaa-daily leaves the files by station and the plain ones alone", () => {
    const template = compileTemplate(pipeline("noaa-daily").objects.key);
    for (const key of [
      "csv/by_year/1872.csv",
      "csv.gz/by_station/GM000010962.csv.gz",
      "csv.gz/by_year/187.csv.gz",
    ]) {
      assert.equal(template.match(key), undefined, key);
    }
  });
});

suite("units", () => {
  // µg/m³ = ppb × M / 24.45 L/mol at 25 °C and 1 atm; molar masses from the IUPAC atomic weights.
  const molarMass = { O3: 47.998, NO2: 46.006, NO: 30.006, SO2: 64.06, CO: 28.01 };
  for (const [to, mass] of Object.entries(molarMass)) {
    test(`${to} in ppb and ppm becomes µg/m³ at 25 °C and 1 atm`, () => {
      const list = pipeline("openaq-archive").kpiList.filter((kpi) => kpi.to === to);
      const factor = (unit: string) => list.find((kpi) => kpi.in === unit)?.multiply ?? Number.NaN;
      assert(Math.abs(factor("ppb") - mass / 24.45) < 0.001, `${factor("ppb")} against ${mass / 24.45}`);
      assert.equal(factor("ppm").toFixed(6), (factor("ppb") * 1000).toFixed(6));
      assert.equal(factor("mg/m³"), 1000);
      assert.equal(factor("µg/m³"), 1);
    });
  }

  test("every known spelling of µg/m³ is one", () => {
    const { unitAliases } = pipeline("openaq-archive");
    for (const spelling of ["\u03bcg/m³", "ug/m3", "\ufffd\ufffdg/m³", "\ufffdg/m³", "µg/m3"]) {
      assert(unitAliases["\u00b5g/m³"]?.includes(spelling), spelling);
    }
  });

  test("NOAA's tenths become whole units", () => {
    assert.deepEqual(
      pipeline("noaa-daily").kpiList.map(({ from, in: unit, to, unit: into, add, multiply, divide }) => [
        from,
        unit,
        to,
        into,
        (1 + add) * (multiply / divide),
      ]),
      [
        ["PRCP", "0.1 mm", "PRCP", "mm", 0.1],
        ["SNOW", "mm", "SNOW", "mm", 1],
        ["SNWD", "mm", "SNWD", "mm", 1],
        ["TMAX", "0.1 °C", "TMAX", "°C", 0.1],
        ["TMIN", "0.1 °C", "TMIN", "°C", 0.1],
      ],
    );
  });
});

suite("against real files", { skip: skipWithoutSamples }, () => {
  test("the columns of stations", async () => {
    const rows = fixedWidth("noaa-stations", await sampleLines("noaa-ghcn", "meta", "ghcnd-stations.txt.gz"));
    const { fields } = pipeline("noaa-stations");
    assert("elevation" in fields && fields.elevation !== undefined);
    const { missing } = fields.elevation;
    assert.equal(rows.length, 129_658);
    assert.equal(rows.filter(({ elevation = "" }) => missing.includes(elevation)).length, 4_619);
    assert.equal(rows.filter(({ id = "" }) => id.startsWith("GM")).length, 1_123);
    assert.deepEqual(
      rows.find(({ id }) => id === "AE000041196"),
      {
        id: "AE000041196",
        latitude: "25.3330",
        longitude: "55.5170",
        elevation: "34.0",
        state: "",
        name: "SHARJAH INTER. AIRP",
        gsn_flag: "GSN",
        hcn_crn_flag: "",
        wmo_id: "41196",
      },
    );
  });

  test("the columns of the inventory", async () => {
    const lines = await sampleLines("noaa-ghcn", "meta", "ghcnd-inventory.txt.gz");
    assert.equal(lines.length, 767_085);
    // Every seventh line, and the elements that a column of four characters gives.
    const rows = fixedWidth(
      "noaa-inventory",
      lines.filter((_, index) => index % 7 === 0),
    );
    assert(rows.every(({ element = "" }) => /^[A-Z0-9]{4}$/.test(element)));
    assert(
      rows.every(
        ({ first_year = "", last_year = "" }) => /^\d{4}$/.test(first_year) && first_year <= last_year,
      ),
    );
  });

  test("no unflagged value of 1872 lies outside its credible range", async () => {
    const { kpiList, format } = pipeline("noaa-daily");
    assert(format.type === "delimited" && Array.isArray(format.columns));
    const { columns } = format;
    const at = (name: string) => columns.indexOf(name);
    const kpis = new Map(kpiList.map((kpi) => [kpi.from, kpi]));
    let [facts, flagged, filtered] = [0, 0, 0];
    for (const line of await sampleLines("noaa-ghcn", "by_year", "1872.csv.gz")) {
      const cells = line.split(",");
      const kpi = kpis.get(cells[at("element")] ?? "");
      if (kpi === undefined) filtered += 1;
      else {
        facts += 1;
        if (cells[at("q_flag")] !== "") flagged += 1;
        else {
          const value = Number(cells[at("value")]) * kpi.multiply;
          const [least, greatest] = kpi.range ?? [Number.NaN, Number.NaN];
          assert(value >= least && value <= greatest, line);
        }
      }
    }
    assert.deepEqual({ facts, flagged, filtered }, { facts: 133_470, flagged: 165, filtered: 566 });
  });

  test("OpenAQ's columns are those of its headers, in both dialects", async () => {
    const { format } = pipeline("openaq-archive");
    assert(format.type === "delimited");
    for (const file of ["docs-location-2178-20230222.head.csv", "quoted-8118-20260415.head.csv"]) {
      const [header = ""] = await sampleLines("openaq-archive", file);
      assert.deepEqual(header.trim().replaceAll('"', "").split(","), format.columns);
    }
  });

  test("every element and unit of a fetch is a listed KPI", async () => {
    const { kpiList, unitAliases } = pipeline("openaq-fetches");
    const unitOf = new Map(
      Object.entries(unitAliases).flatMap(([unit, others]) => others.map((other) => [other, unit])),
    );
    const listed = new Set(kpiList.map(({ from, in: unit }) => `${from} ${unit}`));
    for (const line of await sampleLines("openaq-fetches", "1506558318.ndjson.gz")) {
      const { parameter, unit } = JSON.parse(line) as { parameter: string; unit: string };
      assert(listed.has(`${parameter} ${unitOf.get(unit) ?? unit}`), line);
    }
  });
});
