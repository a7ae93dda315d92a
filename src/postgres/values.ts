/** How values of Postgres come back: exact, and independent of the machine's time zone. */
import pg from "pg";

type Parser = (text: string) => unknown;

/** The driver's own parsers; its declaration knows only the types that it names. */
const driverParser: (oid: number, format: "text" | "binary") => Parser = pg.types.getTypeParser;

const { INT8, NUMERIC, DATE, TIMESTAMP, TIMESTAMPTZ } = pg.types.builtins;

/** Object ids of array types, from pg_type.dat; the driver names only the element types. */
const TEXT_ARRAY = 1009;
const ARRAY_OF = new Map<number, number>([
  [1016, INT8],
  [1115, TIMESTAMP],
  [1182, DATE],
  [1185, TIMESTAMPTZ],
  [1231, NUMERIC],
]);

const PARSERS = new Map<number, Parser>([
  [INT8, safeInteger],
  // Decimals stay exact, dates stay days: the driver's Date is local midnight.
  [NUMERIC, (text) => text],
  [DATE, (text) => text],
  [TIMESTAMP, (text) => text.replace(" ", "T")],
  [TIMESTAMPTZ, isoInstant],
]);

/**
 * Type parsers for one connection (nothing global is changed): bigint → number (RangeError beyond 2^53),
 * numeric → text, date → `YYYY-MM-DD`, timestamptz → ISO text in UTC with the server's digits (the session's
 * time zone is UTC, see connect.ts), timestamp → ISO text without zone; arrays of these likewise.
 */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (format === "binary") return driverParser(oid, format);
    const element = ARRAY_OF.get(oid);
    if (element !== undefined) return (text: string): unknown => arrayOf(element, text);
    return PARSERS.get(oid) ?? driverParser(oid, "text");
  },
};

function arrayOf(element: number, text: string): unknown {
  const parse = PARSERS.get(element) ?? String;
  return parseNested(driverParser(TEXT_ARRAY, "text")(text), parse);
}

function parseNested(value: unknown, parse: Parser): unknown {
  if (Array.isArray(value)) return value.map((part: unknown) => parseNested(part, parse));
  return typeof value === "string" ? parse(value) : value;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`bigint ${text} is beyond the exact range of a number`);
  return value;
}

/** `2024-05-01 12:00:00.5+00` → `2024-05-01T12:00:00.5Z`. */
function isoInstant(text: string): string {
  return text.replace(" ", "T").replace(/\+00$/, "Z");
}
