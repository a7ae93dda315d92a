/** Whether texts with names, texts above the records and texts that hold on can be what they are meant to be. */
import { type Complaint, quote } from "../problem.ts";
import { isRawMap, type RawMap, rawAt, rawEntries, rawItems } from "../raw.ts";
import { columnsUsed, oncePerPlace, type Reference, type WrittenField } from "./written.ts";

/** The mistakes in `texts`, `preamble` and `carry`. */
export function textComplaints(document: unknown, fields: readonly WrittenField[]): Complaint[] {
  const format = rawAt(document, ["format"]);
  return oncePerPlace([
    ...(isRawMap(format) ? fields.flatMap((field) => preambleComplaints(field, format)) : []),
    ...fields.flatMap(carryComplaints),
    ...namedComplaints(document, fields),
  ]);
}

/** The texts that a document names, in their order, and which of them a reference may mean: for a text those above it. */
export function textsIn(document: unknown): { names: string[]; mayMean: (reference: Reference) => boolean } {
  const names = rawEntries(rawAt(document, ["texts"])).map(([name]) => name);
  const places = new Map(names.map((name, place) => [name, place]));
  const mayMean = ({ path: [section, own], name }: Reference): boolean => {
    const place = places.get(name);
    if (place === undefined) return false;
    return section !== "texts" || place < (places.get(String(own)) ?? 0);
  };
  return { names, mayMean };
}

/** What makes lines stand above the records. */
const ABOVE = ["skip_lines", "skip_to", "comment", "skip_after_header"];

function preambleComplaints({ path, field }: WrittenField, format: RawMap): Complaint[] {
  if (field["preamble"] === undefined) return [];
  const complain = (message: string) => [{ path: [...path, "preamble"], atKey: true, message }];
  const { type } = format;
  if (type === "json" || type === "json-lines")
    return complain(`there are no lines above the records of \`${type}\`; use a path into the document`);
  if (ABOVE.some((key) => format[key] !== undefined && format[key] !== 0)) return [];
  const keys = type === "fixed-width" ? ABOVE.slice(0, 3) : ABOVE;
  return complain(
    `no lines stand above the records: \`format\` has none of ${keys.map((key) => `\`${key}\``).join(", ")}`,
  );
}

function carryComplaints(written: WrittenField): Complaint[] {
  const { path, field } = written;
  if (field["carry"] !== true || columnsUsed(written).length > 0) return [];
  const told = ["literal", "variable", "preamble"].find((name) => field[name] !== undefined);
  if (told === undefined) return [];
  const message = `has no effect: a text by \`${told}\` is the same in all records of an object`;
  return [{ path: [...path, "carry"], atKey: true, message }];
}

function namedComplaints(document: unknown, fields: readonly WrittenField[]): Complaint[] {
  const used = new Map<string, WrittenField[]>();
  for (const field of fields)
    for (const { name } of columnsUsed(field)) {
      const users = used.get(name);
      if (users === undefined) used.set(name, [field]);
      else users.push(field);
    }
  const columns = rawAt(document, ["format", "columns"]);
  const named = new Set(
    Array.isArray(columns) ? rawItems(columns) : rawEntries(columns).map(([name]) => name),
  );
  return rawEntries(rawAt(document, ["texts"])).flatMap(([name]): Complaint[] => {
    const path = ["texts", name];
    const users = used.get(name) ?? [];
    const isOf = ({ path: [section, own] }: WrittenField) => section === "texts" && own === name;
    const complain = (message: string) => [{ path, atKey: true, message }];
    // That no template can hold such a name is a mistake of shape.
    if (/^key\.|[{}]/.test(name)) return [];
    if (!users.some((field) => !isOf(field))) return complain(`has no effect: no field uses ${quote(name)}`);
    if (named.has(name) && !users.some(isOf))
      return complain(`format.columns already has a column ${quote(name)}, which this text does not use`);
    return [];
  });
}
