import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type ZoneRules, zoneNamed } from "../../src/normalise/zone.ts";

function zone(name: string): ZoneRules {
  const rules = zoneNamed(name);
  assert.ok(rules, name);
  return rules;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** What a wall clock in the zone shows, in seconds since its 1970: by the calendar fields that Intl writes. */
function wallOf(name: string, seconds: number): number {
  let format = FORMATS.get(name);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    FORMATS.set(name, format);
  }
  const parts = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
  return (
    Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) /
    1000
  );
}

const seconds = (text: string) => Date.parse(`${text}Z`) / 1000;
const iso = (value: number) => new Date(value * 1000).toISOString().slice(0, 19);
/** The moment at which clocks in a zone show this, in UTC. */
const utc = (name: string, wall: string) => iso(seconds(wall) - zone(name).offsetAtWall(seconds(wall)));

const ZONES = [...Intl.supportedValuesOf("timeZone"), "UTC", "EST5EDT", "Etc/GMT+5"];
const moment = fc.integer({ min: seconds("1900-01-01T00:00"), max: seconds("2035-12-31T23:59") });
/** A few zones and many moments in each, so that few years need to be found out. */
const zones = fc.constantFrom(...ZONES);

suite("zones against Intl", () => {
  test("the offset at any moment", () => {
    fc.assert(
      fc.property(zones, fc.array(moment, { minLength: 1, maxLength: 3 }), (name, moments) => {
        for (const at of moments)
          assert.equal(at + zone(name).offsetAt(at), wallOf(name, at), `${name} ${iso(at)}`);
      }),
      { numRuns: 300 },
    );
  });

  test("a wall clock leads back to its moment, or to an earlier one that shows the same", () => {
    fc.assert(
      fc.property(zones, moment, (name, at) => {
        const wall = wallOf(name, at);
        const found = wall - zone(name).offsetAtWall(wall);
        assert.equal(wallOf(name, found), wall, `${name} ${iso(at)}`);
        assert.ok(found <= at);
      }),
      { numRuns: 300 },
    );
  });

  /** Every quarter of an hour, and the seconds around it, of days on which clocks were changed. */
  test("around changes, asked in any order", () => {
    for (const [name, day] of [
      ["Europe/Berlin", "2024-03-31"],
      ["Europe/Berlin", "2024-10-27"],
      ["Europe/Berlin", "1945-05-24"],
      ["America/St_Johns", "1988-04-03"],
      ["America/St_Johns", "2006-10-29"],
      ["Australia/Lord_Howe", "2023-10-01"],
      ["Asia/Kolkata", "1945-10-15"],
      ["Pacific/Apia", "2011-12-30"],
      ["Africa/Monrovia", "1972-01-07"],
      ["Africa/Casablanca", "2024-03-10"],
      ["America/Caracas", "2007-12-09"],
      ["Asia/Pyongyang", "2015-08-15"],
    ] as const) {
      const rules = zone(name);
      const noon = seconds(`${day}T12:00`);
      const times: number[] = [];
      for (let at = noon - 129_600; at < noon + 129_600; at += 900) times.push(at - 1, at, at + 1);
      // Moments by what the clock showed then, earliest first: the oracle for clocks.
      const shown = new Map<number, number>();
      for (const at of times) {
        const wall = wallOf(name, at);
        assert.equal(at + rules.offsetAt(at), wall, `${name} ${iso(at)}`);
        if (!shown.has(wall)) shown.set(wall, at);
      }
      for (const [wall, at] of [...shown].reverse()) {
        if (wall < noon - 43_200 || wall > noon + 43_200) continue;
        assert.equal(wall - rules.offsetAtWall(wall), at, `${name} ${iso(wall)}`);
      }
      // Twice in another order: what it remembers must not matter.
      for (const at of [...times].reverse()) assert.equal(at + rules.offsetAt(at), wallOf(name, at));
    }
  });
});

suite("zones, by what is known of them", () => {
  test("Berlin: no 02:30 in March, two in October", () => {
    assert.equal(utc("Europe/Berlin", "2024-03-31T01:59:59"), "2024-03-31T00:59:59");
    assert.equal(utc("Europe/Berlin", "2024-03-31T02:00:00"), "2024-03-31T01:00:00");
    assert.equal(utc("Europe/Berlin", "2024-03-31T02:30:00"), "2024-03-31T01:30:00");
    assert.equal(utc("Europe/Berlin", "2024-03-31T03:00:00"), "2024-03-31T01:00:00");
    assert.equal(utc("Europe/Berlin", "2024-10-27T01:59:59"), "2024-10-26T23:59:59");
    assert.equal(utc("Europe/Berlin", "2024-10-27T02:30:00"), "2024-10-27T00:30:00");
    assert.equal(utc("Europe/Berlin", "2024-10-27T02:59:59"), "2024-10-27T00:59:59");
    assert.equal(utc("Europe/Berlin", "2024-10-27T03:00:00"), "2024-10-27T02:00:00");
  });

  test("half hours, odd seconds, and a day that Samoa never had", () => {
    assert.equal(utc("Asia/Kolkata", "2024-01-01T00:00:00"), "2023-12-31T18:30:00");
    assert.equal(utc("America/St_Johns", "2024-07-01T00:00:00"), "2024-07-01T02:30:00");
    assert.equal(utc("Africa/Monrovia", "1960-01-01T00:00:00"), "1960-01-01T00:44:30");
    assert.equal(utc("Pacific/Apia", "2011-12-29T23:59:59"), "2011-12-30T09:59:59");
    assert.equal(utc("Pacific/Apia", "2011-12-30T12:00:00"), "2011-12-30T22:00:00");
    assert.equal(utc("Pacific/Apia", "2011-12-31T00:00:00"), "2011-12-30T10:00:00");
  });

  test("fixed offsets and UTC", () => {
    for (const [name, offset] of [
      ["UTC", 0],
      ["+00:00", 0],
      ["-00:00", 0],
      ["+01:00", 3600],
      ["-0330", -12_600],
      ["+05", 18_000],
      ["-12:45", -45_900],
      // Hours, as AirNow writes them.
      ["-4", -14_400],
      ["5.5", 19_800],
      ["+12.75", 45_900],
      ["-0", 0],
      ["10.0", 36_000],
    ] as const) {
      assert.equal(zone(name).offsetAt(1e9), offset, name);
      assert.equal(zone(name).offsetAtWall(-1e9), offset, name);
    }
  });

  test("no zones", () => {
    for (const name of [
      "",
      "Mars/Olympus",
      "+25:00",
      "16",
      "5.4",
      "530",
      "Europe",
      "01:00",
      "UTC+25",
      "UTC1",
      "constructor",
    ]) {
      assert.equal(zoneNamed(name), undefined, name);
    }
  });
});
