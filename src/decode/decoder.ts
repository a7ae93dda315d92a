/** The decoder for a pipeline's format. */
import type { Format } from "../config/format.ts";
import type { Decoder } from "./batch.ts";
import { delimitedDecoder } from "./delimited.ts";
import { isSeveralBytes, isUtf16 } from "./encoding.ts";
import { escapedDecoder } from "./escaped.ts";
import { fixedWidthDecoder } from "./fixed-width.ts";
import { jsonDocumentDecoder } from "./json-document.ts";
import { jsonLinesDecoder } from "./json-lines.ts";
import { fromSeveralBytes } from "./several-bytes.ts";
import { inUtf8 } from "./transcode.ts";

/**
 * The decoder for this format; it may be used for many objects, also side by side. It reads content as `decompress`
 * yields it, that is text in UTF-16 as UTF-8. Fields are UTF-8, whatever the encoding; byte offsets and raw records are
 * those of the content, or of the UTF-8 that text in an encoding of several bytes becomes first, unless its columns
 * are counted in bytes.
 * @throws MillraceError CONFIG_INVALID for a dialect that no decoder reads (see escapedDecoder), or for texts of the
 * dialect that the encoding cannot express.
 */
export function openDecoder(format: Format): Decoder {
  const { encoding } = format;
  if (isUtf16(encoding)) return decoderOf({ ...format, encoding: "utf-8" });
  if (!isSeveralBytes(encoding) || format.type === "fixed-width") return decoderOf(format);
  const decode = decoderOf({ ...format, encoding: "utf-8" });
  return (chunks, context) => decode(fromSeveralBytes(chunks, encoding), context);
}

function decoderOf(format: Format): Decoder {
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
