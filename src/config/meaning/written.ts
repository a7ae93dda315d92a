/** The fields of a document as they are written, wherever they stand in it. */
import { expandMeasurements } from "../expansion.ts";
import type { Complaint, Path } from "../problem.ts";
import { isRawMap, type RawMap, rawAt, rawEntries, rawItems } from "../raw.ts";
import { parseTextTemplate } from "../text-template.ts";

/** A field, its shorthand carried out. */
export interface WrittenField {
  readonly path: Path;
  /** Its key: `station_id`, `date`, `value`, … or `zone`, `filter`, `text`. */
  readonly role: string;
  readonly field: RawMap;
  /** Written as the name of a column alone. */
  readonly short: boolean;
}

/** A name that refers to something, and where it stands. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
}

/** What is no field among those of `station`. */
const SWITCHES = ["no_position_at_zero"];
/** Fields that have no shorthand: a text in their place is a mistake of shape. */
const LONG = ["date", "time"];

/**
 * Every field of `texts`, `fields`, `station`, `filter` and `kpis`, those of each measurement (its variables filled in), and
 * the zones of dates and times. What is malformed is left out.
 */
export function writtenFields(document: unknown): WrittenField[] {
  const found: WrittenField[] = [];
  for (const [name, value] of rawEntries(rawAt(document, ["texts"])))
    found.push(...fieldsAt(["texts", name], "text", value));
  for (const section of ["fields", "station"]) {
    for (const [role, value] of rawEntries(rawAt(document, [section]))) {
      if (!SWITCHES.includes(role)) found.push(...fieldsAt([section, role], role, value));
    }
  }
  for (const role of ["element", "unit"])
    found.push(...fieldsAt(["kpis", role], role, rawAt(document, ["kpis", role])));
  for (const [index, value] of rawItems(rawAt(document, ["filter"])).entries())
    found.push(...fieldsAt(["filter", index], "filter", value));
  for (const { path, own } of expandMeasurements(document).measurements) {
    for (const [role, value] of Object.entries(own)) {
      if (role !== "element") found.push(...fieldsAt([...path, role], role, value));
    }
  }
  return found;
}

function fieldsAt(path: Path, role: string, value: unknown): WrittenField[] {
  if (typeof value === "string") return LONG.includes(role) ? [] : [columnAt(path, role, value)];
  if (!isRawMap(value)) return [];
  const units = role === "averaging" ? fieldsAt([...path, "unit"], "unit", value["unit"]) : [];
  const zones = ["zone", "local"].flatMap((key) => zoneAt([...path, key], value[key]));
  return [{ path, role, field: value, short: false }, ...units, ...zones];
}

/** A zone may be a name, a position, or a field. */
function zoneAt(path: Path, value: unknown): WrittenField[] {
  if (!isRawMap(value)) return [];
  const position = ["latitude", "longitude"].filter((key) => value[key] !== undefined);
  if (position.length === 0) return [{ path, role: "zone", field: value, short: false }];
  return position.flatMap((key) => fieldsAt([...path, key], "zone", value[key]));
}

function columnAt(path: Path, role: string, column: string): WrittenField {
  return { path, role, field: { column }, short: true };
}

/** The columns that a field takes from. */
export function columnsUsed({ path, field, short }: WrittenField): Reference[] {
  const { column, template } = field;
  const names: Reference[] = [];
  if (typeof column === "string" && column !== "")
    names.push({ path: short ? path : [...path, "column"], name: column });
  for (const [index, name] of rawItems(field["hash"]).entries())
    if (typeof name === "string") names.push({ path: [...path, "hash", index], name });
  if (typeof template === "string") {
    for (const part of partsOf(template))
      if ("column" in part) names.push({ path: [...path, "template"], name: part.column });
  }
  return names;
}

/** The variables of the key that a field takes from. */
export function variablesUsed({ path, field: { variable, template } }: WrittenField): Reference[] {
  const names: Reference[] = [];
  if (typeof variable === "string" && variable !== "")
    names.push({ path: [...path, "variable"], name: variable });
  if (typeof template === "string") {
    for (const part of partsOf(template))
      if ("variable" in part) names.push({ path: [...path, "template"], name: part.variable });
  }
  return names;
}

/** The parts of a template; none where it has mistakes of its own. */
function partsOf(template: string) {
  const { parts, problems } = parseTextTemplate(template);
  return problems.length > 0 ? [] : parts;
}

/** The first complaint at each place: a repeated measurement would bring the same a thousand times. */
export function oncePerPlace(complaints: readonly Complaint[]): Complaint[] {
  const places = new Set<string>();
  return complaints.filter(({ path }) => {
    const place = path.join("\n");
    if (places.has(place)) return false;
    places.add(place);
    return true;
  });
}
