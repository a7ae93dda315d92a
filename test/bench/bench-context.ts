/** What every part of the bench works with. */
import type { BenchOptions } from "./options.ts";
import type { Server } from "./server.ts";
import type { Tools } from "./tools.ts";

export interface Bench {
  readonly options: BenchOptions;
  readonly server: Server;
  readonly tools: Tools;
  /** For what lasts as long as the run: pipeline files, homes. */
  readonly scratch: string;
  /** For generated data. */
  readonly data: string;
  /** Tells a person what is going on. */
  readonly say: (line: string) => void;
}
