/** The cases of the public collection csv-spectrum, each with what it is about, in data of our own. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { decodeAll, valuesOf } from "./decoding.ts";

interface Case {
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const quoted: Case = {
  text: 'key,spot\n1,"the ""old"" mill"\n3,4\n',
  columns: ["key", "spot"],
  rows: [
    ["1", 'the "old" mill'],
    ["3", "4"],
  ],
};
const empty: Case = {
  text: 'a,b,c\n1,"",""\n2,3,4\n',
  columns: ["a", "b", "c"],
  rows: [
    ["1", "", ""],
    ["2", "3", "4"],
  ],
};
const simple: Case = { text: "a,b,c\n1,2,3", columns: ["a", "b", "c"], rows: [["1", "2", "3"]] };
const newlines: Case = {
  text: 'a,b,c\n1,2,3\n"Upstream \nof the weir",5,6\n7,8,9\n',
  columns: ["a", "b", "c"],
  rows: [
    ["1", "2", "3"],
    ["Upstream \nof the weir", "5", "6"],
    ["7", "8", "9"],
  ],
};

/** The same with other line ends, in the text and in its fields. */
function ending({ text, columns, rows }: Case, end: string): Case {
  const ended = rows.map((row) => row.map((field) => field.replaceAll("\n", end)));
  return { text: text.replaceAll("\n", end), columns, rows: ended };
}

const cases: Record<string, Case> = {
  comma_in_quotes: {
    text: 'first,last,street,town,zip\nAda,Roe,4 Weir Lane,"Millbrook, NH",03801\n',
    columns: ["first", "last", "street", "town", "zip"],
    rows: [["Ada", "Roe", "4 Weir Lane", "Millbrook, NH", "03801"]],
  },
  empty,
  empty_crlf: ending(empty, "\r\n"),
  escaped_quotes: quoted,
  json: {
    text: 'key,val\n1,"{""type"": ""Point"", ""coordinates"": [9.5, 0.5]}"\n',
    columns: ["key", "val"],
    rows: [["1", '{"type": "Point", "coordinates": [9.5, 0.5]}']],
  },
  location_coordinates: {
    text: "Phone,Location Coordinates,Town\n0201,37°36'37.8\"N 121°2'17.9\"W,Millbrook",
    columns: ["Phone", "Location Coordinates", "Town"],
    rows: [["0201", "37°36'37.8\"N 121°2'17.9\"W", "Millbrook"]],
  },
  newlines,
  newlines_crlf: ending(newlines, "\r\n"),
  quotes_and_newlines: {
    text: 'key,spot\n1,"the \n""old"" \nmill"\n3,4\n',
    columns: ["key", "spot"],
    rows: [
      ["1", 'the \n"old" \nmill'],
      ["3", "4"],
    ],
  },
  simple,
  simple_crlf: ending(simple, "\r\n"),
  utf8: {
    text: "a,b,c\n1,2,3\n4,5,ʤ\n",
    columns: ["a", "b", "c"],
    rows: [
      ["1", "2", "3"],
      ["4", "5", "ʤ"],
    ],
  },
};

suite("csv-spectrum", () => {
  for (const [name, { text, columns, rows }] of Object.entries(cases)) {
    test(name, async () => {
      const format = { type: "delimited", header: "always", multiline: true };
      const decoded = await decodeAll(format, text, columns);
      assert.deepEqual(valuesOf(decoded), rows);
      assert.deepEqual(decoded.rejects, []);
      assert.equal(decoded.counts.headers, 1);
    });
  }

  test("newlines_cr: lines that end with CR alone", async () => {
    const format = { type: "delimited", header: "always", multiline: true };
    const { text } = ending(newlines, "\r");
    const decoded = await decodeAll(format, text, newlines.columns);
    // A CR inside quotes is taken for a line end too.
    assert.deepEqual(valuesOf(decoded), newlines.rows);
    assert.deepEqual(
      decoded.records.map(({ line, byte }) => [line, byte]),
      [
        [2, 6],
        [3, 12],
        [5, 40],
      ],
    );
  });

  test("latin1", async () => {
    const format = { type: "delimited", header: "always", encoding: "latin-1" };
    const decoded = await decodeAll(format, Buffer.from("a,b,ç\n1,2,3\n4,5,©\n", "latin1"), ["a", "ç"]);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "3"],
      ["4", "©"],
    ]);
  });
});
