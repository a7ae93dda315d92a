import { gzipSync } from "node:zlib";

/**
 * Gzip of one member without name and time, whose header is the same on every system (RFC 1952: byte 9 names
 * the operating system; 255 is "unknown"). The deflated bytes are the same for one version of zlib.
 */
export function gzip(content: Buffer): Buffer {
  const compressed = gzipSync(content, { level: 6 });
  compressed[9] = 255;
  return compressed;
}
