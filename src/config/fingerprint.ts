/** What shapes a pipeline's rows, as one short text. */
import { createHash } from "node:crypto";
import { ownStatisticsOf } from "./daily.ts";
import type { Pipeline, PipelineFile } from "./pipeline.ts";
import { parseTextTemplate } from "./text-template.ts";

/**
 * SHA-256, as hex digits, over everything in a pipeline that decides what its rows are: see the docstring of
 * Pipeline.fingerprint. The order of keys and of KPIs does not count.
 */
export function fingerprint(
  pipeline: PipelineFile & Pick<Pipeline, "kpiList" | "measurementList" | "unitAliases" | "lookups">,
): string {
  const { source, target, format, texts, filter, fields, checks, kpiList, unitAliases, lookups } = pipeline;
  const station = "station" in pipeline ? pipeline.station : undefined;
  const element = "kpis" in pipeline ? pipeline.kpis.element : undefined;
  const unit = "kpis" in pipeline ? pipeline.kpis.unit : undefined;
  const measurements = pipeline.measurementList;
  const shaping = {
    source,
    target,
    format,
    // In their order: a text may use those above it.
    texts: texts === undefined ? undefined : Object.entries(texts),
    filter,
    fields,
    measurements,
    required: checks.required.toSorted(),
    // What a field takes from the key depends on the template.
    key: takesFromKey([texts, filter, fields, measurements, station, element, unit])
      ? pipeline.objects.key
      : undefined,
    kpis:
      "kpis" in pipeline
        ? {
            element,
            unit,
            unknown: pipeline.kpis.unknown,
            list: kpiList
              .map((kpi) =>
                canonical([kpi.from, kpi.in, kpi.to, kpi.unit, kpi.add, kpi.multiply, kpi.divide]),
              )
              .toSorted(),
            aliases: Object.entries(unitAliases)
              .map(([name, others]) => canonical([name, others.toSorted()]))
              .toSorted(),
          }
        : undefined,
    station,
    // Rows that are upserted say which object brought them; those of a replaced year do not.
    merge: target === "daily" ? pipeline.merge.mode : undefined,
    daily: "daily" in pipeline ? pipeline.daily : undefined,
    ownDaily: "daily" in pipeline ? ownDaily(kpiList) : undefined,
    lookups: [...lookups]
      .map(([name, table]) =>
        canonical([name, canonical([...table].map((row) => canonical(row)).toSorted())]),
      )
      .toSorted(),
  };
  return createHash("sha256").update(canonical(shaping)).digest("hex");
}

/** Statistics that KPIs have for themselves; undefined where none does. */
function ownDaily(kpiList: Pipeline["kpiList"]): object | undefined {
  const own = ownStatisticsOf(kpiList);
  return own.size === 0 ? undefined : Object.fromEntries(own);
}

/** Whether any field in it, at whatever depth, takes its text from a variable of the key. */
function takesFromKey(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  if ("variable" in part && part.variable !== undefined) return true;
  if ("template" in part && typeof part.template === "string" && hasVariable(part.template)) return true;
  return Object.values(part).some(takesFromKey);
}

function hasVariable(template: string): boolean {
  return parseTextTemplate(template).parts.some((part) => "variable" in part);
}

/** JSON with the keys of every object in order, so that equal values give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
