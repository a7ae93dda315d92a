/** Where samples come from, and the keys of their neighbours. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseTemplate } from "../../src/config/template.ts";
import { placeOf, sourceName, templateOf } from "../../src/infer/place.ts";
import { urlOf } from "../../src/s3/https/keys.ts";

suite("place of a sample", () => {
  test("buckets, web servers and files", () => {
    assert.deepEqual(placeOf("s3://b/a/c.csv"), { store: { bucket: "b" }, key: "a/c.csv", isMadeUp: false });
    assert.deepEqual(placeOf("https://h.org/a/b/c.csv"), {
      store: { url: "https://h.org/a/b/" },
      key: "c.csv",
      isMadeUp: false,
    });
    assert.deepEqual(placeOf("https://h.org/a/2020-01-02/2020-01-02_x.csv?format=csv"), {
      store: { url: "https://h.org/a/" },
      key: "2020-01-02/2020-01-02_x.csv?format=csv",
      isMadeUp: false,
    });
    assert.deepEqual(placeOf("/tmp/x/2020.csv"), {
      store: { bucket: "my-bucket" },
      key: "2020.csv",
      isMadeUp: true,
    });
    for (const sample of [
      "s3://b",
      "s3://b/",
      "https://h.org/",
      "https://h.org",
      "https://",
      "http://[x/a.csv",
    ]) {
      assert.throws(() => placeOf(sample), { code: "USAGE" }, sample);
    }
  });

  test("keys of web servers are written as listings of the same server write them", () => {
    const address = "https://h.org/a%20b/2020-01-02/K%C3%B6ln%20(1)%3F%252f.csv?q=%C3%B6";
    const { store, key } = placeOf(address);
    assert.deepEqual(store, { url: "https://h.org/a%20b/" });
    assert.equal(key, "2020-01-02/Köln (1)%3F%252f.csv?q=%C3%B6");
    assert("url" in store);
    assert.equal(urlOf(store.url, key).href, new URL(address).href);
  });

  test("dates are left open, other numbers are not", () => {
    for (const [key, template] of [
      ["csv.gz/by_year/1872.csv.gz", "csv.gz/by_year/{day:yyyy}.csv.gz"],
      [
        "2018-07-01/2018-07-01_sds011_sensor_5331.csv",
        "{day:yyyy-MM-dd}/{day:yyyy-MM-dd}_sds011_sensor_5331.csv",
      ],
      ["year=2022/month=05/x-20220503.csv", "year={day:yyyy}/month={day:MM}/x-{day:yyyyMMdd}.csv"],
      ["2022/05/03/x.csv", "{day:yyyy}/{day:MM}/{day:dd}/x.csv"],
      ["VOHY-201403.tsv", "VOHY-{day:yyyyMM}.tsv"],
      ["station-12345678.csv", "station-12345678.csv"],
      ["x-20221399.csv", "x-20221399.csv"],
      ["a{b}[c].csv", "abc.csv"],
    ] as const) {
      assert.equal(templateOf(key), template);
      assert.deepEqual(parseTemplate(template).problems, []);
    }
  });

  test("sources are named so that a pipeline may use it", () => {
    for (const sample of [
      "s3://noaa-ghcn-pds/x.csv",
      "https://opendata.dwd.de/a/x.csv",
      "/tmp/2020-01-01.csv",
      "/tmp/Ünï Côdé (1).csv",
      `/tmp/${"long-name-".repeat(9)}.csv`,
    ]) {
      assert.match(sourceName(placeOf(sample)), /^[a-z][a-z0-9_]{0,30}$/, sample);
    }
    assert.equal(sourceName(placeOf("s3://noaa-ghcn-pds/x.csv")), "noaa_ghcn_pds");
    assert.equal(sourceName(placeOf("https://opendata.dwd.de/a/x.csv")), "dwd");
  });
});
