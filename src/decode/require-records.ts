/** Objects without a record. */
import { mayBeEmpty } from "../config/emptiness.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError, type Place } from "../errors.ts";
import type { RecordCounts } from "./batch.ts";

/**
 * To be asked when an object has been read to its end. A station's file may have lost all its records: its header, or
 * the document around the list, says that it is whole.
 * @throws MillraceError OBJECT_EMPTY
 */
export function requireRecords(pipeline: Pipeline, counts: RecordCounts, place: Place): void {
  const isWhole = counts.headers > 0 || pipeline.format.type === "json";
  if (counts.decoded + counts.rejected > 0 || (isWhole && mayBeEmpty(pipeline))) return;
  throw new MillraceError("OBJECT_EMPTY", "the object holds no record", place);
}
