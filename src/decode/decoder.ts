/** The decoder for a pipeline's format. */
import type { Format } from "../config/format.ts";
import type { Decoder } from "./batch.ts";
import { delimitedDecoder } from "./delimited.ts";
import { escapedDecoder } from "./escaped.ts";
import { fixedWidthDecoder } from "./fixed-width.ts";
import { jsonDocumentDecoder } from "./json-document.ts";
import { jsonLinesDecoder } from "./json-lines.ts";

/**
 * The decoder for this format; it may be used for many objects, also side by side.
 * @throws MillraceError CONFIG_INVALID for a dialect that no decoder reads (see escapedDecoder).
 */
export function openDecoder(format: Format): Decoder {
  switch (format.type) {
    case "delimited":
      return format.escape === undefined || format.escape === format.quote || format.quote === "none"
        ? delimitedDecoder(format)
        : escapedDecoder(format);
    case "fixed-width":
      return fixedWidthDecoder(format);
    case "json-lines":
      return jsonLinesDecoder(format);
    case "json":
      return jsonDocumentDecoder(format);
  }
}
