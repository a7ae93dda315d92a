/** From the beginning of an object to a first pipeline file. */
import { type Place as ErrorPlace, MillraceError } from "../errors.ts";
import { delimitedTable } from "./delimited.ts";
import { fixedWidthTable } from "./fixed-width.ts";
import { jsonTable } from "./json.ts";
import { beginsAsJson } from "./json-prefix.ts";
import { pipelineText, targetOf } from "./pipeline-text.ts";
import { placeOf, sourceName } from "./place.ts";
import { rolesOf } from "./roles.ts";
import { readSample } from "./sample.ts";
import type { Table } from "./table.ts";
import { endsLikeTable } from "./table-end.ts";
import { type SampleText, textOf } from "./text.ts";

export interface Inferred {
  /** The pipeline file. */
  readonly yaml: string;
  readonly format: string;
  readonly target: string;
  readonly columns: readonly string[];
  /** Lines of the file that a person must look at. */
  readonly unsure: number;
}

/**
 * Guesses a pipeline.
 *
 * @param body the object's bytes as stored
 * @param told where it comes from, and what to call its provider
 * @throws MillraceError the object's faults, OBJECT_NOT_DATA for what is no table of any kind, and SAMPLE_UNCLEAR for one
 * that has too few records, too many columns, or records of a kind that is not known
 */
export async function inferPipeline(
  body: AsyncIterable<Buffer>,
  {
    sample: from,
    source,
    place: errorPlace,
  }: { readonly sample: string; readonly source?: string; readonly place: ErrorPlace },
): Promise<Inferred> {
  const sample = await readSample(body, errorPlace);
  const text = textOf(sample);
  const table = tableOf(text, errorPlace);
  const roles = rolesOf(table);
  const place = placeOf(from);
  const yaml = pipelineText({
    place,
    source: source ?? sourceName(place),
    sample,
    text,
    format: table.format,
    roles,
  });
  return {
    yaml,
    format: formatName(table),
    target: targetOf(roles),
    columns: table.columns.map(({ name }) => name),
    unsure: yaml.split("UNSURE: ").length - 1,
  };
}

/** The sample as a table. Throws what inferPipeline does for what is none. */
function tableOf(sample: SampleText, place: ErrorPlace): Table {
  try {
    const table = beginsAsJson(sample.text)
      ? jsonTable(sample.text)
      : (delimitedTable(sample.text) ?? fixedWidthTable(sample));
    return table ?? refuse(sample.text);
  } catch (error) {
    throw error instanceof MillraceError ? error.at(place) : error;
  }
}

function refuse(text: string): never {
  if (beginsAsJson(text))
    throw new MillraceError(
      "SAMPLE_UNCLEAR",
      "the sample begins like JSON, but has no list of objects, no series, and no objects a line",
    );
  if (endsLikeTable(text))
    throw new MillraceError(
      "SAMPLE_UNCLEAR",
      "too few records to tell: only the last lines of the sample look like a table",
    );
  throw new MillraceError("OBJECT_NOT_DATA", "the sample is neither delimited, of fixed width, nor JSON");
}

function formatName({ format }: Table): string {
  const type = format[0]?.value;
  return typeof type === "string" ? type : "";
}
