import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { noTimestamp, type Timestamp } from "../../src/normalise/calendar.ts";
import { compileMoment } from "../../src/normalise/moment.ts";

function read(format: string, text: string): Timestamp | undefined {
  const stamp = noTimestamp();
  const bytes = Buffer.from(`-${text}0.`);
  return compileMoment(format)(bytes, 1, bytes.length - 2, stamp) ? stamp : undefined;
}

suite("seconds and milliseconds since 1970", () => {
  test("agree with Date", () => {
    fc.assert(
      fc.property(fc.integer({ min: -6e13, max: 2e14 }), (milliseconds) => {
        const expected = {
          wall: Math.floor(milliseconds / 1000),
          microseconds: (((milliseconds % 1000) + 1000) % 1000) * 1000,
          offset: 0,
        };
        assert.deepEqual(read("unix-ms", String(milliseconds)), expected);
        const text = `${milliseconds < 0 ? "-" : ""}${Math.floor(Math.abs(milliseconds) / 1000)}.${String(Math.abs(milliseconds) % 1000).padStart(3, "0")}`;
        assert.deepEqual(read("unix", text), expected, text);
      }),
    );
    assert.deepEqual(read("unix", "1700000000.0"), { wall: 1_700_000_000, microseconds: 0, offset: 0 });
    assert.deepEqual(read("unix-ms", "1700000000123.456")?.microseconds, 123_456);
  });

  test("what is none", () => {
    for (const text of [
      "",
      "-",
      "1.",
      ".5",
      "1e9",
      "12 ",
      "+1",
      "9999999999999999",
      "253402300800",
      "-62135596801",
    ]) {
      assert.equal(read("unix", text), undefined, text);
    }
    assert.equal(read("unix", "253402300799")?.wall, Date.UTC(9999, 11, 31, 23, 59, 59) / 1000);
  });
});
