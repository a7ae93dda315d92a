/** The decoder for a pipeline's format. */
import type { Format } from "../config/format.ts";
import type { Decoder } from "./batch.ts";
import { delimitedDecoder } from "./delimited.ts";
import { escapedDecoder } from "./escaped.ts";
import { fixedWidthDecoder } from "./fixed-width.ts";
import { jsonDocumentDecoder } from "./json-document.ts";
import { jsonLinesDecoder } from "./json-lines.ts";
import { inUtf8 } from "./transcode.ts";

/**
 * The decoder for this format; it may be used for many objects, also side by side. Fields are UTF-8, whatever the
 * object's encoding; byte offsets and raw records are those of the object.
 * @throws MillraceError CONFIG_INVALID for a dialect that no decoder reads (see escapedDecoder), or for texts of the
 * dialect that the encoding cannot express.
 */
export function openDecoder(format: Format): Decoder {
  switch (format.type) {
    case "delimited":
      return format.escape === undefined || format.escape === format.quote || format.quote === "none"
        ? inUtf8(delimitedDecoder(format), format.encoding)
        : escapedDecoder(format);
    case "fixed-width":
      return inUtf8(fixedWidthDecoder(format), format.encoding);
    case "json-lines":
      return jsonLinesDecoder(format);
    case "json":
      return jsonDocumentDecoder(format);
  }
}
