/**
 * What the shape of a pipeline file cannot tell: whether the names in it refer to something. Works on the
 * document as it was written, so that these mistakes are found beside those of shape.
 */
import { Cron } from "croner";
import { checkComplaints } from "./meaning/checks.ts";
import { columnComplaints } from "./meaning/columns.ts";
import { fieldComplaints } from "./meaning/fields.ts";
import { formatComplaints } from "./meaning/format.ts";
import { kpiComplaints } from "./meaning/kpis.ts";
import { measurementComplaints } from "./meaning/measurements.ts";
import { momentComplaints } from "./meaning/moments.ts";
import { objectComplaints } from "./meaning/objects.ts";
import { textComplaints } from "./meaning/texts.ts";
import { writtenFields } from "./meaning/written.ts";
import type { Complaint, Path } from "./problem.ts";
import { rawAt } from "./raw.ts";

/** The mistakes in what a document means. `source` tells how a scalar is written. */
export function checkMeaning(document: unknown, source: (path: Path) => string | undefined): Complaint[] {
  const fields = writtenFields(document);
  return [
    ...columnComplaints(document, fields),
    ...fieldComplaints(fields),
    ...textComplaints(document, fields),
    ...momentComplaints(document, fields),
    ...measurementComplaints(document, fields),
    ...formatComplaints(document),
    ...objectComplaints(document, fields, source),
    ...kpiComplaints(document),
    ...checkComplaints(document),
    ...scheduleComplaints(document),
  ];
}

function scheduleComplaints(document: unknown): Complaint[] {
  const schedule = rawAt(document, ["schedule"]);
  if (typeof schedule !== "string") return [];
  const path = ["schedule"];
  // Croner would also take a single date.
  if (!/^(@\w+|\S+(\s+\S+){4,5})$/.test(schedule.trim())) {
    return [{ path, message: "expected a cron expression: minute, hour, day of month, month, day of week" }];
  }
  try {
    const next = new Cron(schedule, { paused: true, timezone: "UTC" }).nextRun();
    return next === null ? [{ path, message: "this time never comes" }] : [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ path, message: `not a cron expression: ${error.message.replace(/^CronPattern: /, "")}` }];
  }
}
