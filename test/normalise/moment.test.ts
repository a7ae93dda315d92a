import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { NO_OFFSET, noTimestamp, type Timestamp } from "../../src/normalise/calendar.ts";
import { compileMoment } from "../../src/normalise/moment.ts";

/** Reads a text with bytes around it that must not matter. */
function read(format: string, text: string): Timestamp | undefined {
  const stamp = noTimestamp();
  const bytes = Buffer.from(`7:${text}07:00`);
  return compileMoment(format)(bytes, 2, bytes.length - 5, stamp) ? stamp : undefined;
}

/** The wall clock that was read, as ISO without an offset. */
function wall(format: string, text: string): string | undefined {
  const stamp = read(format, text);
  if (stamp === undefined) return undefined;
  return new Date(stamp.wall * 1000).toISOString().slice(0, 19);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number) => String(value).padStart(2, "0");
/** 0 → 12, 13 → 1 */
const onDial = (hour: number) => ((hour + 11) % 12) + 1;
const startOfYear = (date: Date) => Date.UTC(date.getUTCFullYear(), 0, 1);

/** How a date is written by the letters of a pattern, one for one. */
const WRITE: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => String(date.getUTCFullYear()).padStart(4, "0"),
  yy: (date) => two(date.getUTCFullYear() % 100),
  MM: (date) => two(date.getUTCMonth() + 1),
  M: (date) => String(date.getUTCMonth() + 1),
  MMM: (date) => MONTHS[date.getUTCMonth()] ?? "",
  dd: (date) => two(date.getUTCDate()),
  d: (date) => String(date.getUTCDate()),
  DDD: (date) => String(1 + Math.floor((date.getTime() - startOfYear(date)) / 86_400_000)).padStart(3, "0"),
  HH: (date) => two(date.getUTCHours()),
  H: (date) => String(date.getUTCHours()),
  hh: (date) => two(onDial(date.getUTCHours())),
  h: (date) => String(onDial(date.getUTCHours())),
  a: (date) => (date.getUTCHours() < 12 ? "AM" : "PM"),
  mm: (date) => two(date.getUTCMinutes()),
  ss: (date) => two(date.getUTCSeconds()),
  SSS: (date) => String(date.getUTCMilliseconds()).padStart(3, "0"),
};

function written(pieces: readonly string[], date: Date): string {
  return pieces.map((piece) => WRITE[piece]?.(date) ?? piece).join("");
}

suite("patterns", () => {
  const year = fc.constantFrom("yyyy", "yy");
  const month = fc.constantFrom("MM", "M", "MMM");
  const day = fc.constantFrom("dd", "d");
  const hour = fc.constantFrom<[string, string?]>(["HH"], ["H"], ["hh", "a"], ["h", "a"]);
  const mark = fc.constantFrom("-", "/", ".", " ", ", ", "年");
  const date = fc.oneof(
    fc.tuple(year, mark, month, mark, day).map((pieces) => [...pieces]),
    fc.tuple(day, mark, month, mark, year).map((pieces) => [...pieces]),
    fc.tuple(year, mark).map(([first, between]) => [first, between, "DDD"]),
    fc.constant(["yyyy", "MM", "dd"]),
    fc.constant(["yyyy", "DDD"]),
  );
  const clock = fc
    .tuple(hour, fc.constantFrom(":", ".", ""), fc.boolean())
    .filter(([[digits], between]) => between !== "" || digits.length === 2)
    .map(([[digits, half], between, fraction]) => {
      const second = fraction ? ["ss", ".", "SSS"] : ["ss"];
      return [digits, between, "mm", between, ...second, ...(half === undefined ? [] : [" ", half])];
    });
  const moment = fc.date({
    min: new Date("1969-01-01T00:00:00Z"),
    max: new Date("2068-12-31T23:59:59Z"),
    noInvalidDate: true,
  });

  test("what a pattern writes it reads again", () => {
    fc.assert(
      fc.property(date, clock, moment, (dateParts, clockParts, at) => {
        const pieces = [...dateParts, " ", ...clockParts];
        const pattern = pieces.join("");
        const text = written(pieces, at);
        const stamp = read(pattern, text);
        const micros = pieces.includes("SSS") ? at.getUTCMilliseconds() * 1000 : 0;
        const seconds = Math.floor(at.getTime() / 1000);
        assert.deepEqual(
          stamp,
          { wall: seconds, microseconds: micros, offset: NO_OFFSET },
          `${pattern} ${text}`,
        );
      }),
    );
  });

  test("every day of 400 years by its number in the year", () => {
    const reader = compileMoment("yyyyDDD");
    const stamp = noTimestamp();
    for (let at = Date.UTC(1800, 0, 1); at < Date.UTC(2200, 0, 1); at += 86_400_000) {
      const text = written(["yyyy", "DDD"], new Date(at));
      assert.ok(reader(Buffer.from(text), 0, 7, stamp), text);
      assert.equal(stamp.wall * 1000, at);
    }
    assert.equal(wall("yyyyDDD", "1900366"), undefined);
    assert.equal(wall("yyyyDDD", "2000366"), "2000-12-31T00:00:00");
    assert.equal(wall("yyyyDDD", "2001000"), undefined);
  });

  test("years of two digits are those of POSIX", () => {
    for (const [text, expected] of [
      ["00", 2000],
      ["68", 2068],
      ["69", 1969],
      ["99", 1999],
    ] as const) {
      assert.equal(wall("yyMMdd", `${text}0101`), `${expected}-01-01T00:00:00`);
    }
  });

  test("noon and midnight on a dial", () => {
    const at = (text: string) => wall("M/d/yyyy h:mm a", `3/5/2024 ${text}`)?.slice(11, 16);
    assert.deepEqual(
      ["12:00 AM", "12:30 am", "1:00 AM", "11:59 Am", "12:00 PM", "12:01 pm", "11:59 PM"].map(at),
      ["00:00", "00:30", "01:00", "11:59", "12:00", "12:01", "23:59"],
    );
    assert.deepEqual(
      ["0:30 AM", "13:00 PM", "1:00", "1:00 XM", "1:00 A", "1:00 AM.", "1:00 a.m", "1:00 a..m."].map(at),
      Array(8).fill(undefined),
    );
  });

  test("halves of the day with points, as they are written in Spanish too", () => {
    for (const half of ["p.m.", "P.M.", "p. m.", "p.\u00a0m.", "p.\u202fM."])
      assert.equal(wall("M/d/yyyy h:mm a", `3/5/2024 1:30 ${half}`), "2024-03-05T13:30:00", half);
    assert.equal(wall("M/d/yyyy h:mm a 'h'", "3/5/2024 12:30 a.m. h"), "2024-03-05T00:30:00");
  });

  test("a month or a year alone is its first day", () => {
    assert.equal(wall("yyyy-MM", "2024-02"), "2024-02-01T00:00:00");
    assert.equal(wall("yyyyMM", "202412"), "2024-12-01T00:00:00");
    assert.equal(wall("yyyy", "1999"), "1999-01-01T00:00:00");
    assert.equal(wall("yyyyMM", "202413"), undefined);
    assert.equal(wall("yyyyMM", "20241201"), undefined);
  });

  test("24:00 is the next midnight", () => {
    assert.equal(wall("yyyyMMdd HHmm", "20231231 2400"), "2024-01-01T00:00:00");
    assert.equal(wall("yyyyMMddHH", "2024022824"), "2024-02-29T00:00:00");
    assert.equal(wall("yyyyMMdd HHmm", "20231231 2401"), undefined);
    assert.equal(wall("yyyyMMdd HHmm", "20231231 2500"), undefined);
  });

  test("English months, short or whole, in any case", () => {
    for (const name of ["SEP", "sep", "Sep", "September", "SEPTEMBER"]) {
      assert.equal(wall("d MMM yyyy", `7 ${name} 1999`), "1999-09-07T00:00:00", name);
    }
    for (const name of ["Sept", "Se", "Okt", "Mai", ""])
      assert.equal(wall("d MMM yyyy", `7 ${name} 1999`), undefined, name);
    assert.equal(wall("ddMMMyyyy", "07May1999"), "1999-05-07T00:00:00");
  });

  test("offsets, wherever they stand", () => {
    assert.equal(read("yyyy-MM-dd'T'HH:mmXXX", "2024-01-01T00:00-03:30")?.offset, -12_600);
    assert.equal(read("XXX yyyyMMdd", "+0545 20240101")?.offset, 20_700);
    assert.equal(read("XXX yyyyMMdd", "Z 20240101")?.offset, 0);
    assert.equal(read("yyyyMMddXXX", "20240101+05")?.offset, 18_000);
    assert.equal(read("yyyyMMddXXX", "20240101"), undefined);
    assert.equal(read("yyyyMMddXXX", "20240101+5"), undefined);
  });

  test("fractions have any number of digits up to nine", () => {
    const format = "yyyyMMdd HHmmss.SSS";
    for (const [digits, micros] of [
      ["5", 500_000],
      ["123", 123_000],
      ["123456", 123_456],
      ["123456789", 123_456],
    ] as const) {
      assert.equal(read(format, `20240101 000000.${digits}`)?.microseconds, micros);
    }
    assert.equal(read(format, "20240101 000000."), undefined);
    assert.equal(read(format, "20240101 000000.1234567890"), undefined);
  });

  test("nothing is forgiven", () => {
    for (const [format, text] of [
      ["dd.MM.yyyy", "1.02.2024"],
      ["d.M.yyyy", "001.2.2024"],
      ["d.M.yyyy", ".2.2024"],
      ["d.M.yyyy", "0.2.2024"],
      ["d.M.yyyy", "30.2.2024"],
      ["d.M.yyyy", "1.13.2024"],
      ["d.M.yyyy", "1.1.0000"],
      ["d.M.yyyy", "1.1.24"],
      ["d.M.yyyy", "1.1.20245"],
      ["d.M.yyyy", "1-1-2024"],
      ["d.M.yyyy", "1.1.2024 "],
      ["d.M.yyyy", "1.1.2024 00:00"],
      ["yyyy-MM-dd HH:mm", "2024-01-01 00:60"],
      ["yyyy-MM-dd HH:mm", "2024-01-01 00:0"],
      ["yyyy-MM-dd HH:mm", "2024-01-01"],
      ["yyyy-MM-dd HH:mm", ""],
      ["yyyyMMdd", "２０２４０１０１"],
    ] as const) {
      assert.equal(wall(format, text), undefined, `${format} ${text}`);
    }
  });

  test("one record leaves nothing behind for the next", () => {
    const reader = compileMoment("yyyy-MM-dd HH:mm:ss.SSSXXX");
    const stamp = noTimestamp();
    const first = Buffer.from("2024-05-06 07:08:09.5+01:00");
    assert.ok(reader(first, 0, first.length, stamp));
    const bad = Buffer.from("1999-12-31 23:59:59.9+01:0x");
    assert.equal(reader(bad, 0, bad.length, stamp), false);
    assert.ok(reader(first, 0, first.length, stamp));
    assert.deepEqual(stamp, {
      wall: Date.UTC(2024, 4, 6, 7, 8, 9) / 1000,
      microseconds: 500_000,
      offset: 3600,
    });
  });

  test("a format with a problem does not compile", () => {
    assert.throws(() => compileMoment("YYYY-MM-DD"), {
      name: "RangeError",
      message: /"YYYY" stands for nothing/,
    });
  });
});
