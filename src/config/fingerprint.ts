/** What shapes a pipeline's rows, as one short text. */
import { createHash } from "node:crypto";
import type { Pipeline, PipelineFile } from "./pipeline.ts";

/**
 * SHA-256, as hex digits, over everything in a pipeline that decides what its rows are: see the docstring of
 * Pipeline.fingerprint. The order of keys and of KPIs does not count.
 */
export function fingerprint(
  pipeline: PipelineFile & Pick<Pipeline, "kpiList" | "unitAliases" | "lookups">,
): string {
  const { source, target, format, fields, checks, kpiList, unitAliases, lookups } = pipeline;
  const usesKey = Object.values(fields).some(
    (field) => field !== undefined && "variable" in field && field.variable !== undefined,
  );
  const shaping = {
    source,
    target,
    format,
    fields,
    required: checks.required.toSorted(),
    // What a field takes from the key depends on the template.
    key: usesKey ? pipeline.objects.key : undefined,
    kpis:
      "kpis" in pipeline
        ? {
            column: pipeline.kpis.column,
            unit_column: pipeline.kpis.unit_column,
            unknown: pipeline.kpis.unknown,
            list: kpiList
              .map(({ from, in: unit, to, unit: toUnit, factor }) =>
                canonical([from, unit, to, toUnit, factor]),
              )
              .toSorted(),
            aliases: Object.entries(unitAliases)
              .map(([unit, others]) => canonical([unit, others.toSorted()]))
              .toSorted(),
          }
        : undefined,
    station: "station" in pipeline ? pipeline.station : undefined,
    daily: "daily" in pipeline ? pipeline.daily : undefined,
    lookups: [...lookups]
      .map(([name, table]) =>
        canonical([name, canonical([...table].map((row) => canonical(row)).toSorted())]),
      )
      .toSorted(),
  };
  return createHash("sha256").update(canonical(shaping)).digest("hex");
}

/** JSON with the keys of every object in order, so that equal values give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
