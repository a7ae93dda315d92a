import { startEndpoint } from "../s3/endpoint.ts";
import { CONTRACT_BUCKETS, storeContract } from "./store.ts";

storeContract("AWS SDK against fauxqs", () => startEndpoint(...CONTRACT_BUCKETS));
