/** What most people would write first: the year file of its argument into the table `climate` of TARGET. */
import { createReadStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parse } from "fast-csv";
import { Client } from "pg";
import { from } from "pg-copy-streams";

interface Row {
  readonly station_id: string;
  readonly date: string;
  readonly element: string;
  readonly value: string;
  readonly q_flag: string;
  readonly obs_time: string;
}

const KPIS: ReadonlyMap<string, { readonly unit: string; readonly tenths: boolean }> = new Map([
  ["PRCP", { unit: "mm", tenths: true }],
  ["SNOW", { unit: "mm", tenths: false }],
  ["SNWD", { unit: "mm", tenths: false }],
  ["TMAX", { unit: "°C", tenths: true }],
  ["TMIN", { unit: "°C", tenths: true }],
]);

const COLUMNS = ["station_id", "date", "element", "value", "m_flag", "q_flag", "s_flag", "obs_time"];

function normalise(row: Row): string | undefined {
  const kpi = KPIS.get(row.element);
  if (kpi === undefined || row.value === "-9999") return undefined;
  const date = `${row.date.slice(0, 4)}-${row.date.slice(4, 6)}-${row.date.slice(6, 8)}`;
  const value = kpi.tenths ? Number(row.value) / 10 : Number(row.value);
  const fields = [
    row.station_id,
    date,
    row.element,
    kpi.unit,
    value,
    row.obs_time || "\\N",
    row.q_flag || "\\N",
  ];
  return `${fields.join("\t")}\n`;
}

const client = new Client(process.env["TARGET"]);
await client.connect();
await pipeline(
  createReadStream(process.argv[2] ?? ""),
  createGunzip(),
  parse<Row, Row>({ headers: COLUMNS }),
  new Transform({
    writableObjectMode: true,
    transform(row: Row, _encoding, done) {
      done(null, normalise(row));
    },
  }),
  client.query(
    from(
      "copy climate (station_id, date_, common_kpi_name, common_unit, data_value, observ_time, quality_flag) from stdin",
    ),
  ),
);
await client.end();
