/** Generated objects, and what can be wrong with them. */
import { gzipSync } from "node:zlib";
import type { ErrorCode } from "../../src/errors.ts";
import { ARCHIVE, archiveKey, NOAA, type StoredObject, yearKey } from "./mill.ts";

/** A German, a Swiss and a US station. */
const STATIONS = ["GM000004204", "SZ000001940", "USW00014732"];

/** Lines of a GHCN year: each month the same days for each station, maximum and minimum. */
export function yearLines(year: number, days = 4): string[] {
  const lines: string[] = [];
  for (let month = 1; month <= 12; month++) {
    for (let day = 1; day <= days; day++) {
      const date = `${year}${String(month).padStart(2, "0")}${String(day).padStart(2, "0")}`;
      for (const [at, station] of STATIONS.entries()) {
        lines.push(`${station},${date},TMAX,${100 + month * 10 + day + at},,,E,`);
        lines.push(`${station},${date},TMIN,${month * 10 - day - at},,,E,0700`);
      }
    }
  }
  return lines;
}

/** An archive object: one hour after the other of one location and day. */
export function archiveText(location: number, day: string, values: readonly number[]): string {
  const rows = values.map((value, at) => {
    const hour = String(at + 1).padStart(2, "0");
    return `${location},77,Somewhere,${day}T${hour}:00:00+02:00,52.5,13.4,pm25,µg/m³,${value}`;
  });
  return `${["location_id,sensors_id,location,datetime,lat,lon,parameter,units,value", ...rows].join("\n")}\n`;
}

export function year(number: number, lines: readonly string[]): StoredObject {
  return { bucket: NOAA, key: yearKey(number), body: gzipSync(`${lines.join("\n")}\n`) };
}

export function archiveDay(location: number, day: string, values: readonly number[]): StoredObject {
  return {
    bucket: ARCHIVE,
    key: archiveKey(location, day),
    body: gzipSync(archiveText(location, day, values)),
  };
}

interface Damage {
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: RegExp;
  /** The damaged object, made from the content of a good one. */
  readonly make: (content: string) => Buffer;
}

const PAGE =
  "<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body>Sorry</body></html>\n";
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 12345\n`;

/** Object faults that come to light when the object is read. */
export const DAMAGES: readonly Damage[] = [
  {
    name: "a truncated gzip file",
    code: "OBJECT_TRUNCATED",
    message: /end too early/,
    make: (content) => gzipSync(content).subarray(0, -20),
  },
  {
    name: "a flipped bit, of which only the CRC tells",
    code: "OBJECT_CORRUPT",
    message: /damaged/,
    make: (content) => {
      // Stored, not compressed: the bit makes another digit, and all else stays readable.
      const body = gzipSync(content, { level: 0 });
      const digit = body.lastIndexOf("1", -20);
      body[digit] = 0x33;
      return body;
    },
  },
  { name: "an empty object", code: "OBJECT_EMPTY", message: /not one byte/, make: () => Buffer.alloc(0) },
  {
    name: "a gzip file of nothing",
    code: "OBJECT_EMPTY",
    message: /holds nothing/,
    make: () => gzipSync(""),
  },
  { name: "an HTML page", code: "OBJECT_NOT_DATA", message: /HTML page/, make: () => Buffer.from(PAGE) },
  {
    name: "an HTML page, compressed",
    code: "OBJECT_NOT_DATA",
    message: /HTML page/,
    make: () => gzipSync(PAGE),
  },
  {
    name: "a git-lfs pointer",
    code: "OBJECT_NOT_DATA",
    message: /git-lfs pointer/,
    make: () => Buffer.from(POINTER),
  },
];
