/** FIPS 10-4 → ISO 3166-1, held against NOAA's own list and against the country names of Unicode CLDR. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { samples, skipWithoutSamples } from "../samples.ts";

interface Entry {
  readonly fips: string;
  readonly iso: string;
  readonly country: string;
}

const FILE = join(import.meta.dirname, "..", "..", "pipelines", "lookups", "fips-countries.csv");
const entries: Entry[] = (await readFile(FILE, "utf8"))
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .slice(1)
  .map((line) => {
    const [fips = "", iso = "", country = "", ...rest] = line.split(",");
    assert.deepEqual(rest, []);
    return { fips, iso, country };
  });
const isoOf = new Map(entries.map(({ fips, iso }) => [fips, iso]));

/** Names as far as they tell countries apart: letters only, without accents, articles and abbreviations. */
function essence(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/\bst\. /g, "saint ")
    .replaceAll("u.s.", "united states")
    .replaceAll(/\b(and|the|of|minor|sar)\b/g, "")
    .replaceAll(/[^a-z]/g, "");
}

suite("the FIPS table", () => {
  test("has 219 codes, each once, and one name for each ISO code", () => {
    assert.equal(entries.length, 219);
    assert.equal(isoOf.size, 219);
    const names = new Map(entries.map(({ iso, country }) => [iso, country]));
    for (const { fips, iso, country } of entries) {
      assert.match(fips, /^[A-Z]{2}$/);
      assert.match(iso, /^[A-Z]{2}$/);
      assert.equal(country, names.get(iso), `${iso} has two names`);
    }
    assert.equal(new Set(names.values()).size, names.size);
  });

  test("gives each ISO code the name that Unicode CLDR gives it", () => {
    const display = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
    for (const { iso, country } of entries) {
      const name = display.of(iso) ?? "";
      const known =
        { MM: "Myanmar", MO: "Macao", CG: "Congo Brazzaville", CD: "Congo Kinshasa" }[iso] ?? name;
      assert.equal(essence(country), essence(known), iso);
    }
  });

  test("shares an ISO code only among parts of one country", () => {
    const shared = Map.groupBy(entries, ({ iso }) => iso);
    const lists = [...shared].filter(([, list]) => list.length > 1);
    assert.deepEqual(
      Object.fromEntries(lists.map(([iso, list]) => [iso, list.map(({ fips }) => fips).join(" ")])),
      {
        TF: "EU FS JU TE",
        SJ: "JN SV",
        UM: "JQ LQ MQ WQ",
      },
    );
  });

  const traps = {
    GM: "DE",
    GA: "GM",
    GB: "GA",
    UK: "GB",
    AU: "AT",
    AS: "AU",
    AQ: "AS",
    AY: "AQ",
    CH: "CN",
    SZ: "CH",
    WZ: "SZ",
    CI: "CL",
    IV: "CI",
    ES: "SV",
    SP: "ES",
    RS: "RU",
    RI: "RS",
    SG: "SN",
    SN: "SG",
    ZA: "ZM",
    SF: "ZA",
    NI: "NG",
    NG: "NE",
    NE: "NU",
    NU: "NI",
    DO: "DM",
    DR: "DO",
    CG: "CD",
    CF: "CG",
    CT: "CF",
    CD: "TD",
    SW: "SE",
    JA: "JP",
    DA: "DK",
    EI: "IE",
    KS: "KR",
    KN: "KP",
    TU: "TR",
    TX: "TM",
    TN: "TO",
    TS: "TN",
    TO: "TG",
    MO: "MA",
    MC: "MO",
    MA: "MG",
    MG: "MN",
    MU: "OM",
    MP: "MU",
    RP: "PH",
    PM: "PA",
    PA: "PY",
    PS: "PW",
    LO: "SK",
    LT: "LS",
    LH: "LT",
    LG: "LV",
    LI: "LR",
    BG: "BD",
    BU: "BG",
    UP: "UA",
  };
  for (const [fips, iso] of Object.entries(traps)) {
    test(`${fips} is ${iso}`, () => {
      assert.equal(isoOf.get(fips), iso);
    });
  }
});

suite("the FIPS table against NOAA's list", { skip: skipWithoutSamples }, () => {
  test("has exactly its codes; the names agree but for those that changed or differ on purpose", async () => {
    const text = await readFile(join(samples ?? "", "noaa-ghcn", "meta", "ghcnd-countries.txt"), "utf8");
    const lines = text.split("\n").filter((line) => line !== "");
    assert.deepEqual(
      lines.map((line) => line.slice(0, 2)),
      entries.map(({ fips }) => fips),
    );
    // Parts of territories that share an ISO code, and countries that changed their names.
    const otherwise = new Set("BM EU EZ FK FM FS JN JQ JU KN KS LQ MC MK MQ SV TE TU VQ WQ WZ".split(" "));
    for (const line of lines) {
      const fips = line.slice(0, 2);
      if (otherwise.has(fips)) continue;
      const name = line.slice(3).replace(/\[.*/, "");
      const ours = entries.find((entry) => entry.fips === fips)?.country ?? "";
      assert.equal(essence(ours), essence(name), fips);
    }
  });

  test("62 codes mean another country in ISO and 75 mean none: 137 differ", () => {
    assert.equal(entries.filter(({ fips, iso }) => fips !== iso).length, 62 + 75);
  });
});
