/** The environment: the one place that reads process.env. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { MillraceError } from "../errors.ts";
import { sizeText } from "./size.ts";

const LOG_LEVELS = ["error", "warn", "info", "debug", "silent"] as const;

const count = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, "expected a whole number from 1 to 999")
  .transform(Number);

const url = (protocol: RegExp, expected: string) => z.url({ protocol, message: expected });

/** Where the shipped pipelines' buckets are, and what S3 itself takes for the default. */
const DEFAULT_REGION = "us-east-1";

/** Every variable that Millrace reads itself: its form and what it says. Docs and `--help` come from here. */
const VARIABLES = z.object({
  DATABASE_URL: url(/^postgres(ql)?$/, "expected postgresql://user:password@host:port/database")
    .optional()
    .describe("Postgres 15 to 18 as postgresql://user:password@host:port/database; embedded when absent."),
  MILLRACE_PIPELINES: z
    .string()
    .optional()
    .describe("Folder of the pipeline files. Default: `pipelines` here, else the shipped ones."),
  MILLRACE_DATA_DIR: z
    .string()
    .optional()
    .describe(
      "Where the embedded Postgres keeps its data. Default: $XDG_DATA_HOME/millrace or ~/.local/share/millrace.",
    ),
  MILLRACE_HTTP: z
    .string()
    .optional()
    .describe("Address of the status page and metrics, host:port. Default: 127.0.0.1:9464."),
  MILLRACE_LOG_LEVEL: z
    .enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(", ")}`)
    .default("info")
    .describe(`How much is logged: ${LOG_LEVELS.join(", ")}. Default: info.`),
  MILLRACE_CONCURRENCY: count.prefault("2").describe("Pipelines worked on at once. Default: 2."),
  MILLRACE_LOADS: count.prefault("2").describe("Loads at once. Default: 2."),
  MILLRACE_BYTES_IN_FLIGHT: sizeText
    .prefault("256 MiB")
    .describe("Stored bytes of all loads under way. Default: 256 MiB."),
  MILLRACE_GRACE: count
    .prefault("25")
    .describe("Seconds that running loads have to finish after SIGTERM. Default: 25."),
  MILLRACE_STALL: count
    .prefault("30")
    .describe(
      "Seconds without a byte from a store that was asked for more; then it is asked anew. Default: 30.",
    ),
  MILLRACE_DATABASE_SILENCE: count
    .prefault("120")
    .describe(
      "Seconds without a byte to or from Postgres; then it must say that it still works. Default: 120.",
    ),
  AWS_ENDPOINT_URL_S3: url(/^https?$/, "expected an http or https URL")
    .optional()
    .describe("S3 endpoint instead of AWS, addressed path-style."),
  AWS_ENDPOINT_URL: url(/^https?$/, "expected an http or https URL")
    .optional()
    .describe("The same, where AWS_ENDPOINT_URL_S3 is not set."),
  AWS_REGION: z
    .string()
    .optional()
    .describe("Region of buckets whose pipeline names none. Default: us-east-1."),
  AWS_DEFAULT_REGION: z.string().optional().describe("The same, where AWS_REGION is not set."),
});

export interface HttpAddress {
  /** A name or an address; IPv6 without its brackets. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether MILLRACE_HTTP was set; `run --once` opens HTTP only then. */
  readonly explicit: boolean;
}

/** What the surroundings ask of Millrace. Folders are absolute; sizes are bytes. */
export interface Environment {
  /** Undefined: start the embedded Postgres. Holds a password; never to be shown. */
  readonly databaseUrl: string | undefined;
  readonly pipelines: string;
  readonly dataDir: string;
  readonly http: HttpAddress;
  /** How to reach S3; anonymous when no credentials are configured anywhere that the AWS SDK looks for them. */
  readonly s3: { readonly endpoint?: string; readonly region: string; readonly anonymous: boolean };
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly limits: {
    /** Pipelines worked on at once. */
    readonly pipelines: number;
    /** Loads at once, over all pipelines. */
    readonly loads: number;
    /** Stored bytes of all loads under way. */
    readonly bytesInFlight: number;
  };
  /** How long is waited for others, in milliseconds. */
  readonly patience: {
    /** For running loads to finish, after the first signal. */
    readonly grace: number;
    /** For the first byte of an answer, and for the next one of a body that is asked for. */
    readonly stall: number;
    /** For any byte of a transaction, before the server is asked what it does. */
    readonly databaseSilence: number;
  };
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment. An empty variable counts as not set. Throws ENVIRONMENT_INVALID naming every wrong
 * variable and what was expected, never its value.
 */
export function readEnvironment(variables: Variables = process.env): Environment {
  const set = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = VARIABLES.safeParse(set);
  const wrong = (result.error?.issues ?? []).map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  const http = parseAddress(set["MILLRACE_HTTP"]);
  if (http === undefined)
    wrong.push("MILLRACE_HTTP: expected host:port such as 127.0.0.1:9464 or [::1]:9464");
  if (!result.success || http === undefined) throw new MillraceError("ENVIRONMENT_INVALID", wrong.join("; "));
  const { data } = result;
  const home = set["HOME"] ?? homedir();
  const endpoint = data.AWS_ENDPOINT_URL_S3 ?? data.AWS_ENDPOINT_URL;
  return {
    databaseUrl: data.DATABASE_URL,
    pipelines: resolve(data.MILLRACE_PIPELINES ?? defaultPipelines()),
    dataDir: resolve(
      data.MILLRACE_DATA_DIR ?? join(set["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "millrace"),
    ),
    http,
    s3: {
      ...(endpoint === undefined ? {} : { endpoint }),
      region: data.AWS_REGION ?? data.AWS_DEFAULT_REGION ?? DEFAULT_REGION,
      anonymous: !hasCredentials(set, home),
    },
    logLevel: data.MILLRACE_LOG_LEVEL,
    limits: {
      pipelines: data.MILLRACE_CONCURRENCY,
      loads: data.MILLRACE_LOADS,
      bytesInFlight: data.MILLRACE_BYTES_IN_FLIGHT,
    },
    patience: {
      grace: data.MILLRACE_GRACE * 1000,
      stall: data.MILLRACE_STALL * 1000,
      databaseSilence: data.MILLRACE_DATABASE_SILENCE * 1000,
    },
  };
}

/** Whether output should be plain lines although it goes to a terminal: NO_COLOR, CI or TERM=dumb is set. */
export function prefersPlainText(variables: Variables = process.env): boolean {
  return (
    [variables["NO_COLOR"], variables["CI"]].some((value) => (value ?? "") !== "") ||
    variables["TERM"] === "dumb"
  );
}

/** Names and descriptions of the variables that Millrace reads itself. */
export function describeEnvironment(): readonly { readonly name: string; readonly description: string }[] {
  return Object.entries(VARIABLES.shape).map(([name, { description = "" }]) => ({ name, description }));
}

/** The current folder's own pipelines, else those that came with the program. */
function defaultPipelines(): string {
  return existsSync("pipelines") ? "pipelines" : join(import.meta.dirname, "..", "..", "pipelines");
}

function parseAddress(text: string | undefined): HttpAddress | undefined {
  if (text === undefined) return { host: "127.0.0.1", port: 9464, explicit: false };
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > 65_535) return undefined;
  return { host, port: Number(digits), explicit: true };
}

/** Where the AWS SDK finds credentials, except for the metadata service of an EC2 machine. */
const CREDENTIALS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

function hasCredentials(set: Variables, home: string): boolean {
  const file = set["AWS_SHARED_CREDENTIALS_FILE"] ?? join(home, ".aws", "credentials");
  return CREDENTIALS.some((name) => set[name] !== undefined) || existsSync(file);
}
