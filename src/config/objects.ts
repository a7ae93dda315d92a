/** Where a pipeline's objects are, and how they become loads. */
import * as z from "zod";
import { size } from "./size.ts";

function isCalendarDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { message: "expected a date as YYYY-MM-DD", abort: true })
  .refine(isCalendarDate, "there is no such day in the calendar")
  .describe("A calendar date.")
  .meta({ examples: ["2020-01-01"] });

/** Names of buckets as S3 has ever allowed them. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

export const objects = z
  .strictObject({
    bucket: z
      .string()
      .regex(BUCKET, "expected a bucket's name, without s3:// and without a key")
      .optional()
      .describe("The bucket.")
      .meta({ examples: ["noaa-ghcn-pds"] }),
    region: z
      .string()
      .min(1)
      .optional()
      .describe("The bucket's region; otherwise AWS_REGION, AWS_DEFAULT_REGION or us-east-1.")
      .meta({ examples: ["us-east-1"] }),
    endpoint: z
      .url({ protocol: /^https?$/, message: "expected an http or https URL" })
      .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), "credentials do not belong into a pipeline file")
      .optional()
      .describe("An S3 endpoint of its own; otherwise AWS_ENDPOINT_URL_S3 or AWS."),
    url: z
      .url({ protocol: /^https?$/, message: "expected an http or https URL" })
      .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), "credentials do not belong into a pipeline file")
      .refine((url) => !/[?#]/.test(url), "expected a folder's URL; a query belongs into `key`")
      .transform((url) => (url.endsWith("/") ? url : `${url}/`))
      .optional()
      .describe("Instead of a bucket: a folder on a web server, below which the keys lie.")
      .meta({ examples: ["https://opendata.dwd.de/climate_environment/CDC/"] }),
    listing: z
      .enum(["index", "keys"])
      .default("index")
      .describe(
        "How objects at a `url` are found: `index` reads the server's pages of links, folder by folder; `keys` asks for every key " +
          "that the template can make of `values` and of the dates since `from`.",
      ),
    lag_days: z
      .int()
      .min(0)
      .max(3650)
      .default(0)
      .describe("With `listing: keys`: so many days before today is the last that is asked for."),
    connections: z
      .int()
      .positive()
      .max(32)
      .default(4)
      .describe("With `url`: requests to the server at a time."),
    key: z
      .string()
      .min(1)
      .describe(
        "Template of the keys. {name} stands for any text without `/`, {name:yyyy}, {name:MM}, {name:yyyyMMdd}, … for a date; [text] may be absent.",
      )
      .meta({ examples: ["csv.gz/by_year/{year:yyyy}.csv.gz"] }),
    values: z
      .record(z.string(), z.array(z.union([z.string().min(1), z.int().transform(String)])).min(1))
      .default({})
      .describe("The values of a variable that are wanted; each is listed on its own.")
      .meta({ examples: [{ location: [2178, 8118] }] }),
    from: date
      .optional()
      .describe(
        "Where history starts: objects whose key lies before this date are left alone unless `--from` asks for them.",
      ),
    change: z
      .enum(["content", "etag"])
      .default("etag")
      .describe(
        "What makes an object new: another etag, or another content (gzip trailer: CRC-32 and length).",
      ),
    together: z
      .strictObject({
        objects: z.int().positive().max(10_000).default(500).describe("Objects of one load, at most."),
        bytes: size.prefault("32 MiB").describe("Stored bytes of all objects of one load."),
      })
      .optional()
      .describe(
        "Small objects share a load up to these limits; each is verified before any of it is passed on.",
      ),
  })
  .refine(
    ({ bucket, url }) => (bucket === undefined) !== (url === undefined),
    "expected exactly one of bucket, url",
  )
  // The rest of the program knows one kind of place: for a web server the bucket is its URL.
  .transform(({ bucket, url, ...others }) => ({
    ...others,
    store: url === undefined ? ("s3" as const) : ("https" as const),
    bucket: bucket ?? url ?? "",
  }))
  .describe("Where the objects are and which ones belong to the pipeline.")
  .meta({ id: "objects" });
